/* The lab's program: half of a file before the save, half after the restore. */

#include <fcntl.h>
#include <unistd.h>
#include <vmm.h>

int main(void) {
    int descriptor = open("./ay_caramba", O_RDWR | O_CREAT, 0777);
    write(descriptor, "Hello World !!!\n", 16);
    SAVE();
    write(descriptor, "Bye Bye !!!\n", 12);
    close(descriptor);
    return 0;
}
