package org.tidegate.onnx;

import java.io.IOException;

/** A file of ONNX that is damaged, or says what cannot be imported; the message names the operator, the node, the reason and what would help. */
public class OnnxException extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * Creates the exception.
     *
     * @param message what is wrong and what would help
     */
    public OnnxException(String message) {
        super(message);
    }

    /**
     * Creates the exception.
     *
     * @param message what is wrong and what would help
     * @param cause what found it
     */
    public OnnxException(String message, Throwable cause) {
        super(message, cause);
    }
}
