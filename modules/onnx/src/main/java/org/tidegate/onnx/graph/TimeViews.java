package org.tidegate.onnx.graph;

import java.util.Map;
import org.tidegate.onnx.graph.RowAxis.Role;

/** Parts of time: the last step of each sequence, the first, and all of them from the end. */
final class TimeViews {
    private TimeViews() {}

    private static void needTime(Call call, Value x, int dimension) {
        if (x.network() == null) {
            return;
        }
        if (x.axis(dimension) == null || !call.learn(x, dimension, Role.TIME)) {
            throw call.refuse("a part of " + x.size(dimension) + " in " + x.shape() + ", which is no time", null);
        }
    }

    static Value last(Call call, Value x, int dimension) {
        return pooled(call, x, dimension, "last");
    }

    static Value first(Call call, Value x, int dimension) {
        return x.network() == null ? x.squeezed(dimension) : pooled(call, reversed(call, x, dimension), dimension, "last");
    }

    /** One row for each sequence. kind: last, mean or max. */
    static Value pooled(Call call, Value x, int dimension, String kind) {
        needTime(call, x, dimension);
        if (x.network() == null) {
            return x.squeezed(dimension);
        }
        Source source = call.source(x);
        if (source.perSequence()) {
            return x.squeezed(dimension); // each step has the same
        }
        Source node = call.draft().node(call.hint(), "pool", java.util.List.of(source), Map.of("kind", kind), source.columns(),
                Source.SEQUENCES);
        return x.squeezed(dimension).with(Elements.Network.of(node));
    }

    /** The sum over time, which is 1 afterwards: the mean times the number of steps, which a layer counts. */
    static Value sum(Call call, Value x, int dimension) {
        needTime(call, x, dimension);
        Value mean = pooled(call, x, dimension, "mean");
        Source steps = call.draft().count(call.hint(), x.axis(dimension).name());
        Source source = call.source(mean);
        Source node = call.draft().node(call.hint(), "mul", java.util.List.of(source, steps), Map.of(), source.columns(), Source.SEQUENCES);
        return mean.with(Elements.Network.of(node)).unsqueezed(dimension);
    }

    static Value reversed(Call call, Value x, int dimension) {
        needTime(call, x, dimension);
        if (x.network() == null) {
            return x;
        }
        Source source = call.source(x);
        if (source.perSequence()) {
            return x;
        }
        return x.with(Elements.Network.of(call.node("reverse", source, Map.of(), source.columns())));
    }
}
