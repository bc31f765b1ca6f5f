package org.tidegate.onnx.graph;

/**
 * What cannot be imported. One without a node gets it where the node is lowered ({@link Call#lower}); the reader makes it an exception that
 * names the file.
 */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean hasNode;

    Refusal(String reason) {
        this(reason, false);
    }

    Refusal(String message, boolean hasNode) {
        super(message);
        this.hasNode = hasNode;
    }

    /** Whether the message names a node. */
    boolean hasNode() {
        return hasNode;
    }
}
