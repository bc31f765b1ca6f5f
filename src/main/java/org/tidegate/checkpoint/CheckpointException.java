package org.tidegate.checkpoint;

import java.io.IOException;

/** A file that is not what it should be: damaged, cut short, or of another kind. The message names the file and the reason. */
public final class CheckpointException extends IOException {
    private static final long serialVersionUID = 1;

    /** A file and the reason why it is refused. */
    public CheckpointException(String message) {
        super(message);
    }

    /** A file and the reason why it is refused. */
    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
