package io.scratchvm.vmm.linux.file;

/** What an open file description was opened on. */
public enum FileKind {
    STANDARD_INPUT,
    STANDARD_OUTPUT,
    STANDARD_ERROR,
    FILE,
    DIRECTORY,
    /** A device of Linux that is software only. */
    DEVICE,
    /** An end of a pipe. */
    PIPE,
    /** The counter of eventfd(2). */
    EVENT,
    /** A timer of timerfd_create(2). */
    TIMER,
    /** The pending signals of signalfd(2). */
    SIGNALS,
    /** An instance of epoll(7). */
    EPOLL,
    /** One of the two sockets of socketpair(2). */
    SOCKET
}
