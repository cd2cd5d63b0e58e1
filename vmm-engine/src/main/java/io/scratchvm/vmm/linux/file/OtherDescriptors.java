package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.linux.file.FilesState.DescriptorState;
import java.util.List;
import java.util.Map;

/**
 * What is saved of descriptors besides {@link FilesState}, which has all open files and the first process's descriptors.
 *
 * @param tables each other process's descriptors, by its number
 * @param pipes those of which an end is open
 */
public record OtherDescriptors(Map<Integer, List<DescriptorState>> tables, List<PipeState> pipes) {
    /** There is one process, and no pipe. */
    public static final OtherDescriptors NONE = new OtherDescriptors(Map.of(), List.of());
}
