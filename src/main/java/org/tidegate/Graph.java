/* What a model says of its values and axes. */
package org.tidegate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tidegate.internal.NativeModel;

/** The values and axes of a model by number and by name; immutable, and free of native memory. */
final class Graph {
    private final List<Axis> axes;
    private final List<Value> values;
    private final Map<String, Integer> axisByName = new HashMap<>();
    private final Map<String, Value> valueByName = new HashMap<>();

    Graph(NativeModel model) {
        List<Axis> described = new ArrayList<>();
        for (int i = 0, count = model.axes(); i < count; i++) {
            Failure.check(model.axis(i, (name, source, times, add, stride) -> described.add(new Axis(name, source, times, add, stride))));
            axisByName.put(described.get(i).name(), i);
        }
        axes = List.copyOf(described);
        List<Value> read = new ArrayList<>();
        int count = model.values();
        for (int i = 0; i < count; i++) {
            int index = i;
            Failure.check(model.value(i, (name, kind, per, axis, columns, input, loss) -> read.add(new Value(index, name,
                Value.Kind.values()[kind], Value.Rows.values()[per], axis < 0 ? Optional.empty() : Optional.of(axes.get(axis).name()),
                columns, input, loss))));
        }
        values = List.copyOf(read);
        values.forEach(value -> valueByName.put(value.name(), value));
    }

    List<Axis> axes() {
        return axes;
    }

    /** The axis whose lengths are given, from which those of this one follow in the end; itself where they are given. */
    int rootAxis(int axis) {
        int source = axes.get(axis).source();
        return source < 0 ? axis : rootAxis(source);
    }

    /** The most rows of an axis that one step of a sequence gives. */
    long mostRows(int axis) {
        Axis info = axes.get(axis);
        return info.source() < 0 ? 1 : (mostRows(info.source()) * info.times() + info.stride() - 1) / info.stride();
    }

    List<Value> values() {
        return values;
    }

    Value value(String name) {
        Value value = valueByName.get(name);
        if (value == null) {
            throw new IllegalArgumentException("The model has no value '" + name + "'; it has " + names(false) + ".");
        }
        return value;
    }

    Value input(String name) {
        Value value = valueByName.get(name);
        if (value == null || !value.input()) {
            throw new IllegalArgumentException("The model has no input '" + name + "'; its inputs are " + names(true) + ".");
        }
        return value;
    }

    int axis(String name) {
        Integer axis = axisByName.get(name);
        if (axis == null) {
            throw new IllegalArgumentException("The model has no axis '" + name + "'; its axes are "
                + String.join(", ", axes.stream().map(Axis::name).toList()) + ".");
        }
        return axis;
    }

    /** The last node's output among some values that is neither an input nor a loss: what a model is asked for. */
    static Optional<Value> lastOutput(List<Value> among) {
        return among.stream()
            .filter(v -> v.kind() == Value.Kind.REAL && v.rows() != Value.Rows.ONE && !v.input() && v.name().indexOf('.') < 0)
            .max(Comparator.comparingInt(Value::index));
    }

    /** Whether a batch made for one graph fits the other. */
    boolean isLike(Graph other) {
        return this == other || axes.equals(other.axes) && values.equals(other.values);
    }

    /**
     * An axis of the model.
     *
     * @param name its name
     * @param source the number of the axis that its lengths follow from, or -1 where they are given
     * @param times rows for each row of the source
     * @param add what is added to these
     * @param stride and what the sum is divided by
     */
    record Axis(String name, int source, long times, long add, long stride) {
        boolean isDerived() {
            return source >= 0;
        }

        /** Of a sequence with so many rows on the source. */
        long length(long rows) {
            return Math.max(0, Math.addExact(Math.multiplyExact(rows, times), add)) / stride;
        }
    }

    private String names(boolean inputsOnly) {
        return String.join(", ", values.stream().filter(v -> v.input() || !inputsOnly).map(Value::name).toList());
    }
}
