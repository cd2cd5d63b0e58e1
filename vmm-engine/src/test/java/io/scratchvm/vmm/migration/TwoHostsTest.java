package io.scratchvm.vmm.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.HostTools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two hosts, as Linux makes them of one: network namespaces (ip-netns(8)) with a cable between them (veth(4)), TLS over it.
 * Needs root, and a kernel that lets it.
 */
@Timeout(120)
class TwoHostsTest {
    private static final String SOURCE_ADDRESS = "10.77.0.1";
    private static final String DESTINATION_ADDRESS = "10.77.0.2";

    @TempDir
    Path directory;

    private final String sourceHost = "vmm-s" + ProcessHandle.current().pid();
    private final String destinationHost = "vmm-d" + ProcessHandle.current().pid();
    private final List<String> hosts = new ArrayList<>();

    @BeforeEach
    void connectTwoHosts() throws Exception {
        HostTools.require("ip");
        HostTools.requireLeave(isAllowed(), "making network namespaces, which needs root");
        addHost(destinationHost);
        ip("link add source netns " + sourceHost + " type veth peer name destination netns " + destinationHost);
        in(sourceHost, "addr add " + SOURCE_ADDRESS + "/24 dev source");
        in(destinationHost, "addr add " + DESTINATION_ADDRESS + "/24 dev destination");
        in(sourceHost, "link set source up");
        in(destinationHost, "link set destination up");
    }

    private boolean isAllowed() throws InterruptedException {
        try {
            addHost(sourceHost);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void addHost(String name) throws IOException, InterruptedException {
        ip("netns add " + name);
        hosts.add(name);
    }

    @AfterEach
    void removeHosts() throws Exception {
        for (String host : hosts) {
            ip("netns del " + host);
        }
    }

    private void ip(String arguments) throws IOException, InterruptedException {
        HostTools.run(directory, ("ip " + arguments).split(" "));
    }

    private void in(String host, String arguments) throws IOException, InterruptedException {
        ip("-n " + host + " " + arguments);
    }

    /** Two sides that trust each other's keys. */
    private Move mutuallyTrusting() throws Exception {
        KeyStores keys = new KeyStores(directory);
        Path source = keys.make("source", "ip:" + SOURCE_ADDRESS);
        Path destination = keys.make("destination", "ip:" + DESTINATION_ADDRESS);
        keys.trust("source", "destination");
        keys.trust("destination", "source");
        Move move = new Move(directory.resolve("sides"));
        move.source.at(DESTINATION_ADDRESS, source);
        move.destination.at(DESTINATION_ADDRESS, destination);
        return move;
    }

    private SideProcess receive(Move move) throws IOException {
        return SideProcess.start(move.destination, "receive", 0, "ip", "netns", "exec", destinationHost);
    }

    private SideProcess send(Move move) throws Exception {
        int port = move.destination.port(1);
        return SideProcess.start(move.source, "send", port, "ip", "netns", "exec", sourceHost);
    }

    private static void assertMoved(Move move, SideProcess sending, SideProcess receiving) throws Exception {
        sending.waitUntilKilled();
        assertThat(sending.status()).as("%s", move.source.notices).isZero();
        receiving.waitUntilKilled();
        assertThat(receiving.status()).as("%s", move.destination.notices).isEqualTo(MovingGuest.STATUS);
        move.assertMovedOnce();
    }

    @Test
    void aVmMovesFromOneHostToTheOther() throws Exception {
        Move move = mutuallyTrusting();
        SideProcess receiving = receive(move);
        assertMoved(move, send(move), receiving);
    }

    @Test
    void aVmMovesOnceTheCableIsPluggedIn() throws Exception {
        Move move = mutuallyTrusting();
        SideProcess receiving = receive(move);
        move.destination.port(1);
        in(sourceHost, "link set source down");
        SideProcess sending = send(move);
        move.source.awaitTrace("VM_APP - SAVE OPERATION");
        Thread.sleep(500);
        assertThat(move.source.trace).doesNotContain("VM_APP - VM STATE SENT");
        in(sourceHost, "link set source up");
        assertMoved(move, sending, receiving);
    }

    @Test
    void betweenHostsNothingGoesInTheClear() throws Exception {
        Move move = new Move(directory.resolve("sides"));
        move.destination.at(DESTINATION_ADDRESS, null);
        SideProcess receiving = receive(move);
        receiving.waitUntilKilled();
        assertThat(receiving.status()).isEqualTo(125);
        assertThat(move.destination.notices).anyMatch(line -> line.contains("needs TLS") && line.contains("--tls"));
    }
}
