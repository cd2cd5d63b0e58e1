// The lab's application: an ordinary C program, built against musl and linked at 0x9000.

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SAVE_CALL 400

static void SAVE(void) {
    syscall(SAVE_CALL);
}

int main(void) {
    int fd = open("./ay_caramba", O_RDWR | O_CREAT, 0777);
    write(fd, "Hello World !!!\n", 16);
    SAVE();
    write(fd, "Bye Bye !!!\n", 12);
    close(fd);
    return 0;
}
