/* What no answer may hold. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.regex.Pattern;

/** Looks for paths, names of classes and lines of stacks. */
final class Leaks {
    private static final Pattern INNARDS = Pattern.compile("(?i)exception|\\bat [\\w.$]+\\(|\\b(?:java|javax|jdk|sun|org|com|io)\\.[a-z]+\\.|"
            + "(?:^|[\\s'\"(])/(?:tmp|home|root|usr|var|work|etc|proc)/|\\.java\\b|\\.safetensors|\\[[BCIJ]@|0x[0-9a-f]{8}");

    private Leaks() {}

    static void check(String answer) {
        assertFalse(INNARDS.matcher(answer).find(), () -> "an answer tells of the inside: " + answer);
    }
}
