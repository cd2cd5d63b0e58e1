/* Runs the SQL on standard input against a database file, a statement at a time, as SQLite's own shell does in list mode. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static int row(void *unused, int columns, char **values, char **names) {
    for (int i = 0; i < columns; i++) {
        printf("%s%s", i ? "|" : "", values[i] ? values[i] : "");
    }
    printf("\n");
    return 0;
}

int main(int argc, char **argv) {
    static char sql[1 << 16];
    sqlite3 *database;
    if (argc < 2 || sqlite3_open(argv[1], &database) != SQLITE_OK) {
        return 1;
    }
    size_t length = 0;
    char line[4096];
    while (fgets(line, sizeof line, stdin) && length + strlen(line) < sizeof sql) {
        length += strlen(strcpy(sql + length, line));
        if (!sqlite3_complete(sql)) {
            continue;
        }
        char *error = NULL;
        if (sqlite3_exec(database, sql, row, NULL, &error) != SQLITE_OK) {
            printf("error: %s\n", error);
            sqlite3_free(error);
        }
        sql[length = 0] = 0;
        fflush(stdout);
    }
    printf("%d changes\n", sqlite3_total_changes(database));
    return sqlite3_close(database) != SQLITE_OK;
}
