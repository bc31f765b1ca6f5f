/* What a server shows of itself over TLS. */
package org.tidegate.server.ops;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A private key and its chain of certificates.
 *
 * @param chain the server's own certificate first
 * @param key of the first certificate
 */
public record Certificates(List<X509Certificate> chain, PrivateKey key) {
    private static final Pattern KEY = Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /**
     * {@return what two files in PEM have}
     *
     * @param certificates the chain, the server's own first
     * @param key the private key, PKCS #8 without a password
     * @throws IOException if they cannot be read, are malformed, or do not belong together
     */
    public static Certificates read(Path certificates, Path key) throws IOException {
        List<X509Certificate> chain = chain(certificates);
        PrivateKey secret = key(key, chain.get(0).getPublicKey().getAlgorithm());
        return new Certificates(chain, secret);
    }

    private static List<X509Certificate> chain(Path file) throws IOException {
        try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(file))) {
            List<X509Certificate> chain = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast).toList();
            if (!chain.isEmpty()) {
                return chain;
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate " + file.getFileName() + " cannot be read; expected PEM, BEGIN CERTIFICATE", e);
        }
        throw new IOException("the file " + file.getFileName() + " has no certificate; expected PEM, BEGIN CERTIFICATE");
    }

    private static PrivateKey key(Path file, String algorithm) throws IOException {
        Matcher pem = KEY.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new IOException("the file " + file.getFileName() + " has no key of the form BEGIN PRIVATE KEY (PKCS #8, no password); "
                    + "openssl pkcs8 -topk8 -nocrypt makes it of other forms");
        }
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(pem.group(1));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("the key " + file.getFileName() + " is malformed, or not of the certificate's kind, " + algorithm, e);
        }
    }

    /**
     * {@return a store in memory that has them under one name}
     *
     * @param password of the store and its key
     * @throws GeneralSecurityException if key and certificate do not belong together
     */
    public KeyStore store(char[] password) throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", key, password, chain.toArray(X509Certificate[]::new));
            return store;
        } catch (IOException e) {
            throw new GeneralSecurityException(e); // nothing is read
        }
    }
}
