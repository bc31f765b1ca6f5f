package org.tidegate.onnx.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Recurrent layers: RNN, LSTM and GRU, a node for each layer. ONNX's blocks of gates are i o f c and z r h where the spec has i f g o and
 * r z n; its values are [time, directions, batch, units].
 */
final class RecurrentOperators {
    private RecurrentOperators() {}

    static void addTo(Operators all) {
        all.add("recurrent", RecurrentOperators::recurrent, "cell", "size", "layers", "bidirectional", "dropout", "bias", "h0", "c0",
                "forget_bias", "weight_drop", "proj", "clip", "activation", "activations", "peepholes", "coupled", "layer_norm");
        all.refuse("attention_decoder", "ONNX has no recurrent node that attends; export the parts before it, by the names of their nodes"
                + " as outputs, and run this one with Tidegate");
    }

    private static void recurrent(Call call) {
        String cell = call.word("cell", "");
        if (call.has("layer_norm")) {
            throw call.refuse("ONNX's LSTM has no layer normalization; train one without layer_norm");
        }
        switch (cell) {
            case "rnn", "rnn_relu", "rnn_sigmoid" -> new Layers(call, "RNN", new int[] {0}, 1).write();
            case "gru", "gru_reset_before" -> new Layers(call, "GRU", new int[] {1, 0, 2}, 1).write();
            case "lstm" -> new Layers(call, "LSTM", new int[] {0, 3, 1, 2}, 2).write();
            default -> throw call.refuse("ONNX has no cell " + cell + "; train a model for ONNX with rnn, lstm or gru");
        }
    }

    /** The layers of a node. */
    private static final class Layers {
        private static final String[] NAMES = {"h", "c"};

        private final Call call;
        private final Target target;
        private final String op;
        private final int[] order; // the spec's gate of each of ONNX's blocks
        private final int states;
        private final int size;
        private final int layers;
        private final int directions;
        private final Axis axis;

        Layers(Call call, String op, int[] order, int states) {
            this.call = call;
            this.op = op;
            this.order = order;
            this.states = states;
            target = call.target();
            size = call.integer("size", 1);
            layers = call.integer("layers", 1);
            directions = call.flag("bidirectional", false) ? 2 : 1;
            axis = call.axis(call.in(0));
        }

        void write() {
            List<AttributeProto> attributes = attributes();
            String[] initial = new String[states];
            for (int s = 0; s < states; s++) {
                initial[s] = initial(s);
            }
            List<List<String>> last = List.of(new ArrayList<>(), new ArrayList<>());
            String x = call.inner("time_first", "Transpose", List.of(call.reals(0)), Target.order(1, 0, 2));
            for (int layer = 0; layer < layers; layer++) {
                x = layer(layer, x, initial, attributes, last);
            }
            if (x != null) {
                call.last("Transpose", List.of(x), Target.order(1, 0, 2));
            }
            for (int s = 0; s < states; s++) {
                finals(s, last.get(s));
            }
        }

        private boolean needsLast(int s) {
            return call.written().wanted().states() || call.written().isRead(call.name() + "." + NAMES[s] + "_n");
        }

        /** One layer over x [time, batch, inputs]. Returns [time, batch, directions * units], null if nobody needs it. */
        private String layer(int layer, String x, String[] initial, List<AttributeProto> attributes, List<List<String>> last) {
            boolean read = layer < layers - 1 || call.written().isRead(call.name());
            List<String> inputs = new ArrayList<>(List.of(x, weight(layer, "weight_ih", "W"), weight(layer, "weight_hh", "R"), bias(layer),
                    axis.sequenceLengths()));
            for (String state : initial) {
                inputs.add(state == null ? "" : part(layer, state));
            }
            if (call.has("peepholes")) {
                inputs.add(peepholes(layer));
            }
            List<String> hints = new ArrayList<>(List.of(read ? call.inner("Y" + layer) : ""));
            for (int s = 0; s < states; s++) {
                hints.add(needsLast(s) ? call.inner("Y_" + NAMES[s] + layer) : "");
            }
            if (hints.stream().allMatch(String::isEmpty)) {
                return null;
            }
            List<String> outputs = target.nodes(op, hints, inputs, attributes.toArray(AttributeProto[]::new));
            for (int s = 0; s < states; s++) {
                last.get(s).add(outputs.get(1 + s));
            }
            if (!read) {
                return null;
            }
            if (directions == 1) {
                return call.inner("rows" + layer, "Squeeze", List.of(outputs.get(0), target.integers(1)));
            }
            String side = call.inner("side_by_side" + layer, "Transpose", List.of(outputs.get(0)), Target.order(0, 2, 1, 3));
            return call.inner("rows" + layer, "Reshape", List.of(side, target.integers(0, 0, 2L * size)));
        }

        /** The state before the first step, [layers * directions, batch, units]; null where it is zeros. */
        private String initial(int s) {
            String key = NAMES[s] + "0";
            if (call.written().wanted().states()) {
                String name = call.name() + "_" + NAMES[s];
                return target.input(target.free(name), TensorProto.DataType.FLOAT, "the state of " + call.name()
                        + " before the first step: " + call.word(key, "zeros") + ", or " + name + "_out of the call before",
                        layers * directions, call.written().batch(call.value()), size);
            }
            if (!call.has(key)) {
                return null;
            }
            String given = call.reals(call.written().flow(call.word(key, "")));
            String apart = call.inner(key, "Reshape", List.of(given, target.integers(0, (long) layers * directions, size)));
            return call.inner(key + "_layers", "Transpose", List.of(apart), Target.order(1, 0, 2));
        }

        private String part(int layer, String state) {
            return layers == 1 ? state : call.inner("initial" + layer, "Slice", List.of(state, target.integers((long) layer * directions),
                    target.integers((layer + 1L) * directions), target.integers(0)));
        }

        /** The state after the last step of each sequence: the port [batch, layers * directions * units], and an output of the graph. */
        private void finals(int s, List<String> ofLayers) {
            if (!needsLast(s)) {
                return;
            }
            String all = layers == 1 ? ofLayers.get(0) : call.inner(NAMES[s] + "_layers", "Concat", ofLayers, Target.integer("axis", 0));
            String port = NAMES[s] + "_n";
            if (call.written().isRead(call.name() + "." + port)) {
                String first = call.inner(port, "Transpose", List.of(all), Target.order(1, 0, 2));
                call.out(port, target.node("Reshape", call.name() + "." + port,
                        List.of(first, target.integers(0, (long) layers * directions * size))));
            }
            if (call.written().wanted().states()) {
                String name = call.name() + "_" + NAMES[s] + "_out";
                call.written().stateOutput(() -> target.output(all, target.free(name), TensorProto.DataType.FLOAT, "the state of "
                        + call.name() + " after the last step", layers * directions, call.written().batch(call.value()), size));
            }
        }

        private List<AttributeProto> attributes() {
            List<AttributeProto> made = new ArrayList<>(List.of(Target.integer("hidden_size", size),
                    Target.text("direction", directions == 2 ? "bidirectional" : "forward")));
            if (call.number("clip", 0) > 0) {
                made.add(Target.number("clip", call.number("clip", 0)));
            }
            if (op.equals("GRU")) {
                made.add(Target.integer("linear_before_reset", call.word("cell", "").equals("gru") ? 1 : 0));
            }
            if (call.flag("coupled", false)) {
                made.add(Target.integer("input_forget", 1));
            }
            activations(made);
            return made;
        }

        private void activations(List<AttributeProto> made) {
            String standard = switch (call.word("cell", "")) {
                case "rnn" -> "tanh";
                case "rnn_relu" -> "relu";
                case "rnn_sigmoid" -> "sigmoid";
                case "lstm" -> "sigmoid,tanh,tanh";
                default -> "sigmoid," + call.word("activation", "tanh");
            };
            List<String> names = new ArrayList<>();
            List<Float> alphas = new ArrayList<>();
            List<Float> betas = new ArrayList<>();
            for (String text : call.word("activations", standard).split(",")) {
                String[] words = text.split(":");
                CellActivation function = CellActivation.of(words[0]);
                if (function == null) {
                    throw call.refuse("ONNX has no activation '" + words[0] + "' in recurrent nodes");
                }
                names.add(function.name());
                if (function.alpha() != null) {
                    alphas.add((float) (words.length > 1 ? Double.parseDouble(words[1]) : function.alpha()));
                }
                if (function.beta() != null) {
                    betas.add((float) (words.length > 2 ? Double.parseDouble(words[2]) : function.beta()));
                }
            }
            if (List.of("Tanh", "Sigmoid, Tanh", "Sigmoid, Tanh, Tanh").contains(String.join(", ", names))) {
                return;
            }
            made.add(Target.texts("activations", forEach(names)));
            if (!alphas.isEmpty()) {
                made.add(Target.numbers("activation_alpha", forEach(alphas)));
            }
            if (!betas.isEmpty()) {
                made.add(Target.numbers("activation_beta", forEach(betas)));
            }
        }

        private <T> List<T> forEach(List<T> ofOne) {
            return Collections.nCopies(directions, ofOne).stream().flatMap(List::stream).toList();
        }

        private float[] numbers(String what, int layer, int direction) {
            return call.numbers(what + "_l" + layer + (direction == 1 ? "_reverse" : ""));
        }

        /** [directions, gates * units, inputs]. */
        private String weight(int layer, String what, String name) {
            float[][] all = new float[directions][];
            for (int d = 0; d < directions; d++) {
                all[d] = blocks(numbers(what, layer, d));
            }
            long rows = (long) order.length * size;
            return target.tensor(call.name() + "." + name + layer, new long[] {directions, rows, all[0].length / rows}, joined(all));
        }

        /** [directions, 2 * gates * units]; "" for none. */
        private String bias(int layer) {
            if (!call.flag("bias", true)) {
                return "";
            }
            float[][] all = new float[2 * directions][];
            for (int d = 0; d < directions; d++) {
                all[2 * d] = blocks(numbers("bias_ih", layer, d));
                all[2 * d + 1] = blocks(numbers("bias_hh", layer, d));
            }
            return target.tensor(call.name() + ".B" + layer, new long[] {directions, 2L * order.length * size}, joined(all));
        }

        /** [directions, 3 * units], i o f. */
        private String peepholes(int layer) {
            float[][] all = new float[3 * directions][];
            for (int d = 0; d < directions; d++) {
                all[3 * d] = numbers("weight_ci", layer, d);
                all[3 * d + 1] = numbers("weight_co", layer, d);
                all[3 * d + 2] = numbers("weight_cf", layer, d);
            }
            return target.tensor(call.name() + ".P" + layer, new long[] {directions, 3L * size}, joined(all));
        }

        /** The spec's gates in ONNX's order. */
        private float[] blocks(float[] gates) {
            int block = gates.length / order.length;
            float[] made = new float[gates.length];
            for (int i = 0; i < order.length; i++) {
                System.arraycopy(gates, order[i] * block, made, i * block, block);
            }
            return made;
        }

        private static float[] joined(float[][] parts) {
            float[] all = new float[Math.toIntExact(Arrays.stream(parts).mapToLong(part -> part.length).sum())];
            int at = 0;
            for (float[] part : parts) {
                System.arraycopy(part, 0, all, at, part.length);
                at += part.length;
            }
            return all;
        }
    }
}
