/* The outcome of native calls as exceptions. */
package org.tidegate;

import java.util.Optional;
import org.tidegate.internal.Library;
import org.tidegate.internal.Status;

/** Turns a status into the exception that the user sees. */
final class Failure {
    private Failure() {
    }

    /** Does nothing for a good status; must follow the call on the same thread, whose last error it reads. */
    static void check(int status) {
        if (status != 0) {
            throw of(Status.of(status), Library.lastError());
        }
    }

    /** Throws where the native library could not be loaded. */
    static void checkLibrary() {
        Optional<String> failure = Library.failure();
        if (failure.isPresent()) {
            throw new TidegateException(failure.get());
        }
    }

    private static RuntimeException of(Status status, String text) {
        return switch (status) {
            case INVALID_ARGUMENT -> new IllegalArgumentException(text);
            case INVALID_STATE -> new IllegalStateException(text);
            case OUT_OF_MEMORY -> new TidegateException("Not enough native memory: " + text);
            case INTERNAL -> new TidegateException("A defect of Tidegate: " + text);
            default -> new TidegateException(text);
        };
    }
}
