#include <fcntl.h>
#include <unistd.h>
#include <vmm.h>

int main(void) {
    int file = open("./ay_caramba", O_RDWR | O_CREAT, 0777);
    write(file, "Hello World !!!\n", 16);
    SAVE();
    write(file, "Bye Bye !!!\n", 12);
    close(file);
    return 0;
}
