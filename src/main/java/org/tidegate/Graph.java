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
    private final List<String> axes;
    private final List<Value> values;
    private final Map<String, Integer> axisByName = new HashMap<>();
    private final Map<String, Value> valueByName = new HashMap<>();

    Graph(NativeModel model) {
        axes = List.of(model.axes());
        for (int i = 0; i < axes.size(); i++) {
            axisByName.put(axes.get(i), i);
        }
        List<Value> read = new ArrayList<>();
        int count = model.values();
        for (int i = 0; i < count; i++) {
            int index = i;
            Failure.check(model.value(i, (name, kind, per, axis, columns, input, loss) -> read.add(new Value(index, name,
                Value.Kind.values()[kind], Value.Rows.values()[per], axis < 0 ? Optional.empty() : Optional.of(axes.get(axis)),
                columns, input, loss))));
        }
        values = List.copyOf(read);
        values.forEach(value -> valueByName.put(value.name(), value));
    }

    List<String> axes() {
        return axes;
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
            throw new IllegalArgumentException("The model has no axis '" + name + "'; its axes are " + String.join(", ", axes) + ".");
        }
        return axis;
    }

    /** The last node's output that is neither an input nor a loss: what a model is asked for. */
    Optional<Value> lastOutput() {
        return values.stream().filter(v -> v.kind() == Value.Kind.REAL && v.rows() != Value.Rows.ONE && !v.input() && v.name().indexOf('.') < 0)
            .reduce((earlier, later) -> later);
    }

    /** Whether a batch made for one graph fits the other. */
    boolean isLike(Graph other) {
        return this == other || axes.equals(other.axes) && values.equals(other.values);
    }

    private String names(boolean inputsOnly) {
        return String.join(", ", values.stream().filter(v -> v.input() || !inputsOnly).map(Value::name).toList());
    }
}
