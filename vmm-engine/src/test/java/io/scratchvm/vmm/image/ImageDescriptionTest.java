package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.HostTools;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code inspect} shows. */
class ImageDescriptionTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void save() throws Exception {
        file = directory.resolve("vm.vmimg");
        ImageWriter.publish(file, SampleMachine.state(), SampleMachine.memory(), SampleMachine.options());
    }

    @Test
    void thePersonsFormNamesEveryPart() throws Exception {
        try (Image image = ImageReader.open(file, ReadOptions.with(null))) {
            assertThat(ImageDescription.text(image))
                    .contains("format           1." + Manifest.MINOR + ", written by \"vmm test\"")
                    .contains("61440 bytes, 16384 of them stored in 2 runs")
                    .contains("rcx 0101010101010101")
                    .contains("rip \"0x9012\"")
                    .contains("addressSpace     identity true")
                    .contains("brk 45347")
                    .contains(image.manifest().uuidText());
        }
    }

    @Test
    void theProgramsFormIsJson() throws Exception {
        HostTools.require("python3");
        try (Image image = ImageReader.open(file, ReadOptions.with(null))) {
            Path json = Files.writeString(directory.resolve("image.json"), ImageDescription.json(image));
            String script = "import json,sys; v=json.load(open(sys.argv[1])); print(v['memory']['runs'][1]['address'],"
                    + " v['vcpu']['gpr'][2], v['random']['s3'], v['pendingIo']['readAhead'], v['parent'], v['setup']['start'])";
            assertThat(HostTools.transcript("python3", "-c", script, json.toString()))
                    .isEqualToIgnoringNewLines("53248 0x202020202020202 18446744073709551612 6162 None BOOT");
        }
    }

    @Test
    void bothFormsShowThatTheVmHasMoved() throws Exception {
        MoveMark mark = new MoveMark("0123456789abcdef0123456789abcdef");
        assertThat(textAndJson()).doesNotContain("moved").contains("\"moveToken\":null");
        mark.put(file);
        assertThat(textAndJson())
                .contains("moved            or moving to another VMM, token " + mark.token())
                .contains("\"moveToken\":\"" + mark.token() + '"');
    }

    private String textAndJson() throws Exception {
        try (Image image = ImageReader.open(file, ReadOptions.with(null))) {
            return ImageDescription.text(image) + ImageDescription.json(image);
        }
    }

    @Test
    void textFromAnImageCannotEscape() {
        assertThat(Json.of("a\"\\\n\u001b[31m\ud800")).isEqualTo("\"a\\\"\\\\\\u000a\\u001b[31m\\ud800\"");
    }
}
