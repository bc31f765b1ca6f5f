package org.tidegate.onnx.graph;

/** An operator of ONNX: what a call of it becomes. It sets every output that is used, or throws a {@link Refusal}. */
@FunctionalInterface
interface Operator {
    void lower(Call call);
}
