package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A save that is killed, at whatever moment, leaves the old image or the new one. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KilledSaveTest {
    private static final int KILLS_AT_ANY_TIME = 20;
    private static final int KILLS_IN_A_SAVE = 5;

    @TempDir
    Path directory;

    @TempDir
    Path elsewhere;

    /** Saves over and over, each time a VM that has run longer; says so after the first. */
    public static final class Saver {
        public static void main(String[] arguments) throws IOException {
            Path target = Path.of(arguments[0]);
            Vcpu vcpu = SampleMachine.vcpu();
            PhysicalMemory memory = new PhysicalMemory(1 << 20);
            for (long i = Long.parseLong(arguments[1]); ; i++) {
                vcpu.instructions = i;
                for (int page = 0; page < 1 << 20; page += 4096) {
                    memory.write64(page + 8, i + 1);
                }
                ImageWriter.publish(
                        target, SampleMachine.state(vcpu), memory, new SaveOptions("vmm test", null, false));
                System.out.println(i);
            }
        }
    }

    @Test
    void theTargetIsTheOldImageOrTheNewOneAndWhole() throws Exception {
        assumeTrue(Files.isExecutable(java()), "there is no java to start");
        Path target = directory.resolve("vm.vmimg");
        Random random = new Random(7);
        long saved = 0;
        int inASave = 0;
        for (int kills = 0; kills < KILLS_AT_ANY_TIME || inASave < KILLS_IN_A_SAVE; kills++) {
            int afterMillis = random.nextInt(25);
            Moment moment = kills < KILLS_AT_ANY_TIME ? process -> Thread.sleep(afterMillis) : this::awaitSave;
            long announced = saveUntilKilled(target, saved + 1, moment);
            saved = instructionsIn(target);
            assertThat(saved).isBetween(announced, announced + 1);
            inASave += files().size() > 1 ? 1 : 0;
        }
        ImageWriter.publish(target, SampleMachine.state(), SampleMachine.memory(), SampleMachine.options());
        assertThat(files()).containsExactly(target);
    }

    /** Returns when the process is to be killed. */
    private interface Moment {
        void await(Process process) throws Exception;
    }

    /** The first save, long since published, deleted what the kill before had left: what is there is this process's. */
    private void awaitSave(Process process) throws IOException {
        while (files().size() == 1 && process.isAlive()) {
            Thread.onSpinWait();
        }
    }

    /** @return the last save that the process reported as done */
    private long saveUntilKilled(Path target, long from, Moment moment) throws Exception {
        Path complaints = elsewhere.resolve("stderr");
        Process process = new ProcessBuilder(
                        java().toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Saver.class.getName(),
                        target.toString(),
                        Long.toString(from))
                .redirectError(complaints.toFile())
                .start();
        try (BufferedReader lines = process.inputReader()) {
            String last = lines.readLine();
            assertThat(last).as("the first save").isNotNull();
            moment.await(process);
            // Not the process's own method, which closes the stream with what is still in it.
            ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line;
            }
            process.waitFor();
            assertThat(complaints).as("what ended the process but the kill").isEmptyFile();
            return Long.parseLong(last);
        }
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static long instructionsIn(Path target) throws IOException {
        try (Image image = ImageReader.open(target, ReadOptions.with(null))) {
            PhysicalMemory memory = new PhysicalMemory(1 << 20);
            image.loadMemory(memory);
            assertThat(memory.read64(0xff008)).isEqualTo(image.manifest().instructions() + 1);
            return image.manifest().instructions();
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
