package org.tidegate.onnx.graph;

import java.util.HashMap;
import java.util.Map;

/** The values of a graph by their names; a subgraph sees those of the graphs around it. */
final class Scope {
    private final Scope outer;
    private final Map<String, Value> values = new HashMap<>();

    Scope(Scope outer) {
        this.outer = outer;
    }

    Value get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Value value = scope.values.get(name);
            if (value != null) {
                return value;
            }
        }
        throw new Refusal("value '" + name + "' is read before it is made");
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    void set(String name, Value value) {
        values.put(name, value);
    }
}
