/* Writes a file to standard output: the one named by the first argument, ay_caramba without one. */

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
    const char *path = argc > 1 ? argv[1] : "./ay_caramba";
    int descriptor = open(path, O_RDONLY);
    if (descriptor < 0) {
        perror(path);
        return 1;
    }
    char buffer[512];
    ssize_t size;
    while ((size = read(descriptor, buffer, sizeof buffer)) > 0) {
        fwrite(buffer, 1, (size_t) size, stdout);
    }
    if (size < 0) {
        perror(path);
        return 1;
    }
    return 0;
}
