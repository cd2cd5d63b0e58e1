package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.MigrationConfiguration.TlsStore;
import io.scratchvm.vmm.api.PeerAddress;
import io.scratchvm.vmm.api.VmmException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.util.Collections;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS 1.3 (RFC 8446) with certificates on both sides and ALPN (RFC 7301). Each side trusts the certificates of its own
 * key store and nothing that the host trusts.
 */
final class Tls {
    private static final String ALPN = "vmm/1";
    private static final String[] VERSIONS = {"TLSv1.3"};
    private static final String[] PROTOCOLS = {ALPN};

    private final SSLContext context;

    /** @throws VmmException if {@code store} is not what TLS needs */
    Tls(TlsStore store) throws IOException {
        KeyStore keys = load(store);
        try {
            requireEntries(keys, store.file());
            KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(keys, store.password());
            TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(keys);
            context = SSLContext.getInstance(VERSIONS[0]);
            context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        } catch (GeneralSecurityException e) {
            throw unusable(store.file(), "its key cannot be used: " + e.getMessage(), e);
        }
    }

    private static KeyStore load(TlsStore store) throws IOException {
        try (InputStream in = Files.newInputStream(store.file())) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, store.password());
            return keys;
        } catch (NoSuchFileException e) {
            throw unusable(store.file(), "there is no such file", e);
        } catch (GeneralSecurityException e) {
            throw unusable(store.file(), e.getMessage(), e);
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw unusable(store.file(), "the password of --tls-password does not open it", e);
            }
            if (Files.isReadable(store.file()) && Files.isRegularFile(store.file())) {
                throw unusable(store.file(), "it is not a PKCS #12 key store", e);
            }
            throw e;
        }
    }

    private static void requireEntries(KeyStore keys, Path file) throws GeneralSecurityException {
        boolean key = false;
        boolean trusted = false;
        for (String alias : Collections.list(keys.aliases())) {
            key |= keys.isKeyEntry(alias);
            trusted |= keys.isCertificateEntry(alias);
        }
        if (!key) {
            throw unusable(file, "it holds no private key for this side", null);
        }
        if (!trusted) {
            throw unusable(file, "it holds no trusted certificate to know the peer by", null);
        }
    }

    private static VmmException unusable(Path file, String reason, Exception cause) {
        return new VmmException("--tls " + file + ": " + reason + "; docs/migration.md shows how to make one", cause);
    }

    /** The source's side of TLS over {@code tcp}. It begins with the first byte that is read or written. */
    SSLSocket source(Socket tcp, PeerAddress peer) throws IOException {
        SSLSocket socket = over(tcp, peer);
        SSLParameters parameters = parameters(socket);
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.setUseClientMode(true);
        return socket;
    }

    /** The destination's side of TLS over {@code tcp}. It begins with the first byte that is read or written. */
    SSLSocket destination(Socket tcp, PeerAddress own) throws IOException {
        SSLSocket socket = over(tcp, own);
        SSLParameters parameters = parameters(socket);
        parameters.setNeedClientAuth(true);
        socket.setSSLParameters(parameters);
        socket.setUseClientMode(false);
        return socket;
    }

    private SSLSocket over(Socket tcp, PeerAddress peer) throws IOException {
        return (SSLSocket) context.getSocketFactory().createSocket(tcp, peer.host(), peer.port(), true);
    }

    private static SSLParameters parameters(SSLSocket socket) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(VERSIONS);
        parameters.setApplicationProtocols(PROTOCOLS);
        return parameters;
    }

    /** To be asked after the first byte from the peer. */
    static void requireMigration(SSLSocket socket) throws ProtocolException {
        if (!ALPN.equals(socket.getApplicationProtocol())) {
            throw new ProtocolException("the peer's TLS is not for the migration protocol (ALPN " + ALPN + ")");
        }
    }

    /** What is wrong when a connection fails before anything was said over it. */
    static IOException explained(SSLException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof EOFException || cause instanceof SocketException) {
                return new LinkException("the link broke while TLS began: " + cause.getMessage(), e);
            }
        }
        ProtocolException explained = new ProtocolException("TLS cannot begin: "
                + e.getMessage().replaceFirst("\\.$", "") + "; docs/migration.md says what each side's --tls needs");
        explained.initCause(e);
        return explained;
    }
}
