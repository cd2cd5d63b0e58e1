package io.scratchvm.vmm.linux.mm;

import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SHIFT;
import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.host.HostFile;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.file.OpenFile;
import io.scratchvm.vmm.linux.file.OpenFiles;
import io.scratchvm.vmm.linux.file.PageCache;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files that the guest's processes have mapped shared: whoever maps the same page of the same file has the same frame,
 * which is brought in at the first touch. What programs write there is found by the dirty bits of their page tables, and is
 * in the file once it is asked for: by a read, by msync(2), when the pages are unmapped, at a save. So the bytes in memory
 * and in the file are never seen to differ.
 */
public final class FileMappings implements PageCache {
    private final PhysicalMemory memory;
    private final Frames frames;
    private OpenFiles files = new OpenFiles();
    private final List<AddressSpace> spaces = new ArrayList<>();
    /** The descriptions that regions name, by their ids; each is kept open. */
    private final Map<Integer, OpenFile> descriptions = new HashMap<>();
    /** The frames of a file's pages, by the file's key and the pages' numbers. */
    private final Map<Object, Map<Long, Long>> cached = new HashMap<>();

    FileMappings(PhysicalMemory memory, Frames frames) {
        this.memory = memory;
        this.frames = frames;
    }

    /** A space whose regions may name files, until it is {@linkplain #remove gone}. */
    void add(AddressSpace space) {
        spaces.add(space);
    }

    void remove(AddressSpace space) {
        spaces.remove(space);
        sweep();
    }

    /**
     * A region is about to name {@code file}.
     *
     * @throws SystemCallError ENFILE
     */
    public void map(OpenFile file) {
        if (descriptions.size() >= MOST_FILES && !descriptions.containsKey(file.id())) {
            throw new SystemCallError(Errno.ENFILE);
        }
        if (descriptions.putIfAbsent(file.id(), file) == null) {
            file.retain();
        }
    }

    /** The description that a region names. */
    public OpenFile file(int id) {
        return descriptions.get(id);
    }

    private static Object key(OpenFile file) {
        Object key = file.file().key();
        return key != null ? key : file.path();
    }

    /** Closes the descriptions that no region names any more. */
    public void sweep() {
        if (descriptions.isEmpty()) {
            return;
        }
        Set<Integer> named = new HashSet<>();
        for (AddressSpace space : spaces) {
            space.addMappedFiles(named);
        }
        for (OpenFile file : List.copyOf(descriptions.values())) {
            if (!named.contains(file.id())) {
                descriptions.remove(file.id());
                close(file);
            }
        }
    }

    private void close(OpenFile file) {
        if (file.isLastReference()) {
            files.remove(file);
        }
        try {
            file.release();
        } catch (IOException e) {
            // Nobody is left to be told.
        }
    }

    // -- frames ------------------------------------------------------------------------------------------------------

    /** Whether the file has no byte of this page: touching it is SIGBUS. */
    boolean isPastEnd(FileRange page) {
        try {
            return page.offset() >= file(page.file()).file().size();
        } catch (IOException e) {
            return true;
        }
    }

    /** The address of the page's frame, for one more page table to name; -1 past the file's end and without memory. */
    long take(FileRange page) {
        OpenFile file = file(page.file());
        Map<Long, Long> pages = cached.computeIfAbsent(key(file), key -> new HashMap<>());
        long number = page.offset() >> PAGE_SHIFT;
        Long known = pages.get(number);
        if (known != null) {
            frames.share(known);
            return known << PAGE_SHIFT;
        }
        long frame = isPastEnd(page) ? -1 : frames.lowestFree(0, frames.total());
        if (frame < 0 || !fill(frame, file.file(), page.offset())) {
            return -1;
        }
        frames.take(frame, 1);
        pages.put(number, frame);
        return frame << PAGE_SHIFT;
    }

    private boolean fill(long frame, HostFile file, long offset) {
        byte[] bytes = new byte[PAGE_SIZE];
        try {
            int done = 0;
            for (int n = -1; done < PAGE_SIZE && n != 0; done += n) {
                n = file.read(offset + done, bytes, done, PAGE_SIZE - done);
            }
        } catch (IOException e) {
            return false;
        }
        memory.write(frame << PAGE_SHIFT, bytes, 0, PAGE_SIZE);
        return true;
    }

    /** A page table has given up {@code entry}, which named a page of a file. */
    void give(FileRange page, long entry) {
        try {
            writeIfDirty(page, entry);
        } catch (UncheckedIOException e) {
            // As on Linux, only msync(2) tells.
        }
        long frame = (entry & PageTables.ADDRESS) >> PAGE_SHIFT;
        if (frames.unshare(frame)) {
            return;
        }
        memory.clear(frame << PAGE_SHIFT, PAGE_SIZE);
        frames.release(frame);
        Object key = key(file(page.file()));
        Map<Long, Long> pages = cached.getOrDefault(key, new HashMap<>());
        pages.remove(page.offset() >> PAGE_SHIFT);
        if (pages.isEmpty()) {
            cached.remove(key);
        }
    }

    // -- to the file -------------------------------------------------------------------------------------------------

    private boolean writeIfDirty(FileRange page, long entry) {
        if ((entry & PageTables.DIRTY) == 0) {
            return false;
        }
        try {
            HostFile file = file(page.file()).file();
            int count = (int) Math.min(PAGE_SIZE, file.size() - page.offset());
            if (count > 0) {
                byte[] bytes = new byte[count];
                memory.read(entry & PageTables.ADDRESS, bytes, 0, count);
                file.write(page.offset(), bytes, 0, count);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return true;
    }

    @Override
    public void writeBack() {
        if (cached.isEmpty()) {
            return;
        }
        try {
            for (AddressSpace space : List.copyOf(spaces)) {
                space.visitFilePages((page, at, entry) -> {
                    if (writeIfDirty(page, entry)) {
                        memory.writeTableEntry(at, entry & ~PageTables.DIRTY);
                    }
                });
                space.flush();
            }
        } catch (UncheckedIOException e) {
            throw new SystemCallError(Errno.of(e.getCause()));
        }
    }

    @Override
    public void copyBack() throws IOException {
        try {
            for (AddressSpace space : spaces) {
                space.visitFilePages((page, at, entry) -> writeIfDirty(page, entry));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    // -- what the other calls do with these files --------------------------------------------------------------------

    @Override
    public void beforeRead(OpenFile file) {
        if (!cached.isEmpty() && file.isFile() && cached.containsKey(key(file))) {
            writeBack();
        }
    }

    @Override
    public void afterWrite(OpenFile file, long position, byte[] bytes, int count) {
        if (cached.isEmpty() || !cached.containsKey(key(file))) {
            return;
        }
        Map<Long, Long> pages = cached.get(key(file));
        int done = 0;
        while (done < count) {
            int inPage = (int) (position + done) & PAGE_SIZE - 1;
            int part = Math.min(PAGE_SIZE - inPage, count - done);
            Long frame = pages.get(position + done >> PAGE_SHIFT);
            if (frame != null) {
                memory.write((frame << PAGE_SHIFT) + inPage, bytes, done, part);
            }
            done += part;
        }
    }

    /** Pages behind the bytes that the file kept are gone, and the last one's rest is zero. */
    @Override
    public void afterResize(@Nullable Object key, long kept) {
        Map<Long, Long> pages = key == null ? null : cached.get(key);
        if (pages == null) {
            return;
        }
        for (AddressSpace space : spaces) {
            space.dropFilePages(page -> page.offset() >= kept && key.equals(key(file(page.file()))));
        }
        Long last = pages.get(kept >> PAGE_SHIFT);
        int rest = (int) kept & PAGE_SIZE - 1;
        if (last != null && rest != 0) {
            memory.write((last << PAGE_SHIFT) + rest, new byte[PAGE_SIZE - rest], 0, PAGE_SIZE - rest);
        }
    }

    // -- saved and restored ------------------------------------------------------------------------------------------

    @Override
    public List<OpenFile> mapped() {
        return List.copyOf(descriptions.values());
    }

    /**
     * Takes up what the regions of the spaces that are there already name.
     *
     * @param openFiles all descriptions
     * @throws VmmException if one is not open, or two frames are said to be the same page
     */
    public void begin(OpenFiles openFiles) {
        files = openFiles;
        files.use(this);
        Set<Integer> named = new HashSet<>();
        spaces.forEach(space -> space.addMappedFiles(named));
        for (int id : named) {
            OpenFile file = files.find(id);
            if (file == null || !file.isFile() || descriptions.size() >= MOST_FILES) {
                throw new VmmException("the image's address space contradicts itself: it maps file " + id
                        + ", which is not open or one too many");
            }
            map(file);
        }
        if (files.hasUnused()) {
            throw new VmmException("the image's table of open files cannot be right: an open file that nothing names");
        }
        if (!named.isEmpty()) {
            frames.countSharers(spaces);
            spaces.forEach(space -> space.visitFilePages(this::restore));
        }
    }

    private void restore(FileRange page, long at, long entry) {
        long frame = (entry & PageTables.ADDRESS) >> PAGE_SHIFT;
        Map<Long, Long> pages = cached.computeIfAbsent(key(file(page.file())), key -> new HashMap<>());
        Long known = pages.putIfAbsent(page.offset() >> PAGE_SHIFT, frame);
        if (known != null && known != frame) {
            throw new VmmException("the image's address space contradicts itself: a page of a file is there twice");
        }
    }
}
