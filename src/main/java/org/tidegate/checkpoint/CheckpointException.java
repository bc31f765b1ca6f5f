package org.tidegate.checkpoint;

import java.io.IOException;

/** A file is damaged, truncated, or of another kind. The message names the file and the reason. */
public final class CheckpointException extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * An exception without a cause.
     *
     * @param message the file and why it is refused
     */
    public CheckpointException(String message) {
        super(message);
    }

    /**
     * An exception with a cause.
     *
     * @param message the file and why it is refused
     * @param cause the exception behind it
     */
    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
