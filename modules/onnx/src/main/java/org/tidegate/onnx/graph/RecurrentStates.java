package org.tidegate.onnx.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.tidegate.onnx.OnnxSignature.Part;
import org.tidegate.onnx.graph.RecurrentOperators.States;

/** What the recurrent layers of a graph begin with and end with: by that inputs and outputs are found that are one state, before and after. */
final class RecurrentStates {
    private final List<States> states = new ArrayList<>();
    private final List<List<Elements.Network>> layers = new ArrayList<>(); // the initial states of each

    /** The states of a layer that is forward. */
    void add(States layer) {
        states.add(layer);
    }

    /** A recurrent layer, and what it begins with; null of one that is not forward. */
    void addLayer(Elements.Network[] initial) {
        layers.add(initial == null ? Arrays.asList((Elements.Network) null) : Arrays.asList(initial));
    }

    /** Whether all layers begin with these inputs, or with states that are carried already. */
    boolean allBeginWith(Set<Source> nodes) {
        return layers.stream().flatMap(List::stream).allMatch(initial -> initial != null && Arrays.stream(initial.sources())
                .allMatch(source -> source != null && (source.kind() == Source.Kind.STATE || nodes.contains(source))));
    }

    /** Whether each element of an output is the state after the one in which the element of the input is the state before. */
    boolean isAfter(Value before, Value after) {
        if (after.network() == null || before.elements().count() != after.elements().count()) {
            return false;
        }
        for (int i = 0; i < before.elements().count(); i++) {
            if (!isAfter(before.network(), after.network(), i)) {
                return false;
            }
        }
        return before.elements().count() > 0;
    }

    /** A state that several layers begin with is none of theirs alone: each would carry its own. */
    private boolean isAfter(Elements.Network before, Elements.Network after, int i) {
        int layersThatBegin = 0;
        boolean found = false;
        for (States layer : states) {
            for (int s = 0; s < layer.initial().length; s++) {
                int unit = layer.unit(s, before.sources()[i], before.columns()[i]);
                if (unit != States.NONE) {
                    layersThatBegin++;
                    found |= unit >= 0 && layer.last()[s].sources()[unit].equals(after.sources()[i])
                            && layer.last()[s].columns()[unit] == after.columns()[i];
                }
            }
        }
        return found && layersThatBegin == 1;
    }

    /** The ports that hold a carried state after a call. */
    List<Part> after(Draft draft, Value before) {
        Elements.Network network = before.network();
        int count = network.count();
        Source[] sources = new Source[count];
        int[] columns = new int[count];
        for (int i = 0; i < count; i++) {
            for (States layer : states) {
                for (int s = 0; s < layer.initial().length; s++) {
                    int unit = layer.unit(s, network.sources()[i], network.columns()[i]);
                    if (unit >= 0) {
                        sources[i] = draft.port(layer.node(), s == 0 ? "h_n" : "c_n", layer.node().columns(), Source.SEQUENCES);
                        columns[i] = unit;
                    }
                }
            }
        }
        return Arrays.stream(sources).anyMatch(Objects::isNull) ? List.of()
                : Lowered.parts(new Elements.Network(sources, columns, new float[count]));
    }
}
