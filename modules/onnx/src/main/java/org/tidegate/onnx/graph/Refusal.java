package org.tidegate.onnx.graph;

/** What cannot be imported; becomes the exception of the reader, which names the file. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refusal(String message) {
        super(message);
    }
}
