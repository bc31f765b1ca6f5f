package org.tidegate.onnx.graph;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** Operators that work element by element: of known numbers they are computed here, of columns they become nodes. */
final class ElementwiseOperators {
    private ElementwiseOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("Add", binary("add", Double::sum, Size::plus));
        all.put("Sub", binary("sub", (a, b) -> a - b, Size::minus));
        all.put("Mul", binary("mul", (a, b) -> a * b, Size::times));
        all.put("Div", binary("div", (a, b) -> a / b, Size::dividedBy));
        all.put("Pow", binary("pow", Math::pow, null));
        all.put("Max", variadic("maximum", Math::max, (a, b) -> chosen(a, b, true)));
        all.put("Min", variadic("minimum", Math::min, (a, b) -> chosen(a, b, false)));
        all.put("Sum", variadic("add", Double::sum, Size::plus));
        all.put("Mean", call -> {
            variadic("add", Double::sum, null).lower(call);
            Value sum = call.scope().get(call.outputName(0));
            call.out(combined(call, sum, Value.of(call.inputs()), "div", (a, b) -> a / b, null));
        });
        all.put("Mod", binary(null, (a, b) -> a % b, (a, b) -> a.minus(a.dividedBy(b).times(b))));

        all.put("Sqrt", unary("sqrt", Math::sqrt));
        all.put("Exp", unary("exp", Math::exp));
        all.put("Log", unary("log", Math::log));
        all.put("Abs", unary("abs", Math::abs));
        all.put("Neg", ElementwiseOperators::negate);
        all.put("Erf", unary("erf", null));
        all.put("Reciprocal", ElementwiseOperators::reciprocal);
        all.put("Tanh", activation("tanh", Math::tanh));
        all.put("Sigmoid", activation("sigmoid", x -> 1 / (1 + Math.exp(-x))));
        all.put("Relu", activation("relu", x -> Math.max(0, x)));
        all.put("Softplus", activation("softplus", null));
        all.put("Softsign", activation("softsign", null));
        all.put("LeakyRelu", activation("leaky_relu", 0.01, null));
        all.put("Elu", activation("elu", 1, null));
        all.put("HardSigmoid", activation("hard_sigmoid", 0.2, 0.5));
        all.put("Gelu", call -> activate(call, call.string("approximate", "none").equals("tanh") ? "gelu_tanh" : "gelu", Map.of()));
        all.put("Clip", ElementwiseOperators::clip);

        all.put("Floor", known(Math::floor));
        all.put("Ceil", known(Math::ceil));
        all.put("Round", known(Math::rint));
        all.put("Sign", known(Math::signum));
        all.put("Sin", known(Math::sin));
        all.put("Cos", known(Math::cos));
        all.put("Tan", known(Math::tan));
        all.put("Atan", known(Math::atan));

        all.put("Equal", comparison(sign -> sign == 0));
        all.put("Greater", comparison(sign -> sign > 0));
        all.put("GreaterOrEqual", comparison(sign -> sign >= 0));
        all.put("Less", comparison(sign -> sign < 0));
        all.put("LessOrEqual", comparison(sign -> sign <= 0));
        all.put("And", logic((a, b) -> a != 0 && b != 0));
        all.put("Or", logic((a, b) -> a != 0 || b != 0));
        all.put("Xor", logic((a, b) -> a != 0 ^ b != 0));
        all.put("Not", ElementwiseOperators::not);
        all.put("Where", ElementwiseOperators::where);
    }

    /** The greater or the lesser, where that is known. */
    static Size chosen(Size a, Size b, boolean greater) {
        java.util.OptionalLong sign = a.minus(b).sign();
        return sign.isEmpty() ? Size.UNKNOWN : sign.getAsLong() > 0 == greater ? a : b;
    }

    // ---- One operand

    private static Operator unary(String op, DoubleUnaryOperator of) {
        return call -> {
            Value x = call.in(0);
            if (x.numbers() != null && of != null) {
                call.out(x.with(mapped(x.numbers(), of)));
            } else {
                call.out(node(call, x, op, Map.of()));
            }
        };
    }

    /** Of known numbers only. */
    private static Operator known(DoubleUnaryOperator of) {
        return call -> {
            Value x = call.in(0);
            if (x.numbers() == null) {
                throw call.refuse("it is of values that are computed while the model runs", "fold it into the exported constants, or compute it"
                        + " before the network");
            }
            call.out(x.with(mapped(x.numbers(), of)));
        };
    }

    private static Operator activation(String kind, DoubleUnaryOperator of) {
        return call -> {
            if (of != null && call.in(0).numbers() != null) {
                call.out(call.in(0).with(mapped(call.in(0).numbers(), of)));
            } else {
                activate(call, kind, Map.of());
            }
        };
    }

    private static Operator activation(String kind, double alpha, Double beta) {
        return call -> {
            Map<String, String> attributes = new LinkedHashMap<>();
            attributes.put("alpha", text(call.number("alpha", (float) alpha)));
            if (beta != null) {
                attributes.put("beta", text(call.number("beta", beta)));
            }
            activate(call, kind, attributes);
        };
    }

    private static void activate(Call call, String kind, Map<String, String> more) {
        Map<String, String> attributes = new LinkedHashMap<>(Map.of("kind", kind));
        attributes.putAll(more);
        call.out(node(call, call.in(0), "activation", attributes));
    }

    /** A number as a spec says it: a float's shortest text. */
    static String text(double number) {
        return Float.toString((float) number);
    }

    private static Elements.Numbers mapped(Elements.Numbers numbers, DoubleUnaryOperator of) {
        float[] values = new float[numbers.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) of.applyAsDouble(numbers.values()[i]);
        }
        return new Elements.Numbers(values);
    }

    /** A node over all elements. What only stands in another order is computed in its own, as that costs nothing. */
    static Value node(Call call, Value x, String op, Map<String, String> attributes) {
        if (x.network() == null) {
            throw call.refuse("it is of known values, which nobody computes", "leave it out of the exported graph");
        }
        Elements.Network network = x.network();
        if (network.isPermutation() && network.only().kind() == Source.Kind.REAL) {
            Source source = network.only();
            Source made = call.node(op, source, attributes, source.columns());
            return x.with(Elements.Network.of(made).select(network.columns()));
        }
        Source source = call.source(x);
        return x.with(Elements.Network.of(call.node(op, source, attributes, source.columns())));
    }

    private static void negate(Call call) {
        Value x = call.in(0);
        if (x.integers() != null) {
            call.out(x.with(new Elements.Integers(Arrays.stream(x.integers().values()).map(Size::negated).toArray(Size[]::new))));
        } else {
            unary("neg", v -> -v).lower(call);
        }
    }

    private static void reciprocal(Call call) {
        Value x = call.in(0);
        if (x.numbers() != null) {
            call.out(x.with(mapped(x.numbers(), v -> 1 / v)));
        } else {
            call.out(node(call, x, "div", Map.of("value", "1", "reverse", "true")));
        }
    }

    private static void clip(Call call) {
        Value x = call.in(0);
        Float least = bound(call, "min", 1);
        Float greatest = bound(call, "max", 2);
        float low = least == null ? Float.NEGATIVE_INFINITY : least;
        float high = greatest == null ? Float.POSITIVE_INFINITY : greatest;
        if (x.numbers() != null) {
            call.out(x.with(mapped(x.numbers(), v -> Math.min(high, Math.max(low, v)))));
            return;
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        if (Float.isFinite(low)) {
            attributes.put("min", text(low));
        }
        if (Float.isFinite(high)) {
            attributes.put("max", text(high));
        }
        call.out(attributes.isEmpty() ? x : node(call, x, "clip", attributes));
    }

    private static Float bound(Call call, String attribute, int input) {
        if (call.hasAttribute(attribute)) {
            return (float) call.number(attribute, 0);
        }
        return call.has(input) ? Float.valueOf(call.reals(input)[0]) : null;
    }

    // ---- Two operands

    private static Operator binary(String op, DoubleBinaryOperator of, BinaryOperator<Size> sizes) {
        return call -> call.out(combined(call, call.in(0), call.in(1), op, of, sizes));
    }

    private static Operator variadic(String op, DoubleBinaryOperator of, BinaryOperator<Size> sizes) {
        return call -> {
            Value all = call.in(0);
            for (int i = 1; i < call.inputs(); i++) {
                all = combined(call, all, call.in(i), op, of, sizes);
            }
            call.out(all);
        };
    }

    /** Two values by an operation. sizes: of integers, null if there is none. */
    static Value combined(Call call, Value a, Value b, String op, DoubleBinaryOperator of, BinaryOperator<Size> sizes) {
        List<List<Factor>> dims = call.walk().broadcast(call, a, b);
        Value left = a.spread(dims);
        Value right = b.spread(dims);
        if (left.integers() != null && right.integers() != null) {
            if (sizes == null) {
                throw call.refuse("it is of integers", null);
            }
            Size[] made = new Size[left.elements().count()];
            for (int i = 0; i < made.length; i++) {
                made[i] = sizes.apply(left.integers().values()[i], right.integers().values()[i]);
            }
            return left.with(new Elements.Integers(made));
        }
        left = left.integers() == null ? left : left.with(ShapeOperators.reals(call, left));
        right = right.integers() == null ? right : right.with(ShapeOperators.reals(call, right));
        if (left.isKnown() && right.isKnown()) {
            float[] made = new float[left.elements().count()];
            for (int i = 0; i < made.length; i++) {
                made[i] = (float) of.applyAsDouble(left.numbers().values()[i], right.numbers().values()[i]);
            }
            return left.with(new Elements.Numbers(made));
        }
        if (op == null) {
            throw call.refuse("it is of values that are computed while the model runs", null);
        }
        if (left.isKnown() || right.isKnown()) {
            Value runs = left.isKnown() ? right : left;
            Value known = left.isKnown() ? left : right;
            return withNumbers(call, runs, known, op, left.isKnown());
        }
        return ofTwo(call, a, b, left, right, op);
    }

    /** With known numbers: one for all, or one for each column. */
    private static Value withNumbers(Call call, Value x, Value known, String op, boolean reverse) {
        float[] numbers = known.numbers().values();
        Map<String, String> attributes = new LinkedHashMap<>();
        boolean one = known.numbers().all(numbers.length == 0 ? 0 : numbers[0]) && Float.isFinite(numbers[0]);
        if (one && !reverse && isNeutral(op, numbers[0])) {
            return x;
        }
        attributes.put(one ? "value" : "parameter", one ? text(numbers[0]) : "true");
        if (reverse && (op.equals("sub") || op.equals("div") || op.equals("pow"))) {
            attributes.put("reverse", "true");
        }
        if (one) {
            return op.equals("pow") && numbers[0] == 2 && !reverse ? node(call, x, "square", Map.of()) : node(call, x, op, attributes);
        }
        // What only stands in another order is computed in its own, as that costs nothing.
        boolean turned = x.network().isPermutation() && x.network().only().kind() == Source.Kind.REAL;
        Source source = turned ? x.network().only() : call.source(x);
        float[] weights = numbers;
        if (turned) {
            weights = new float[numbers.length];
            for (int i = 0; i < numbers.length; i++) {
                weights[x.network().columns()[i]] = numbers[i];
            }
        }
        Source node = call.node(op, source, attributes, source.columns());
        call.draft().parameter(node, "weight", weights);
        return x.with(turned ? Elements.Network.of(node).select(x.network().columns()) : Elements.Network.of(node));
    }

    private static boolean isNeutral(String op, float number) {
        return switch (op) {
            case "add", "sub" -> number == 0;
            case "mul", "div", "pow" -> number == 1;
            default -> false;
        };
    }

    private static Value ofTwo(Call call, Value a, Value b, Value left, Value right, String op) {
        boolean narrowLeft = a.elements().count() == 1 && left.elements().count() > 1;
        boolean narrowRight = b.elements().count() == 1 && right.elements().count() > 1;
        Elements.Network l = left.network();
        Elements.Network r = right.network();
        // Both in the order of one of them, where that is a permutation and the other has the same.
        if (!narrowLeft && !narrowRight && l.isPermutation() && r.isPermutation() && Arrays.equals(l.columns(), r.columns())
                && l.only().rows().equals(r.only().rows())) {
            Source made = call.draft().node(call.hint(), op, List.of(l.only(), r.only()), Map.of(), l.count(), l.only().rows());
            return left.with(Elements.Network.of(made).select(l.columns()));
        }
        Source x = call.source(narrowLeft ? a : left);
        Source y = call.source(narrowRight ? b : right);
        if (x.perSequence() != y.perSequence()) {
            x = call.draft().steps(call.hint(), x, y.rows());
            y = call.draft().steps(call.hint(), y, x.rows());
        }
        if (!x.rows().equals(y.rows())) {
            throw call.refuse("its operands have steps of different axes (" + x.rows() + " and " + y.rows() + ", shapes " + a.shape() + " and "
                    + b.shape() + ")", "both must come from windows of the same stride and padding");
        }
        Source made = call.draft().node(call.hint(), op, List.of(x, y), Map.of(), left.elements().count(), x.rows());
        return left.with(Elements.Network.of(made));
    }

    // ---- Truths

    private interface Sign {
        boolean of(long sign);
    }

    private interface Truth {
        boolean of(long a, long b);
    }

    private static Operator comparison(Sign holds) {
        return call -> {
            Value a = call.in(0);
            Value b = call.in(1);
            if (!a.isKnown() || !b.isKnown()) {
                throw call.refuse("a comparison of values that are computed while the model runs", call.walk().needShapes());
            }
            List<List<Factor>> dims = Value.broadcast(a.dims(), b.dims());
            Value left = a.spread(dims);
            Value right = b.spread(dims);
            Size[] made = new Size[left.elements().count()];
            for (int i = 0; i < made.length; i++) {
                if (left.integers() != null && right.integers() != null) {
                    java.util.OptionalLong sign = left.integers().values()[i].minus(right.integers().values()[i]).sign();
                    made[i] = sign.isEmpty() ? Size.UNKNOWN : Size.of(holds.of(sign.getAsLong()) ? 1 : 0);
                } else {
                    float x = left.integers() != null ? ShapeOperators.reals(call, left).values()[i] : left.numbers().values()[i];
                    float y = right.integers() != null ? ShapeOperators.reals(call, right).values()[i] : right.numbers().values()[i];
                    made[i] = Size.of(holds.of(Float.compare(x, y)) ? 1 : 0);
                }
            }
            call.out(left.with(new Elements.Integers(made)));
        };
    }

    private static Operator logic(Truth holds) {
        return call -> call.out(combined(call, call.in(0), call.in(1), null, (a, b) -> 0, (a, b) -> a.constant().isEmpty()
                || b.constant().isEmpty() ? Size.UNKNOWN : Size.of(holds.of(a.constant().getAsLong(), b.constant().getAsLong()) ? 1 : 0)));
    }

    private static void not(Call call) {
        Value x = call.in(0);
        if (x.integers() == null) {
            throw call.refuse("it is of values that are computed while the model runs", null);
        }
        call.out(x.with(new Elements.Integers(Arrays.stream(x.integers().values())
                .map(size -> size.constant().isEmpty() ? Size.UNKNOWN : Size.of(size.equals(Size.ZERO) ? 1 : 0)).toArray(Size[]::new))));
    }

    private static void where(Call call) {
        Value condition = call.in(0);
        if (condition.integers() == null) {
            throw call.refuse("its condition is computed while the model runs", null);
        }
        Value a = call.in(1);
        Value b = call.in(2);
        List<List<Factor>> dims = Value.broadcast(Value.broadcast(a.dims(), b.dims()), condition.dims());
        Value left = a.spread(dims);
        Value right = b.spread(dims);
        Size[] truths = condition.spread(dims).integers().values();
        Value both = Value.concat(0, List.of(left.unsqueezed(0), right.unsqueezed(0)));
        int[] map = new int[truths.length];
        for (int i = 0; i < map.length; i++) {
            if (truths[i].constant().isEmpty()) {
                throw call.refuse("its condition is not known", call.walk().needShapes());
            }
            map[i] = truths[i].equals(Size.ZERO) ? truths.length + i : i;
        }
        call.out(left.with(both.elements().select(map)));
    }
}
