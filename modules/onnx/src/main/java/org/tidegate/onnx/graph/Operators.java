package org.tidegate.onnx.graph;

import java.util.Map;
import java.util.TreeMap;

/** All operators by their names. A room is a class that adds its own. */
final class Operators {
    private static final Map<String, Operator> ALL = new TreeMap<>();

    static {
        RefusedOperators.addTo(ALL);
        ViewOperators.addTo(ALL);
        ShapeOperators.addTo(ALL);
        ElementwiseOperators.addTo(ALL);
        ActivationOperators.addTo(ALL);
        ProductOperators.addTo(ALL);
        ConvolutionOperators.addTo(ALL);
        PaddingOperators.addTo(ALL);
        ReductionOperators.addTo(ALL);
        NormalizationOperators.addTo(ALL);
        RecurrentOperators.addTo(ALL);
        ControlOperators.addTo(ALL);
        OrderOperators.addTo(ALL);
    }

    private Operators() {}

    /** The operator of that name; null if there is none. */
    static Operator of(String name) {
        return ALL.get(name);
    }

    /** How many there are, without those that are only refused. */
    static long count() {
        return ALL.keySet().stream().filter(name -> !RefusedOperators.has(name)).count();
    }
}
