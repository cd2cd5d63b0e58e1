package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.host.DirectoryHost;
import io.scratchvm.vmm.linux.file.FileDigest;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.FilesState;
import io.scratchvm.vmm.linux.file.FilesState.DescriptorState;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The open files of an image, as a test wants them. */
final class SavedFiles {
    static final int READ_ONLY = 0, WRITE_ONLY = 1, READ_WRITE = 2, APPEND = 0x401;

    final List<OpenFileState> list = new ArrayList<>();

    /** An open file, by the next id; ids begin at 0 and are the indexes too. */
    SavedFiles file(String path, String content) {
        return file(path, content, READ_WRITE, 0644);
    }

    SavedFiles file(String path, String content, int flags, int mode) {
        byte[] bytes = bytes(content);
        return add(new OpenFileState(
                list.size(), FileKind.FILE, path, flags, 0, bytes.length, mode, false, FileDigest.of(bytes), null));
    }

    SavedFiles embedded(String path, String content) {
        byte[] bytes = bytes(content);
        return add(new OpenFileState(
                list.size(), FileKind.FILE, path, 2, 0, bytes.length, 0644, false, FileDigest.of(bytes), bytes));
    }

    SavedFiles deleted(String path, String content) {
        byte[] bytes = bytes(content);
        return add(new OpenFileState(
                list.size(), FileKind.FILE, path, 2, 0, bytes.length, 0644, true, FileDigest.of(bytes), bytes));
    }

    SavedFiles directory(String path) {
        return add(new OpenFileState(list.size(), FileKind.DIRECTORY, path, READ_ONLY, 0, 0, 0755, false, null, null));
    }

    SavedFiles standardOutput() {
        return add(new OpenFileState(
                list.size(), FileKind.STANDARD_OUTPUT, null, WRITE_ONLY, 0, 0, 0600, false, null, null));
    }

    SavedFiles add(OpenFileState file) {
        list.add(file);
        return this;
    }

    /** The whole table, each file by one descriptor from 8 on. */
    FilesState state() {
        List<DescriptorState> descriptors = new ArrayList<>();
        for (OpenFileState file : list) {
            descriptors.add(new DescriptorState(8 + file.id(), file.id(), false));
        }
        return new FilesState(list, descriptors);
    }

    static byte[] bytes(String content) {
        return content.getBytes(StandardCharsets.UTF_8);
    }

    static DirectoryHost host(Path root) throws IOException {
        return new DirectoryHost(
                root, InputStream.nullInputStream(), OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
    }
}
