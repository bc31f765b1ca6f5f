/* Who may ask. */
package org.tidegate.server.ops;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The tokens that clients show as {@code Authorization: Bearer TOKEN}. The time of a comparison tells nothing of a token, neither its
 * characters nor its length.
 */
public final class Tokens {
    private static final String SCHEME = "Bearer ";
    private static final Pattern FIT = Pattern.compile("[\\x21-\\x7e]{8,1024}");

    private final List<byte[]> digests;

    private Tokens(List<byte[]> digests) {
        this.digests = digests;
    }

    /**
     * {@return the tokens of a file}
     *
     * @param file a token in each line, 8 to 1024 characters of ASCII without spaces; two while one replaces the other
     * @throws IOException if it cannot be read, or has no token or a malformed one
     */
    public static Tokens read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8).stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
        if (lines.isEmpty()) {
            throw new IOException("the file of tokens is empty; expected a token in each line");
        }
        for (int i = 0; i < lines.size(); i++) {
            if (!FIT.matcher(lines.get(i)).matches()) {
                throw new IOException("token " + (i + 1) + " of the file is malformed; expected 8 to 1024 characters of ASCII without spaces");
            }
        }
        return new Tokens(lines.stream().map(Tokens::digest).toList());
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /**
     * {@return whether a client may ask}
     *
     * @param authorization the header, null where it was not sent
     */
    public boolean accept(String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] given = digest(authorization.substring(SCHEME.length()).strip());
        boolean found = false;
        for (byte[] each : digests) {
            found |= MessageDigest.isEqual(each, given);
        }
        return found;
    }
}
