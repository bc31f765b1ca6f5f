/* What a model says of its values and axes. */
package org.tidegate;

import java.util.ArrayList;
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
        Described described = new Described();
        for (int i = 0, count = model.axes(); i < count; i++) {
            Failure.check(model.axis(i, described));
            axisByName.put(described.axes.get(i).name(), i);
        }
        for (int i = 0, count = model.values(); i < count; i++) {
            Failure.check(model.value(i, described));
            valueByName.put(described.values.get(i).name(), described.values.get(i));
        }
        axes = List.copyOf(described.axes);
        values = List.copyOf(described.values);
    }

    /** Collects what a model says. */
    private static final class Described implements NativeModel.AxisVisitor, NativeModel.ValueVisitor {
        final List<Axis> axes = new ArrayList<>();
        final List<Value> values = new ArrayList<>();

        @Override
        public void visit(String name, int source, long times, long add, long stride) {
            axes.add(new Axis(name, source, times, add, stride));
        }

        @Override
        public void visit(String name, int kind, int per, int axis, long columns, boolean input, boolean loss) {
            values.add(new Value(values.size(), name, Value.Kind.values()[kind], Value.Rows.values()[per],
                axis < 0 ? Optional.empty() : Optional.of(axes.get(axis).name()), columns, input, loss));
        }
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
        Value last = null;
        for (Value v : among) {
            boolean output = v.kind() == Value.Kind.REAL && v.rows() != Value.Rows.ONE && !v.input() && v.name().indexOf('.') < 0;
            if (output && (last == null || v.index() > last.index())) {
                last = v;
            }
        }
        return Optional.ofNullable(last);
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
