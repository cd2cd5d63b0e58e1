package io.scratchvm.vmm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which version of the VMM this is. */
public final class Version {
    /** As Maven knows it, {@code 1.0.0}. */
    public static final String CURRENT = read();

    /** As images and other VMMs are told, {@code vmm 1.0.0}. */
    static final String NAME = "vmm " + CURRENT;

    private Version() {}

    private static String read() {
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
