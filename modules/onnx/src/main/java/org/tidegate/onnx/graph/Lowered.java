package org.tidegate.onnx.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tidegate.NodeSpec;
import org.tidegate.onnx.OnnxSignature;
import org.tidegate.onnx.OnnxSignature.Kind;
import org.tidegate.onnx.OnnxSignature.Part;
import org.tidegate.onnx.OnnxSignature.Port;

/**
 * What a graph has become.
 *
 * @param nodes of the network
 * @param parameters their values, by their names
 * @param signature of its inputs and outputs
 * @param notes what the user should know
 */
public record Lowered(List<NodeSpec> nodes, Map<String, float[]> parameters, OnnxSignature signature, List<String> notes) {
    private static final int MOST_ROUNDS = 512;

    /**
     * Lowers a graph.
     *
     * @throws RuntimeException a refusal whose message says what cannot be imported
     */
    public static Lowered of(Request request) {
        Knowledge knowledge = new Knowledge();
        Refusal first = null;
        for (int round = 0; round < MOST_ROUNDS; round++) { // each has learned something of an input
            Budget.begin(request.bytes());
            Walk walk = new Walk(request, knowledge);
            try {
                return new Lowering(walk, walk.run()).result();
            } catch (Knowledge.Learned again) {
                continue;
            } catch (Refusal refusal) {
                first = first == null ? refusal : first;
                try {
                    knowledge.dropGuesses();
                } catch (Knowledge.Learned again) {
                    continue;
                }
                throw !refusal.hasNode() && first.hasNode() ? first : refusal; // an input whose guesses were dropped is seldom what is wrong
            } finally {
                Budget.end();
            }
        }
        throw new Refusal("its inputs have more dimensions than can be told apart in " + MOST_ROUNDS + " rounds");
    }

    /** Where the elements lie. */
    static List<Part> parts(Elements.Network network) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < network.count(); i++) {
            String value = network.sources()[i].reference();
            int column = network.columns()[i];
            Part last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
            if (last != null && last.value().equals(value) && last.first() + last.count() == column) {
                parts.set(parts.size() - 1, new Part(value, last.first(), last.count() + 1));
            } else {
                parts.add(new Part(value, column, 1));
            }
        }
        return parts;
    }

    /** Puts the outputs of a walk together. */
    private record Lowering(Walk walk, Map<String, Value> outputs) {

        Lowered result() {
            List<Port> in = new ArrayList<>();
            walk.inputs().forEach((name, value) -> {
                if (value.network() != null) {
                    in.add(input(name, value));
                }
            });
            List<Port> out = new ArrayList<>();
            Draft draft = walk.draft();
            var states = walk.stateOutputs(outputs);
            List<String> names = outputs.keySet().stream().filter(name -> !states.contains(name)).toList();
            if (names.isEmpty()) {
                throw new Refusal("all outputs are states; nothing is left to compute");
            }
            Map<String, Port> ports = new LinkedHashMap<>();
            for (String name : names.subList(1, names.size())) {
                ports.put(name, port(name, steps(name, outputs.get(name))));
            }
            String first = names.get(0);
            Value value = steps(first, outputs.get(first));
            if (value.network() == null) {
                throw new Refusal("output '" + first + "' does not depend on the inputs");
            }
            Source source = draft.of(first, value.network());
            Fusion.run(draft, Stream.concat(Stream.of(source.reference()), Stream.concat(in.stream(), ports.values().stream())
                    .flatMap(port -> port.parts().stream()).map(Part::value)).collect(Collectors.toSet()));
            Source last = draft.last(first, source);
            out.add(new Port(first, Kind.REAL, dims(value), List.of(new Part(last.reference(), 0, last.columns()))));
            out.addAll(ports.values());
            return new Lowered(draft.nodes(), draft.parameters(), new OnnxSignature(named(in), named(out)), walk.notes());
        }

        private List<Port> named(List<Port> ports) {
            return ports.stream().map(port -> new Port(port.name(), port.kind(), port.dims().stream().map(this::named).toList(),
                    port.parts().stream().map(part -> new Part(walk.draft().name(part.value()), part.first(), part.count())).toList())).toList();
        }

        private String named(String dim) {
            return Arrays.stream(dim.split("\\*")).map(walk.draft()::name).collect(Collectors.joining("*"));
        }

        private Port input(String name, Value value) {
            Source only = value.network().only();
            Kind kind = Kind.valueOf(only == null ? "REAL" : only.kind().name());
            Source node = walk.inputNodes().get(name);
            List<Part> parts = node == null ? walk.states().after(walk.draft(), value) : List.of(new Part(node.reference(), 0, node.columns()));
            return new Port(name, node != null && kind == Kind.REAL && node.kind() == Source.Kind.IDS ? Kind.IDS : kind, dims(value), parts);
        }

        /** With a row for each step where the shape says so. */
        private Value steps(String name, Value value) {
            List<RowAxis> time = value.axes().stream().filter(axis -> axis.role() == RowAxis.Role.TIME).toList();
            if (time.stream().anyMatch(axis -> axis.padding() != null)) {
                throw new Refusal("output '" + name + "' has a border around time, which only a convolution can read");
            }
            Elements.Network network = value.network();
            if (network == null || time.isEmpty() || Arrays.stream(network.sources()).noneMatch(source -> source != null && source.perSequence())) {
                return value;
            }
            Draft draft = walk.draft();
            return value.with(Elements.Network.of(draft.steps(name, draft.of(name, network), time.get(0).name())));
        }

        private static Port port(String name, Value value) {
            if (value.network() == null) {
                throw new Refusal("output '" + name + "' does not depend on the inputs");
            }
            if (Arrays.stream(value.network().sources()).anyMatch(source -> source == null || source.kind() != Source.Kind.REAL)) {
                throw new Refusal("output '" + name + "' holds constants, ids or carried states");
            }
            return new Port(name, Kind.REAL, dims(value), parts(value.network()));
        }

        private static List<String> dims(Value value) {
            return value.dims().stream().map(factors -> factors.isEmpty() ? "1" : factors.stream().map(factor -> factor instanceof
                    Factor.Columns columns ? "" + columns.size() : ((Factor.Rows) factor).axis().name())
                    .collect(Collectors.joining("*"))).toList();
        }
    }
}
