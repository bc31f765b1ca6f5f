package org.tidegate.onnx.graph;

import java.util.Map;

/** Activations that are made of others. */
final class ActivationOperators {
    private static final double SELU_ALPHA = 1.67326319217681884765625;
    private static final double SELU_GAMMA = 1.05070102214813232421875;

    private ActivationOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("PRelu", ActivationOperators::parametric);
        all.put("Selu", call -> {
            Value elu = activation(call, call.in(0), "elu", "alpha", call.number("alpha", SELU_ALPHA));
            call.out(with(call, elu, "mul", call.number("gamma", SELU_GAMMA)));
        });
        all.put("Celu", call -> {
            double alpha = call.number("alpha", 1);
            call.out(with(call, activation(call, with(call, call.in(0), "div", alpha), "elu", "alpha", 1), "mul", alpha));
        });
        all.put("ThresholdedRelu", ActivationOperators::thresholded);
        all.put("HardSwish", call -> {
            Value gate = ElementwiseOperators.node(call, call.in(0), "activation",
                    Map.of("kind", "hard_sigmoid", "alpha", ElementwiseOperators.text(1f / 6), "beta", "0.5"));
            call.out(product(call, call.in(0), gate));
        });
        all.put("Swish", call -> {
            Value scaled = with(call, call.in(0), "mul", call.number("alpha", 1));
            call.out(product(call, call.in(0), ElementwiseOperators.node(call, scaled, "activation", Map.of("kind", "sigmoid"))));
        });
        all.put("Mish", call -> {
            Value softplus = ElementwiseOperators.node(call, call.in(0), "activation", Map.of("kind", "softplus"));
            call.out(product(call, call.in(0), ElementwiseOperators.node(call, softplus, "activation", Map.of("kind", "tanh"))));
        });
    }

    private static Value activation(Call call, Value x, String kind, String key, double value) {
        return ElementwiseOperators.node(call, x, "activation", Map.of("kind", kind, key, ElementwiseOperators.text(value)));
    }

    /** x op number; as it is where that changes nothing. */
    private static Value with(Call call, Value x, String op, double number) {
        return number == 1 ? x : ElementwiseOperators.node(call, x, op, Map.of("value", ElementwiseOperators.text(number)));
    }

    private static Value product(Call call, Value a, Value b) {
        return ElementwiseOperators.combined(call, a, b, "mul", (x, y) -> x * y, null);
    }

    /** max(x, 0) + slope min(x, 0). */
    private static void parametric(Call call) {
        Value x = call.in(0);
        float[] slopes = call.reals(1);
        if (call.in(1).numbers().all(slopes[0])) {
            call.out(activation(call, x, "leaky_relu", "alpha", slopes[0]));
            return;
        }
        Value below = ElementwiseOperators.node(call, x, "clip", Map.of("max", "0"));
        Value sloping = product(call, below, call.in(1));
        Value above = ElementwiseOperators.node(call, x, "activation", Map.of("kind", "relu"));
        call.out(ElementwiseOperators.combined(call, above, sloping, "add", Double::sum, null));
    }

    /** x where x > alpha, else 0: x times a step, which is exact, as the difference of two floats is 0 only where they are equal. */
    private static void thresholded(Call call) {
        Value x = call.in(0);
        double alpha = call.number("alpha", 1);
        if (alpha == 0) {
            call.out(ElementwiseOperators.node(call, x, "activation", Map.of("kind", "relu")));
            return;
        }
        Value over = ElementwiseOperators.node(call, x, "sub", Map.of("value", ElementwiseOperators.text(alpha)));
        Value steep = ElementwiseOperators.node(call, over, "mul", Map.of("value", "3.4E38"));
        call.out(product(call, x, ElementwiseOperators.node(call, steep, "clip", Map.of("min", "0", "max", "1"))));
    }
}
