package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.HostTools;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;

/** Key stores in a directory, whose keys the JDK's keytool makes. */
record KeyStores(Path directory) {
    static final String PASSWORD = "correct horse";

    /**
     * A key store NAME.p12 with a key and a certificate of its own.
     *
     * @param host what the certificate is for, as keytool has it: {@code dns:localhost}
     */
    Path make(String name, String host, String... more) throws IOException, InterruptedException {
        Path file = directory.resolve(name + ".p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair"));
        command.addAll(List.of("-keystore", file.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of("-alias", name, "-dname", "CN=" + name, "-keyalg", "EC", "-groupname", "secp256r1"));
        command.addAll(List.of("-ext", "san=" + host));
        command.addAll(List.of(more));
        HostTools.run(directory, command.toArray(String[]::new));
        return file;
    }

    /** Lets {@code truster} trust the certificates of {@code trusted}. */
    void trust(String truster, String... trusted) throws IOException, GeneralSecurityException {
        KeyStore store = load(truster);
        for (String name : trusted) {
            store.setCertificateEntry("trusted-" + name, load(name).getCertificate(name));
        }
        save(truster, store);
    }

    KeyStore load(String name) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory.resolve(name + ".p12"))) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    Path save(String name, KeyStore store) throws IOException, GeneralSecurityException {
        Path file = directory.resolve(name + ".p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }
}
