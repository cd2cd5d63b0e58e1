package io.scratchvm.vmm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class VmmTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Command.class)
    void helpsWithEachCommand(Command command) {
        Invocation asked = Invocation.of("help", command.word());
        assertThat(asked.status()).isZero();
        assertThat(asked.out()).contains("vmm " + command.word()).contains(command.operands());
        assertThat(Invocation.of(command.word(), "--help").out()).isEqualTo(asked.out());
        assertThat(Invocation.of("help").out()).contains(command.summary());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run | missing PROGRAM",
                "run --memory 64Q g | --memory: '64Q' is not a size",
                "run --memory 100 g | --memory: memory size 100 is not a positive multiple of 4096",
                "run --timeout soon g | --timeout: 'soon' is not a duration",
                "run --engine jit g | --engine: the jit engine does not exist",
                "run --engine fast g | --engine: 'fast' is none of",
                "run --first-descriptor 2 g | --first-descriptor: the first descriptor is 3 to 1023",
                "run --flat here g | --flat: 'here' is not a size",
                "run --boot b --flat 0x7c00 g | not both",
                "run --multiboot --flat 0x7c00 g | neither by boot image nor flat",
                "run --multiboot /no/such/kernel | /no/such/kernel",
                "restore --multiboot i | --multiboot is not for 'vmm restore'",
                "run --boot b g x | takes no arguments",
                "run --env HOME g | --env HOME: write NAME=VALUE",
                "run --env =x g | --env =x: write NAME=VALUE",
                "run --multiboot --env A=1 g | 'A' has nobody to read it",
                "save --at 12x g | --at: '12x' is not a number",
                "save --at -5 g | --at: '-5' is not a number without a sign (decimal, or hexadecimal with 0x)",
                "restore --at 5 i | --at is not for 'vmm restore'",
                "restore /no/such/image | /no/such/image",
                "send | missing PROGRAM",
                "send --to nowhere g | --to: 'nowhere' is not HOST:PORT",
                "send --to localhost:99999 g | is not HOST:PORT",
                "send --listen localhost:1 g | --listen is not for 'vmm send' but for 'vmm receive'",
                "send --overwrite g | --overwrite is not for 'vmm send' but for 'vmm receive'",
                "send --max-rounds 0 g | --max-rounds: a live migration has at least 1 round",
                "send --storage cloud g | --storage: 'cloud' is none of copy, shared",
                "send --on-failure panic g | --on-failure: 'panic' is none of keep, resume",
                "send --resume 00 g | 'g' is one too many: 'vmm send --resume' takes none",
                "send --abort 00 g | 'g' is one too many: 'vmm send --abort' takes none",
                "send --resume 00 --abort 00 | not both",
                "receive g | 'g' is one too many: 'vmm receive' takes none",
                "receive --to localhost:1 | --to is not for 'vmm receive' but for 'vmm send'",
                "receive --live | --live is not for 'vmm receive' but for 'vmm send'",
                "receive --abort 00 | --abort is not for 'vmm receive' but for 'vmm send'",
                "receive --wait 0s | --wait: '0s' is not more than zero",
                "receive --max-files lots | --max-files: 'lots' is not a size",
                "receive --tls-password /no/such/file | /no/such/file",
                "help me | 'me' is no command"
            })
    void failsWithOneLineAndStatus125(String command, String message) {
        Invocation failed = Invocation.of(command.split(" "));
        assertThat(failed.status()).isEqualTo(125);
        assertThat(failed.out()).isEmpty();
        assertThat(failed.err()).startsWith("vmm: ").contains(message);
        assertThat(failed.err().lines()).hasSize(1);
    }

    @Test
    void showsAStackTraceOnlyForDebug() {
        assertThat(Invocation.of("run", "--memory=x", "g").err()).doesNotContain("\tat ");
        assertThat(Invocation.of("run", "--debug", "--memory=x", "g").err()).contains("\tat io.scratchvm");
    }

    @Test
    void refusesAnImagePathBeforeTheGuestStarts() throws IOException {
        Path guest = Files.write(directory.resolve("guest"), new byte[] {(byte) 0xf4});
        Invocation nowhere = Invocation.of("save", "--image", directory + "/no/vm.vmimg", guest.toString());
        assertThat(nowhere.status()).isEqualTo(125);
        assertThat(nowhere.err()).contains("there is no directory");
        Invocation occupied = Invocation.of("save", "--image", directory.toString(), guest.toString());
        assertThat(occupied.err()).contains("is a directory");
    }

    @Test
    void neverMovesAnImageOverADevice() throws Exception {
        Path guest = Files.write(directory.resolve("guest"), new byte[] {(byte) 0xf4});
        Path pipe = directory.resolve("pipe");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "needs mkfifo");
        assertThat(new ProcessBuilder("/usr/bin/mkfifo", pipe.toString())
                        .start()
                        .waitFor())
                .isZero();
        Invocation refused = Invocation.of("save", "--flat=0x7c00", "--at=0", "--image=" + pipe, guest.toString());
        assertThat(refused.status()).isEqualTo(125);
        assertThat(refused.err()).contains("is not a regular file");
        assertThat(Files.isRegularFile(pipe)).isFalse();
    }

    @Test
    void comparesTwoImagesWithTheStatusOfDiff() throws Exception {
        Path guest = Files.write(directory.resolve("guest"), new byte[] {(byte) 0x90, (byte) 0x90, (byte) 0xf4});
        String start = save("start.vmimg", guest, 0);
        String again = save("again.vmimg", guest, 0);
        String later = save("later.vmimg", guest, 2);

        Invocation equal = Invocation.of("diff", start, again);
        assertThat(equal.status()).as(equal.err()).isZero();
        assertThat(equal.out()).contains("the same VM");
        Invocation different = Invocation.of("diff", start, later);
        assertThat(different.status()).isEqualTo(1);
        assertThat(different.out()).contains("rip 0x7c00 -> 0x7c02").contains("instructions 0 -> 2");
        assertThat(different.err()).isEmpty();
        assertThat(Invocation.of("diff", "--json", start, later).out())
                .contains("{\"part\":\"vcpu\",\"name\":\"rip\",\"a\":\"0x7c00\",\"b\":\"0x7c02\"}");
        assertThat(Invocation.of("diff", "--quiet", start, later)).isEqualTo(new Invocation(1, "", ""));

        Files.write(directory.resolve("later.vmimg"), new byte[] {1}, StandardOpenOption.APPEND);
        Invocation damaged = Invocation.of("diff", start, later);
        assertThat(damaged.status()).isEqualTo(125);
        assertThat(damaged.err()).contains("the file goes on after").hasLineCount(1);
    }

    @Test
    void anImageWhoseVmHasMovedIsWholeAndNotRestored() throws IOException {
        String image = save("vm.vmimg", Files.write(directory.resolve("guest"), new byte[] {0x40, (byte) 0xf4}), 1);
        assertThat(Invocation.of("verify", image).out()).doesNotContain("token");
        String token = "0123456789abcdef0123456789abcdef";
        Files.writeString(Path.of(image), "\nVM moved or is moving, token: " + token + "\n", StandardOpenOption.APPEND);

        Invocation verified = Invocation.of("verify", image);
        assertThat(verified.status()).isZero();
        assertThat(verified.out()).contains("whole and undamaged").contains("moving to another VMM, token " + token);
        assertThat(Invocation.of("inspect", "--json", image).out()).contains("\"moveToken\":\"" + token + '"');
        Invocation refused = Invocation.of("restore", image);
        assertThat(refused.status()).isEqualTo(125);
        assertThat(refused.err()).contains("vmm send --resume " + token, "vmm send --abort " + token);
    }

    private String save(String name, Path guest, int instructions) {
        String image = directory.resolve(name).toString();
        Invocation saved = Invocation.of(
                "save", "--quiet", "--flat=0x7c00", "--at=" + instructions, "--image=" + image, guest.toString());
        assertThat(saved.status()).as(saved.err()).isZero();
        return image;
    }
}
