package io.scratchvm.vmm;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** SQLite's command line, static: over statements and over its own commands, with databases in files, as on the host. */
@Timeout(300)
class SqliteCommandLineTest {
    private static final String SOURCES = "/usr/src/sqlite3/";
    private static final String LIBRARY = "/usr/lib/x86_64-linux-gnu/libsqlite3.a";

    /** How it is built. */
    enum Sqlite {
        /** The shell alone is compiled; the library is Debian's, optimized and with threads. */
        GLIBC {
            @Override
            Path program() throws Exception {
                HostTools.requireFile(LIBRARY, "libsqlite3-dev");
                return BuiltProgram.of("sqlite3", "gcc", "-static", "-w", "-O1", SOURCES + "shell.c", LIBRARY, "-lm");
            }
        },

        /** Everything is compiled, as it stands in the source: optimizing it would take long. */
        MUSL {
            @Override
            Path program() throws Exception {
                return BuiltProgram.of(
                        "sqlite3",
                        "musl-gcc",
                        "-static",
                        "-w",
                        "-O0",
                        "-DSQLITE_THREADSAFE=0",
                        "-DSQLITE_OMIT_LOAD_EXTENSION",
                        "-DSQLITE_ENABLE_FTS5",
                        SOURCES + "sqlite3.c",
                        SOURCES + "shell.c",
                        "-lm");
            }
        };

        abstract Path program() throws Exception;
    }

    @TempDir
    Path directory;

    @Test
    void statements() throws Exception {
        sqlite3(Sqlite.GLIBC, RealProgram.resource("statements.sql"), "data.db").runsAsOnTheHost();
    }

    /** Importing, output in many forms, dumps read back, copies of databases, other programs. */
    @ParameterizedTest
    @EnumSource
    void commands(Sqlite sqlite) throws Exception {
        sqlite3(sqlite, RealProgram.resource("commands.sql"), "data.db")
                .with(
                        "in/fruit.csv",
                        "id,name,price\n1,\"apple, red\",0.5\n2,pear,1.25\n3,\"a \"\"quoted\"\" one\",3\n")
                .with("in/more.sql", "SELECT 'from a file', count(*) FROM fruit;\n.print and its command\n")
                .withProgram("bin/sh", HostTools.installed("busybox"))
                .runsAsOnTheHost();
    }

    @ParameterizedTest
    @CsvSource({
        "-json, 'SELECT 1 AS one, 2.5 AS two'",
        "-bail, 'SELECT 1; SELECT * FROM missing; SELECT 2'",
        "-nothing, SELECT 1"
    })
    void anArgument(String option, String statement) throws Exception {
        sqlite3(Sqlite.GLIBC, "", option, ":memory:", statement).runsAsOnTheHost();
    }

    /** It looks for a user's settings in the home directory, which the guest does not have, but for this option. */
    private RealProgram sqlite3(Sqlite sqlite, String input, String... arguments) throws Exception {
        HostTools.requireSource(SOURCES + "shell.c");
        String[] all = new String[arguments.length + 2];
        all[0] = "-init";
        all[1] = "none.sql";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return new RealProgram(directory, sqlite.program(), input, all).with("none.sql", "");
    }
}
