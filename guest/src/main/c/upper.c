/* Answers each line of standard input with its number and the line in capitals. */

#include <ctype.h>
#include <stdio.h>

int main(void) {
    char line[128];
    for (int number = 1; fgets(line, sizeof line, stdin); number++) {
        for (char *character = line; *character; character++) {
            *character = (char) toupper(*character);
        }
        printf("%d: %s", number, line);
    }
    puts("END");
    return 0;
}
