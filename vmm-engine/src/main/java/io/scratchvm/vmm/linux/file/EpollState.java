package io.scratchvm.vmm.linux.file;

import java.util.List;

/**
 * What is saved of an epoll(7) instance.
 *
 * @param file the id of the open file
 * @param items what it watches, in the order in which it tells of them
 */
public record EpollState(int file, List<Watched> items) {
    public EpollState {
        items = List.copyOf(items);
    }

    /**
     * A watched file.
     *
     * @param descriptor the number that it was added by
     * @param watched its id
     * @param events EPOLLIN and its like; without any once EPOLLONESHOT is over
     * @param data what is told with them
     * @param news whether something has come that was not told of (EPOLLET)
     */
    public record Watched(int descriptor, int watched, int events, long data, boolean news) {}
}
