package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.ErrorMessage;
import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A save for which there is no room says so, leaves the image that was there, and nothing else. */
class FullDiskTest {
    private static final int MEBIBYTE = 1 << 20;

    @TempDir
    Path directory;

    /** Saves a VM that fits, then one that does not; tells how that went and what is left. */
    public static final class Saver {
        public static void main(String[] arguments) throws IOException {
            Path target = Path.of(arguments[0]);
            save(target, 1, 1);
            try {
                save(target, 2, MEBIBYTE / 4096);
                System.out.println("there was room");
            } catch (IOException e) {
                System.out.println(ErrorMessage.of(e) + ", errno " + Errno.of(e));
            }
            try (Image image = ImageReader.open(target, ReadOptions.with(null));
                    Stream<Path> files = Files.list(target.getParent())) {
                System.out.println("image of " + image.manifest().instructions() + " among " + files.count());
            }
        }

        private static void save(Path target, long instructions, int pages) throws IOException {
            Vcpu vcpu = SampleMachine.vcpu();
            vcpu.instructions = instructions;
            PhysicalMemory memory = new PhysicalMemory(MEBIBYTE);
            for (int page = 0; page < pages; page++) {
                memory.write64(page * 4096L, 1);
            }
            ImageWriter.publish(target, SampleMachine.state(vcpu), memory, SampleMachine.options());
        }
    }

    @Test
    void onAFullFileSystem() throws Exception {
        HostTools.require("unshare", "mount");
        String mount = "mount -t tmpfs -o size=512k none " + directory;
        HostTools.requireLeave(allows(mount), "mounting a file system of one's own");

        assertThat(save("unshare", "-rm", "sh", "-c", mount + " && exec \"$@\"", "sh"))
                .containsExactly(target() + ": No space left on device, errno 28", "image of 1 among 1");
    }

    @Test
    void whereFilesMayNotGrowSoLarge() throws Exception {
        HostTools.require("bash");
        assertThat(save("bash", "-c", "ulimit -f 512 && exec \"$@\"", "bash"))
                .containsExactly(target() + ": File too large, errno 27", "image of 1 among 1");
    }

    private static boolean allows(String mount) throws InterruptedException {
        try {
            HostTools.transcript("unshare", "-rm", "sh", "-c", mount);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private Path target() {
        return directory.resolve("vm.vmimg");
    }

    /** What {@link Saver} says, started by {@code command}. */
    private List<String> save(String... command) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> saver = List.of(
                java.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Saver.class.getName(),
                target().toString());
        String[] all = Stream.concat(Stream.of(command), saver.stream()).toArray(String[]::new);
        return HostTools.run(directory, all).lines().toList();
    }
}
