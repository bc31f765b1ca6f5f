package org.tidegate.onnx.export;

import java.util.Arrays;
import java.util.List;
import org.tidegate.Value;

/** Layers that work on each row by itself. */
final class RowOperators {
    /** The first operator set with LayerNormalization. */
    private static final int LAYER_NORMALIZATION = 17;

    private RowOperators() {}

    static void addTo(Operators all) {
        all.add("linear", call -> linear(call, call.name() + ".weight"), "cols", "bias");
        all.add("tied_linear", RowOperators::tiedLinear, "to", "bias");
        all.add("dropout", call -> call.out(call.in(0).tensor()), "p", "per");
        all.add("layer_norm", RowOperators::layerNorm, "eps", "affine");
        all.add("softmax", call -> call.last("Softmax", List.of(call.reals(0)), Target.integer("axis", -1)));
        all.add("log_softmax", call -> call.last("LogSoftmax", List.of(call.reals(0)), Target.integer("axis", -1)));
    }

    private static void linear(Call call, String weight) {
        String columns = call.written().transposed(weight);
        product(call, call.in(0).value().kind() == Value.Kind.ONE_HOT
                ? call.inner("product", "Gather", List.of(columns, call.in(0).tensor()), Target.integer("axis", 0))
                : call.inner("product", "MatMul", List.of(call.reals(0), columns)));
    }

    /** The weight stands once in the file, as the embedding's. */
    private static void tiedLinear(Call call) {
        String weight = call.written().parameter(call.word("to", "") + ".weight");
        String turned = call.inner("weight", "Transpose", List.of(weight), Target.order(1, 0));
        product(call, call.inner("product", "MatMul", List.of(call.reals(0), turned)));
    }

    private static void product(Call call, String product) {
        if (call.flag("bias", true)) {
            call.last("Add", List.of(product, call.parameter("bias")));
        } else {
            call.out(product);
        }
    }

    private static void layerNorm(Call call) {
        Target target = call.target();
        String x = call.reals(0);
        boolean affine = call.flag("affine", true);
        double eps = call.number("eps", 1e-5);
        if (target.opset() >= LAYER_NORMALIZATION) {
            float[] ones = new float[affine ? 0 : call.in(0).columns()];
            Arrays.fill(ones, 1);
            String scale = affine ? call.parameter("weight") : target.tensor(call.inner("ones"), new long[] {ones.length}, ones);
            call.last("LayerNormalization", List.of(x, scale, affine ? call.parameter("bias") : ""), Target.integer("axis", -1),
                    Target.number("epsilon", eps));
            return;
        }
        String centred = call.inner("centred", "Sub", List.of(x, target.reduce("ReduceMean", call.inner("mean"), x, -1, true)));
        String squares = call.inner("squares", "Mul", List.of(centred, centred));
        String variance = target.reduce("ReduceMean", call.inner("variance"), squares, -1, true);
        String sum = call.inner("sum", "Add", List.of(variance, target.scalar((float) eps)));
        String deviation = call.inner("deviation", "Sqrt", List.of(sum));
        String normal = call.inner("normal", "Div", List.of(centred, deviation));
        if (affine) {
            call.last("Add", List.of(call.inner("scaled", "Mul", List.of(normal, call.parameter("weight"))), call.parameter("bias")));
        } else {
            call.out(normal);
        }
    }
}
