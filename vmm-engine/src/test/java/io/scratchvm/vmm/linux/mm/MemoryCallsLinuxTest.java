package io.scratchvm.vmm.linux.mm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.linux.file.MappedFiles;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same thousands of random memory calls here and on the host's Linux: the same results, the same protections and
 * the same bytes in the pages, after each call.
 */
class MemoryCallsLinuxTest {
    private static final long ARENA = 0x100_0000_0000L;
    private static final int PAGES = 24;
    private static final int STEPS = 10_000;

    /** Prints a line a call: its result, then for each page of the arena its protection and its first byte. */
    private static final String SOURCE =
            """
            #define _GNU_SOURCE
            #include <stdio.h>
            #include <string.h>
            #include <errno.h>
            #include <unistd.h>
            #include <sys/syscall.h>
            static unsigned long seed = 12345;
            static unsigned rnd(unsigned n) { seed = seed * 6364136223846793005ul + 1442695040888963407ul; return (seed >> 33) % n; }
            #define A 0x10000000000ul
            static int prot[PAGES];
            static char maps[1 << 16];
            static void show(long result) {
                FILE *f = fopen("/proc/self/maps", "r");
                memset(prot, -1, sizeof prot);
                while (fgets(maps, sizeof maps, f)) {
                    unsigned long s, e; char p[5];
                    sscanf(maps, "%lx-%lx %4s", &s, &e, p);
                    for (unsigned long a = s > A ? s : A; a < e && a < A + PAGES * 4096ul; a += 4096)
                        prot[(a - A) / 4096] = (p[0] == 'r') | (p[1] == 'w') << 1 | (p[2] == 'x') << 2;
                }
                fclose(f);
                printf("%ld", result);
                for (int i = 0; i < PAGES; i++) {
                    if (prot[i] < 0) { printf(" -"); continue; }
                    printf(" %d", prot[i]);
                    if (prot[i] & 1) printf(":%d", *(volatile unsigned char *)(A + i * 4096ul));
                }
                printf("\\n");
            }
            static long call(long n, long a, long b, long c, long d, long e, long f) {
                long r = syscall(n, a, b, c, d, e, f);
                if (r == -1) return -errno;
                return r >= (long)A && r < (long)(A + PAGES * 4096ul) ? r - (long)A : r;
            }
            int main(void) {
                memset(prot, -1, sizeof prot);
                static const int prots[] = {0, 1, 3, 3, 3, 5};
                for (int step = 0; step < STEPS; step++) {
                    unsigned long at = rnd(PAGES), n = rnd(4) + 1, to = rnd(PAGES), m = rnd(3) + 1;
                    int p = prots[rnd(6)], what = rnd(10), odd = rnd(25);
                    if (at + n > PAGES) n = PAGES - at;
                    if (to + m > PAGES) m = PAGES - to;
                    unsigned long a = A + at * 4096 + (odd == 0), len = n * 4096 - (odd == 1 ? 100 : 0);
                    if (odd == 2) len = 0;
                    long r;
                    if (what == 7 && prot[at] < 0) what = 8; // kernels differ in whether the target is unmapped then
                    switch (what) {
                        case 0: case 1: r = call(9, a, len, p, 0x32, -1, 0); break;
                        case 2: r = call(9, a, len, p, 0x100022, -1, 0); break;
                        case 3: r = call(11, a, len, 0, 0, 0, 0); break;
                        case 4: case 5: r = call(10, a, len, p, 0, 0, 0); break;
                        case 6: r = call(28, a, len, 4, 0, 0, 0); break;
                        case 7: r = call(25, A + at * 4096, 4096, m * 4096, 3, A + to * 4096, 0); break;
                        case 8: r = call(25, A + at * 4096, 4096, m * 4096, 0, 0, 0); break;
                        default: r = call(26, a, len, 4, 0, 0, 0); break;
                    }
                    show(r);
                    for (int i = 0; i < PAGES; i++)
                        if (prot[i] >= 2 && (prot[i] & 2) && rnd(3) == 0) *(volatile unsigned char *)(A + i * 4096ul) = rnd(256);
                }
            }
            """;

    @TempDir
    Path directory;

    private final Vcpu vcpu = new Vcpu();
    private Mmu mmu;
    private AddressSpace space;
    private MemoryCalls calls;
    private long seed = 12345;

    private int random(int n) {
        seed = seed * 6364136223846793005L + 1442695040888963407L;
        return (int) Long.remainderUnsigned(seed >>> 33, n);
    }

    @Test
    void behavesAsTheHostsLinux() throws Exception {
        HostTools.require("gcc");
        Files.writeString(directory.resolve("calls.c"), SOURCE);
        HostTools.run(directory, "gcc", "-DPAGES=" + PAGES, "-DSTEPS=" + STEPS, "-O1", "calls.c", "-o", "calls");
        String[] expected = HostTools.run(directory, "./calls").split("\n");
        assertThat(expected).hasSize(STEPS);
        blankSpace();
        for (int step = 0; step < STEPS; step++) {
            String call = step();
            assertThat(call).as("step %d", step).endsWith(" = " + expected[step]);
        }
    }

    private void blankSpace() {
        PhysicalMemory memory = new PhysicalMemory(16 << 20);
        mmu = new Mmu(vcpu, memory);
        vcpu.cr0 |= ControlRegisters.CR0_PE | ControlRegisters.CR0_PG | ControlRegisters.CR0_WP;
        vcpu.cr4 |= ControlRegisters.CR4_PAE;
        vcpu.efer |= ControlRegisters.EFER_LME | ControlRegisters.EFER_LMA | ControlRegisters.EFER_NXE;
        vcpu.cr3 = 0x1000;
        vcpu.cpl = 3;
        mmu.synchronize();
        space = new AddressSpace(
                new AddressSpaceState(
                        false,
                        0x1000,
                        0x1000,
                        0x100000,
                        0x10000,
                        0x7fff_0000_0000L,
                        0x7fff_ffff_f000L,
                        0x50_0000,
                        0x50_0000,
                        0x7fff_0000_0000L,
                        List.of(),
                        List.of(),
                        new byte[0]),
                vcpu,
                mmu);
        space.reserve(0, 0x2000);
        calls = new MemoryCalls(space, MappedFiles.NONE);
    }

    /** Makes the next call; the text of it, of its result and of the arena. */
    private String step() {
        int[] protections = {0, 1, 3, 3, 3, 5};
        int at = random(PAGES);
        int n = random(4) + 1;
        int to = random(PAGES);
        int m = random(3) + 1;
        int protection = protections[random(6)];
        int what = random(10);
        int odd = random(25);
        what = what == 7 && space.regionAt(ARENA + at * 4096L) == null ? 8 : what;
        n = Math.min(n, PAGES - at);
        m = Math.min(m, PAGES - to);
        long address = ARENA + at * 4096L + (odd == 0 ? 1 : 0);
        long length = odd == 2 ? 0 : n * 4096L - (odd == 1 ? 100 : 0);
        long page = ARENA + at * 4096L;
        long result =
                switch (what) {
                    case 0, 1 -> calls.call(9, address, length, protection, 0x32, -1, 0);
                    case 2 -> calls.call(9, address, length, protection, 0x100022, -1, 0);
                    case 3 -> calls.call(11, address, length, 0, 0, 0, 0);
                    case 4, 5 -> calls.call(10, address, length, protection, 0, 0, 0);
                    case 6 -> calls.call(28, address, length, 4, 0, 0, 0);
                    case 7 -> calls.call(25, page, 4096, m * 4096L, 3, ARENA + to * 4096L, 0);
                    case 8 -> calls.call(25, page, 4096, m * 4096L, 0, 0, 0);
                    default -> calls.call(26, address, length, 4, 0, 0, 0);
                };
        long shown = result >= ARENA && result < ARENA + PAGES * 4096L ? result - ARENA : result;
        String text =
                "call %d at %d, %d bytes, to %d, %d pages, protection %d".formatted(what, at, length, to, m, protection)
                        + " = " + shown + arena();
        scribble();
        return text;
    }

    private String arena() {
        List<String> pages = new ArrayList<>();
        for (int i = 0; i < PAGES; i++) {
            Region region = space.regionAt(ARENA + i * 4096L);
            if (region == null) {
                pages.add("-");
            } else if ((region.protection() & Region.PROT_READ) == 0) {
                pages.add("" + region.protection());
            } else {
                pages.add(region.protection() + ":" + mmu.read8(ARENA + i * 4096L));
            }
        }
        return " " + String.join(" ", pages);
    }

    private void scribble() {
        for (int i = 0; i < PAGES; i++) {
            Region region = space.regionAt(ARENA + i * 4096L);
            boolean writable = region != null && (region.protection() & Region.PROT_WRITE) != 0;
            if (writable && random(3) == 0) {
                mmu.write8(ARENA + i * 4096L, random(256));
            }
        }
    }
}
