package io.scratchvm.vmm.linux.file;

/**
 * What is saved of a socket, its pipes apart.
 *
 * @param file the id of the open file
 * @param receives whether it was not shut down for reading
 * @param sends whether it was not shut down for writing
 * @param reset whether its peer has gone without having read all, and it was not told yet
 */
public record SocketState(int file, boolean receives, boolean sends, boolean reset) {}
