package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.image.ImageReader;
import io.scratchvm.vmm.image.MoveMark;
import io.scratchvm.vmm.image.ReadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A VM in an image file, which bears the migration's mark as long as it is not the user's.
 *
 * @param key that the image is sealed with; null for none
 */
record MarkedImage(Path file, MoveMark mark, byte[] key) implements SavedVm {
    @Override
    public boolean exists() throws IOException {
        return Files.isRegularFile(file) && mark.equals(MoveMark.of(file));
    }

    @Override
    public Image open() throws IOException {
        if (!exists()) {
            throw new VmmException(
                    file + " is not the image of migration " + mark.token() + " any more; put that one back");
        }
        return ImageReader.open(file, ReadOptions.with(key).checkingRuns(ReadOptions.Runs.AT_USE));
    }

    @Override
    public void becomeImage() {}

    @Override
    public void free() throws IOException {
        if (exists()) {
            MoveMark.remove(file);
        }
    }

    @Override
    public void forget() {}

    @Override
    public String place() {
        return file.toString();
    }
}
