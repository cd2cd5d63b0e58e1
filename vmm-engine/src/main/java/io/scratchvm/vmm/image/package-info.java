/**
 * The VM image: an ELF64 core file whose notes carry the machine's records and whose segments carry its memory. {@code
 * docs/image-format.md} is the specification.
 *
 * <p>From the bytes up: {@link io.scratchvm.vmm.image.CborWriter} and {@link io.scratchvm.vmm.image.CborReader} know
 * values, {@link io.scratchvm.vmm.image.RecordCodec} turns any record into them, {@link
 * io.scratchvm.vmm.image.NoteType} is the table of notes, {@link io.scratchvm.vmm.image.ImageLayout} puts the file
 * together, {@link io.scratchvm.vmm.image.ImageWriter} publishes it, {@link io.scratchvm.vmm.image.ImageReader}
 * believes it only once checked.
 */
package io.scratchvm.vmm.image;
