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
        return x.network() == null ? x.squeezed(dimension) : made(call, turned(call, x, dimension), dimension, "last");
    }

    /** One row for each sequence. kind: last, mean or max. */
    static Value pooled(Call call, Value x, int dimension, String kind) {
        needTime(call, x, dimension);
        if (x.network() != null && !call.source(x).perSequence()) {
            call.needNoLengths();
        }
        return made(call, x, dimension, kind);
    }

    private static Value made(Call call, Value x, int dimension, String kind) {
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
        call.needNoLengths();
        Value mean = pooled(call, x, dimension, "mean");
        Source steps = call.draft().count(call.hint(), x.axis(dimension).name());
        Source source = call.source(mean);
        Source node = call.draft().node(call.hint(), "mul", java.util.List.of(source, steps), Map.of(), source.columns(), Source.SEQUENCES);
        return mean.with(Elements.Network.of(node)).unsqueezed(dimension);
    }

    /** Without some steps at the beginning and at the end. A convolution that only reached into its padding there is made without it. */
    static Value cut(Call call, Value x, int dimension, int first, int last) {
        needTime(call, x, dimension);
        if (x.network() == null) {
            throw call.refuse("a part of the steps of known values", null);
        }
        if (last > 0) {
            call.needNoLengths();
        }
        RowAxis axis = x.axis(dimension);
        Draft draft = call.draft();
        Draft.Convolution made = x.network().isPermutation() ? draft.convolution(x.network().only()) : null;
        if (made != null && made.steps().canCut(first, last)) {
            Source node = draft.convolution(call.hint(), made.input(), made.attributes(), made.parameters(), made.node().columns(),
                    made.steps().cut(first, last), made.axis());
            return x.onSteps(dimension, call.walk().windows(made.axis(), node, made.steps().cut(first, last)),
                    Elements.Network.of(node).select(x.network().columns()));
        }
        Source source = call.steps(x, axis);
        int span = first + last + 1;
        int columns = source.columns();
        float[] taps = new float[Budget.take((long) columns * span)];
        for (int c = 0; c < columns; c++) {
            taps[c * span + first] = 1;
        }
        Map<String, String> attributes = new java.util.LinkedHashMap<>(Map.of("filters", "" + columns, "kernel", "" + span, "bias", "false",
                "trainable", "false"));
        if (columns > 1) {
            attributes.put("groups", "" + columns);
        }
        Draft.Steps steps = new Draft.Steps(span, 1, 0, 0);
        Source node = draft.convolution(call.hint(), source, attributes, Map.of("weight", taps), columns, steps, axis);
        return x.onSteps(dimension, call.walk().windows(axis, node, steps), Elements.Network.of(node));
    }

    static Value reversed(Call call, Value x, int dimension) {
        needTime(call, x, dimension);
        call.needNoLengths();
        return turned(call, x, dimension);
    }

    private static Value turned(Call call, Value x, int dimension) {
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
