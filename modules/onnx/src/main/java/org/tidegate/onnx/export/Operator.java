package org.tidegate.onnx.export;

/** What a node of a spec becomes. It sets every output of the node, or throws an {@link IllegalArgumentException} that says why not. */
@FunctionalInterface
interface Operator {
    void write(Call call);
}
