package io.scratchvm.vmm.linux.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Multiboot kernels that are no ELF files: where they go, and what is refused. {@code KernelOnQemuTest} runs real ones. */
class MultibootStartTest {
    private static final int MAGIC = 0x1bad_b002, ADDRESSES = 1 << 16;
    private static final int MEMORY = 4 << 20;

    private final Vcpu vcpu = new Vcpu();
    private final PhysicalMemory memory = new PhysicalMemory(MEMORY);

    /** 64 bytes before the header, the header, 0x1000 bytes in all. */
    private static ByteBuffer kernel(int flags, int... addresses) {
        ByteBuffer file = ByteBuffer.allocate(0x1000).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < file.capacity(); i++) {
            file.put(i, (byte) i);
        }
        file.putInt(64, MAGIC).putInt(68, flags).putInt(72, -MAGIC - flags);
        for (int i = 0; i < addresses.length; i++) {
            file.putInt(76 + 4 * i, addresses[i]);
        }
        return file;
    }

    private Loaded load(ByteBuffer file) throws Exception {
        return MultibootStart.load(LoadedFile.of("kernel", file.array()), "kernel a b", vcpu, memory);
    }

    private void refused(ByteBuffer file, String message) {
        assertThatThrownBy(() -> load(file))
                .isInstanceOf(VmmException.class)
                .hasMessageStartingWith("kernel")
                .hasMessageContaining(message);
    }

    @Test
    void loadsByTheHeadersAddresses() throws Exception {
        Loaded loaded = load(kernel(ADDRESSES, 0x10_0040, 0x10_0020, 0x10_0420, 0x10_2000, 0x10_0100));
        assertThat(loaded.entry()).isEqualTo(0x10_0100).isEqualTo(vcpu.rip);
        assertThat(memory.read64(0x10_0018)).isZero();
        assertThat(memory.read64(0x10_0020)).isEqualTo(0x2726_2524_2322_2120L);
        assertThat(memory.read64(0x10_0418)).isEqualTo(0x1f1e_1d1c_1b1a_1918L);
        assertThat(memory.read64(0x10_0420)).isZero();
    }

    @Test
    void loadsTheRestOfTheFileWhereNoEndIsGiven() throws Exception {
        load(kernel(ADDRESSES, 0x10_0040, 0x10_0000, 0, 0, 0x10_0000));
        assertThat(memory.read64(0x10_0ff8)).isEqualTo(0xfffe_fdfc_fbfa_f9f8L);
    }

    @Test
    void entersFlatProtectedMode() throws Exception {
        load(kernel(ADDRESSES, 0x10_0040, 0x10_0000, 0, 0, 0x10_0000));
        assertThat(vcpu.gpr[Vcpu.RAX]).isEqualTo(0x2bad_b002L);
        assertThat(vcpu.protectedMode()).isTrue();
        assertThat(vcpu.codeSize()).isEqualTo(32);
        assertThat(vcpu.rflags()).isEqualTo(2);
        for (Segment segment : vcpu.segments) {
            assertThat(segment.base()).isZero();
            assertThat(segment.limit()).isEqualTo(0xffff_ffffL);
        }
    }

    @Test
    void tellsTheMemoryAndTheCommandLine() throws Exception {
        load(kernel(ADDRESSES, 0x10_0040, 0x10_0000, 0, 0, 0x10_0000));
        long information = vcpu.gpr[Vcpu.RBX];
        assertThat(information & 0xfff).isZero();
        assertThat(memory.read64(information) & 0xffff_ffffL).isEqualTo(0x24d);
        assertThat(memory.read64(information + 8) & 0xffff_ffffL).isEqualTo((MEMORY >> 10) - 1024);
        long line = memory.read64(information + 16) & 0xffff_ffffL;
        byte[] text = new byte[11];
        memory.read(line, text, 0, text.length);
        assertThat(text).isEqualTo("kernel a b\0".getBytes());
    }

    @Test
    void theInformationMakesWayForAKernelInLowMemory() throws Exception {
        load(kernel(ADDRESSES, 0x9_f040, 0x9_f000, 0, 0, 0x9_f000));
        assertThat(vcpu.gpr[Vcpu.RBX]).isEqualTo(0xa_0000);
        assertThat(memory.read64(0x9_f000)).isEqualTo(0x0706_0504_0302_0100L);
    }

    @Test
    void refusesWhatIsNoKernel() {
        refused(ByteBuffer.allocate(0x1000), "no Multiboot kernel: there is no header");
        refused(ByteBuffer.allocate(0), "no Multiboot kernel");
        refused(kernel(ADDRESSES).putInt(72, 5), "wrong checksum");
        refused(kernel(ADDRESSES | 8), "requires what is not known (flags 0x8)");
        refused(kernel(0), "gives no addresses (flag 16), and it is no sound ELF file");
        ByteBuffer late = ByteBuffer.allocate(9000).order(ByteOrder.LITTLE_ENDIAN);
        refused(late.putInt(8192, MAGIC).putInt(8200, -MAGIC), "there is no header");
    }

    @Test
    void refusesAddressesThatCannotBe() {
        refused(kernel(ADDRESSES, 0x10_0040, 0x10_0044, 0, 0, 0x10_0044), "load_addr 0x100044");
        refused(kernel(ADDRESSES, 0x10_0040, 0xf_0000, 0, 0, 0xf_0000), "load_addr 0xf0000");
        refused(kernel(ADDRESSES, 0x10_0040, 0x10_0000, 0x10_1001, 0, 0x10_0000), "load_end_addr 0x101001");
        refused(kernel(ADDRESSES, 0x10_0040, 0x10_0000, 0xf_ffff, 0, 0x10_0000), "load_end_addr 0xfffff");
        refused(kernel(ADDRESSES, 0x10_0040, 0x10_0000, 0, 0x10_0800, 0x10_0000), "bss_end_addr 0x100800");
        refused(kernel(ADDRESSES, 0x10_0040, 0x10_0000, 0, 0, 0x10_1000), "the entry point 0x101000 is outside");
        refused(kernel(ADDRESSES, -0x40, -0x80, 0, 0, -0x80), "past the end of memory");
        refused(kernel(ADDRESSES, 0x10_0040, 0x10_0000, 0, -1, 0x10_0000), "past the end of memory");
    }

    /** Whatever a header says, it is loaded or refused by a message of its own. */
    @Test
    void anyHeaderIsLoadedOrRefused() {
        Random random = new Random(1);
        int[] likely = {0, 1, 0x40, 0x10_0000, 0x10_0040, 0x10_1000, MEMORY - 0x1000, MEMORY, -1, Integer.MIN_VALUE};
        for (int n = 0; n < 20_000; n++) {
            int[] addresses =
                    random.ints(5, 0, likely.length).map(i -> likely[i]).toArray();
            try {
                load(kernel(ADDRESSES, addresses));
            } catch (VmmException refusal) {
                assertThat(refusal).hasMessageStartingWith("kernel");
            } catch (Exception e) {
                throw new AssertionError(java.util.Arrays.toString(addresses), e);
            }
        }
    }
}
