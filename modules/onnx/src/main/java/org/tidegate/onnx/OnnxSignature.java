package org.tidegate.onnx;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.tidegate.Network;
import org.tidegate.Value;
import org.tidegate.json.JsonObject;

/**
 * What the inputs and outputs of an ONNX file have become in a network of Tidegate: immutable, and in the model's file a part of its
 * {@link OnnxReading}.
 *
 * @param inputs the inputs of the file that are not bound, in its order
 * @param outputs its outputs but for states that the session carries; the first is the network's last node
 */
public record OnnxSignature(List<Port> inputs, List<Port> outputs) {
    private static final int MOST = 1 << 24;

    /** How an input or output lies in the network. */
    public enum Kind {
        /** Reals. */
        REAL,
        /** Ids. */
        IDS,
        /** The lengths of the sequences. */
        LENGTHS,
        /** What the session carries from call to call. */
        STATE
    }

    /**
     * Columns of a value of the network.
     *
     * @param value its name, {@code y} or {@code h.h_n}
     * @param first the first column
     * @param count how many
     */
    public record Part(String value, int first, int count) {}

    /**
     * An input or output of the file.
     *
     * @param name its name in the file
     * @param kind how it lies in the network
     * @param dims each as a product: "batch", "time" or another axis of steps, a number, "batch*3"
     * @param parts where its elements lie, in their order; of a carried state the ports that hold it after a call, of lengths none
     */
    public record Port(String name, Kind kind, List<String> dims, List<Part> parts) {
        /** {@return the shape for people: {@code [batch, 512]}} */
        public String shape() {
            return dims.stream().collect(Collectors.joining(", ", "[", "]"));
        }

        /** {@return the axis of the network whose steps a dimension is, "time" or one of windows over it; null if there is none} */
        public String time() {
            return dims.stream().flatMap(dim -> Arrays.stream(dim.split("\\*"))).filter(factor -> !factor.equals("batch")
                    && !Character.isDigit(factor.charAt(0))).findFirst().orElse(null);
        }
    }

    /**
     * Takes copies.
     *
     * @param inputs the inputs
     * @param outputs the outputs
     */
    public OnnxSignature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** {@return whether the session carries a state from call to call} */
    public boolean carries() {
        return inputs.stream().anyMatch(port -> port.kind == Kind.STATE);
    }

    /** {@return whether each call of the file is one step: none of its inputs has a dimension of time} */
    public boolean isStep() {
        return inputs.stream().allMatch(port -> port.time() == null);
    }

    /** {@return the signature as JSON} */
    public JsonObject toJson() {
        return JsonObject.builder().put("inputs", inputs).put("outputs", outputs).build();
    }

    /**
     * {@return the signature of a model's file}
     *
     * @param json what {@link #toJson} returned
     * @throws IllegalArgumentException if it is none; the message names the key
     */
    public static OnnxSignature fromJson(JsonObject json) {
        return new OnnxSignature(ports(json, "inputs"), ports(json, "outputs"));
    }

    private static List<Port> ports(JsonObject json, String key) {
        return json.objects(key).stream().map(port -> new Port(port.string("name"), port.constant("kind", Kind.class), dims(port),
                port.objects("parts").stream().map(part -> new Part(part.string("value"), part.integer("first", 0, MOST),
                        part.integer("count", 1, MOST))).toList())).toList();
    }

    private static List<String> dims(JsonObject port) {
        List<String> dims = port.strings("dims");
        for (String dim : dims) {
            for (String factor : dim.split("\\*", -1)) {
                if (!factor.matches("[A-Za-z_][A-Za-z0-9_]*|[1-9][0-9]{0,7}")) {
                    throw port.refusal("dims", "\"batch\", an axis of steps, a number, or a product of them");
                }
            }
        }
        return dims;
    }

    /**
     * Checks that a network has what this names.
     *
     * @param network the network
     * @throws IllegalArgumentException if it has not; the message names the first difference
     */
    public void checkFits(Network network) {
        check(network.values(), inputs);
        check(network.values(), outputs);
    }

    private static void check(Collection<Value> values, List<Port> ports) {
        for (Port port : ports) {
            for (Part part : port.parts) {
                Value value = values.stream().filter(each -> each.name().equals(part.value)).findFirst().orElseThrow(
                        () -> new IllegalArgumentException(port.name + " lies in " + part.value + ", which the network has not"));
                if (part.first + (long) part.count > value.columns()) {
                    throw new IllegalArgumentException(port.name + " lies in columns " + part.first + " to " + (part.first + part.count - 1)
                            + " of " + part.value + ", which has " + value.columns());
                }
            }
        }
    }

    /** The signature for people, a line for each input and output. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        inputs.forEach(port -> text.append("input ").append(line(port)));
        outputs.forEach(port -> text.append("output ").append(line(port)));
        return text.toString();
    }

    private static String line(Port port) {
        return port.name + " " + port.shape() + (port.kind == Kind.REAL ? "" : " " + port.kind.name().toLowerCase(Locale.ROOT)) + "\n";
    }
}
