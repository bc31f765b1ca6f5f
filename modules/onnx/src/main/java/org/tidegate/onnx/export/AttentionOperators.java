package org.tidegate.onnx.export;

import java.util.List;

/** Attention: the softmax of scores [batch, queries, keys], and the means that it weighs. */
final class AttentionOperators {
    private AttentionOperators() {}

    static void addTo(Operators all) {
        all.add("attention", AttentionOperators::attention, "score", "size", "weights");
    }

    private static void attention(Call call) {
        Target target = call.target();
        Flow asking = call.in(0);
        Axis axis = call.axis(call.in(1));
        String keys = axis.masked(call.inner("keys"), call.reals(1), 0);
        String x = call.reals(0);
        String queries = asking.perStep() ? x : call.inner("query", "Unsqueeze", List.of(x, target.integers(1)));
        String scores = scores(call, queries, keys);
        if (axis.isRagged()) {
            String mask = axis.mask(call.in(1).tensor(), 1);
            scores = call.inner("masked", "Where", List.of(mask, scores, target.scalar(Float.NEGATIVE_INFINITY)));
        }
        String weights = call.inner("softmax", "Softmax", List.of(scores), Target.integer("axis", -1));
        context(call, "MatMul", weights, keys);
        if (call.written().isRead(call.name() + ".weights")) {
            weights(call, weights, axis.steps(keys));
        }
    }

    private static void context(Call call, String op, String weights, String keys) {
        if (call.in(0).perStep()) {
            call.last(op, List.of(weights, keys));
        } else {
            call.last("Squeeze", List.of(call.inner("context", op, List.of(weights, keys)), call.target().integers(1)));
        }
    }

    private static String scores(Call call, String queries, String keys) {
        Target target = call.target();
        String score = call.word("score", "dot");
        if (score.equals("additive")) {
            String q = call.inner("queries", "MatMul", List.of(queries, call.written().transposed(call.name() + ".weight_q")));
            String k = call.inner("projected", "MatMul", List.of(keys, call.written().transposed(call.name() + ".weight_k")));
            String sum = call.inner("pairs", "Add", List.of(call.inner("of_queries", "Unsqueeze", List.of(q, target.integers(2))),
                    call.inner("of_keys", "Unsqueeze", List.of(k, target.integers(1)))));
            float[] v = call.numbers("v");
            String product = call.inner("product", "MatMul", List.of(call.inner("tanh", "Tanh", List.of(sum)),
                    target.tensor(call.name() + ".v", new long[] {v.length, 1}, v)));
            return call.inner("scores", "Squeeze", List.of(product, target.integers(-1)));
        }
        String asked = score.equals("general") ? call.inner("queries", "MatMul", List.of(queries, call.parameter("weight"))) : queries;
        String turned = call.inner("turned", "Transpose", List.of(keys), Target.order(0, 2, 1));
        String product = call.inner("scores", "MatMul", List.of(asked, turned));
        return !score.equals("scaled_dot") ? product
                : call.inner("scaled", "Mul", List.of(product, target.scalar((float) (1 / Math.sqrt(call.in(0).columns())))));
    }

    /** The port: zeros behind the last key, up to its columns. */
    private static void weights(Call call, String weights, String steps) {
        Target target = call.target();
        boolean perStep = call.in(0).perStep();
        String rest = call.inner("rest", "Sub", List.of(target.integers(call.integer("weights", 0)), steps));
        String pads = call.inner("pads", "Concat", List.of(target.integers(0, 0, 0, 0, 0), rest), Target.integer("axis", 0));
        String port = call.name() + ".weights";
        String padded = target.node("Pad", perStep ? port : call.inner("padded"), List.of(weights, pads));
        call.out("weights", perStep ? padded : target.node("Squeeze", port, List.of(padded, target.integers(1))));
    }
}
