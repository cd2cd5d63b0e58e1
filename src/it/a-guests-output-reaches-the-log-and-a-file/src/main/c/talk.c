#include <stdio.h>
#include <unistd.h>

int main(void) {
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        printf("heard: %s", line);
    }
    fflush(stdout);
    write(1, "\xff\n", 2);
    write(2, "no end", 6);
    return 0;
}
