package org.tidegate.onnx.export;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The ops that can be written, by their names in the spec. A room is a class that adds its own. */
final class Operators {
    /** What every node may say and what matters in training only. */
    private static final Set<String> EVERYWHERE = Set.of("trainable", "init", "init_scale");

    /** An op and the attributes that its writer knows, null for any; one that it does not know could change what the node computes. */
    record Line(Operator operator, Set<String> attributes) {}

    private final Map<String, Line> lines = new TreeMap<>();

    private Operators() {}

    /** The writers by op. */
    static Map<String, Line> all() {
        Operators all = new Operators();
        InputOperators.addTo(all);
        RowOperators.addTo(all);
        ElementwiseOperators.addTo(all);
        ColumnOperators.addTo(all);
        WindowOperators.addTo(all);
        RecurrentOperators.addTo(all);
        AttentionOperators.addTo(all);
        return all.lines;
    }

    void add(String op, Operator operator, String... attributes) {
        lines.put(op, new Line(operator, Set.of(attributes)));
    }

    /** An op that cannot be written, whatever its attributes, and what helps. */
    void refuse(String op, String reason) {
        lines.put(op, new Line(call -> {
            throw call.refuse(reason);
        }, null));
    }

    /** Those attributes of a node that its writer does not know. */
    static List<String> unknown(Line line, Set<String> attributes) {
        return line.attributes() == null ? List.of()
                : attributes.stream().filter(key -> !EVERYWHERE.contains(key) && !line.attributes().contains(key)).toList();
    }
}
