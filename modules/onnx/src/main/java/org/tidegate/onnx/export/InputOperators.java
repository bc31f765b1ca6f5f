package org.tidegate.onnx.export;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;
import org.tidegate.Value;

/** Inputs, and rows that are looked up by ids. Row s * time + t is step t of sequence s. */
final class InputOperators {
    private InputOperators() {}

    static void addTo(Operators all) {
        all.add("ids", call -> input(call, TensorProto.DataType.INT64), "axis", "per");
        all.add("input", call -> input(call, TensorProto.DataType.FLOAT), "axis", "per", "cols", "gradient");
        all.add("one_hot", call -> call.out(call.in(0).tensor()), "rows");
        all.add("embedding", InputOperators::embedding, "rows", "cols", "padding", "dropout");
        all.add("gather", InputOperators::gather);
    }

    private static void input(Call call, TensorProto.DataType type) {
        Value value = call.value();
        Written written = call.written();
        boolean reals = type == TensorProto.DataType.FLOAT;
        Object[] dims = value.rows() == Value.Rows.PER_STEP
                ? reals ? new Object[] {written.batch(value), written.time(value), value.columns()}
                        : new Object[] {written.batch(value), written.time(value)}
                : reals ? new Object[] {written.batch(value), value.columns()} : new Object[] {written.batch(value)};
        call.out(call.target().input(call.name(), type, call.node().toString(), dims));
        if (value.rows() == Value.Rows.PER_STEP) {
            written.axis(value);
        }
    }

    private static void embedding(Call call) {
        call.last("Gather", List.of(call.parameter("weight"), call.in(0).tensor()), Target.integer("axis", 0));
    }

    private static void gather(Call call) {
        String x = call.reals(0);
        String rows = !call.in(0).perStep() ? x
                : call.inner("rows", "Reshape", List.of(x, call.target().integers(-1, call.in(0).value().columns())));
        call.last("Gather", List.of(rows, call.in(1).tensor()), Target.integer("axis", 0));
    }
}
