package org.tidegate.onnx.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Functions and operations that go element by element. */
final class ElementwiseOperators {
    /** The first operator set with Gelu. */
    private static final int GELU = 20;

    private ElementwiseOperators() {}

    static void addTo(Operators all) {
        Map.of("sqrt", "Sqrt", "exp", "Exp", "log", "Log", "abs", "Abs", "neg", "Neg", "erf", "Erf")
                .forEach((op, name) -> all.add(op, call -> call.last(name, List.of(call.reals(0)))));
        all.add("square", call -> call.last("Mul", List.of(call.reals(0), call.reals(0))));
        all.add("clip", ElementwiseOperators::clip, "min", "max");
        all.add("activation", ElementwiseOperators::activation, "kind", "alpha", "beta");
        Map.of("add", "Add", "sub", "Sub", "mul", "Mul", "div", "Div", "pow", "Pow", "maximum", "Max", "minimum", "Min")
                .forEach((op, name) -> all.add(op, call -> operation(call, name), "value", "parameter", "reverse"));
    }

    private static void clip(Call call) {
        Target target = call.target();
        call.last("Clip", List.of(call.reals(0), call.has("min") ? target.scalar((float) call.number("min", 0)) : "",
                call.has("max") ? target.scalar((float) call.number("max", 0)) : ""));
    }

    private static void operation(Call call, String op) {
        if (call.has("value") || call.has("parameter")) {
            String other = call.has("value") ? call.target().scalar((float) call.number("value", 0)) : call.parameter("weight");
            call.last(op, call.flag("reverse", false) ? List.of(other, call.reals(0)) : List.of(call.reals(0), other));
            return;
        }
        List<Flow> terms = call.all();
        String sum = call.reals(0);
        for (int i = 1; i < terms.size() - 1; i++) {
            sum = call.inner("sum", op, List.of(sum, call.reals(i)));
        }
        if (terms.size() == 1) {
            call.out(sum);
        } else {
            call.last(op, List.of(sum, call.reals(terms.size() - 1)));
        }
    }

    private static void activation(Call call) {
        Target target = call.target();
        String x = call.reals(0);
        String kind = call.word("kind", "");
        switch (kind) {
            case "gelu", "gelu_tanh" -> gelu(call, x, kind.equals("gelu"));
            case "affine" -> {
                String scaled = call.inner("scaled", "Mul", List.of(x, target.scalar((float) call.number("alpha", 1))));
                call.last("Add", List.of(scaled, target.scalar((float) call.number("beta", 0))));
            }
            case "scaled_tanh" -> {
                String scaled = call.inner("scaled", "Mul", List.of(x, target.scalar((float) call.number("beta", 1))));
                String tanh = call.inner("tanh", "Tanh", List.of(scaled));
                call.last("Mul", List.of(tanh, target.scalar((float) call.number("alpha", 1))));
            }
            default -> {
                CellActivation function = CellActivation.of(kind);
                if (function == null) {
                    throw call.refuse("ONNX has no activation '" + kind + "'");
                }
                List<AttributeProto> numbers = new ArrayList<>();
                if (function.alpha() != null) {
                    numbers.add(Target.number("alpha", call.number("alpha", function.alpha())));
                }
                if (function.beta() != null) {
                    numbers.add(Target.number("beta", call.number("beta", function.beta())));
                }
                call.last(function.name(), List.of(x), numbers.toArray(AttributeProto[]::new));
            }
        }
    }

    private static void gelu(Call call, String x, boolean exact) {
        Target target = call.target();
        if (target.opset() >= GELU) {
            call.last("Gelu", List.of(x), Target.text("approximate", exact ? "none" : "tanh"));
            return;
        }
        String bent;
        if (exact) {
            bent = call.inner("erf", "Erf", List.of(call.inner("scaled", "Mul", List.of(x, target.scalar((float) Math.sqrt(0.5))))));
        } else {
            String square = call.inner("square", "Mul", List.of(x, x));
            String cube = call.inner("cube", "Mul", List.of(square, x));
            String small = call.inner("small", "Mul", List.of(cube, target.scalar(0.044715f)));
            String sum = call.inner("sum", "Add", List.of(x, small));
            String scale = target.scalar((float) Math.sqrt(2 / Math.PI));
            bent = call.inner("tanh", "Tanh", List.of(call.inner("scaled", "Mul", List.of(sum, scale))));
        }
        String half = call.inner("half", "Mul", List.of(x, target.scalar(0.5f)));
        call.last("Mul", List.of(half, call.inner("gate", "Add", List.of(bent, target.scalar(1f)))));
    }
}
