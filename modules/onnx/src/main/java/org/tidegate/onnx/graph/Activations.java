package org.tidegate.onnx.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The activations of a recurrent node: f of the gates, g of the candidate, h of an LSTM's output, for each direction. alpha and beta are
 * taken from their lists by those functions that have one, in order.
 */
final class Activations {
    /** A function of ONNX: its name in the spec, and the defaults of alpha and beta, null where it has none. */
    private record Kind(String spec, Double alpha, Double beta) {}

    private static final Map<String, Kind> KINDS = Map.ofEntries(Map.entry("relu", new Kind("relu", null, null)),
            Map.entry("tanh", new Kind("tanh", null, null)), Map.entry("sigmoid", new Kind("sigmoid", null, null)),
            Map.entry("affine", new Kind("affine", 1.0, 0.0)), Map.entry("leakyrelu", new Kind("leaky_relu", 0.01, null)),
            Map.entry("thresholdedrelu", new Kind("thresholded_relu", 1.0, null)),
            Map.entry("scaledtanh", new Kind("scaled_tanh", 1.0, 1.0)), Map.entry("hardsigmoid", new Kind("hard_sigmoid", 0.2, 0.5)),
            Map.entry("elu", new Kind("elu", 1.0, null)), Map.entry("softsign", new Kind("softsign", null, null)),
            Map.entry("softplus", new Kind("softplus", null, null)));

    private final boolean resetAfter;
    private final String op;
    private final List<List<String>> functions = new ArrayList<>(); // of each direction, as the spec says them

    Activations(Call call, int gates, int states, int directions) {
        op = call.op();
        resetAfter = call.integer("linear_before_reset", 0) != 0;
        List<String> standard = gates == 1 ? List.of("Tanh") : states == 2 ? List.of("Sigmoid", "Tanh", "Tanh") : List.of("Sigmoid", "Tanh");
        List<String> given = call.strings("activations");
        List<Float> alphas = call.numbers("activation_alpha");
        List<Float> betas = call.numbers("activation_beta");
        if (!given.isEmpty() && given.size() != directions * standard.size()) {
            throw call.refuse("its activations are " + given + "; " + directions * standard.size() + " are expected", null);
        }
        int alpha = 0;
        int beta = 0;
        for (int d = 0; d < directions; d++) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < standard.size(); i++) {
                String name = given.isEmpty() ? standard.get(i) : given.get(d * standard.size() + i);
                Kind kind = KINDS.get(name.toLowerCase(Locale.ROOT));
                if (kind == null) {
                    throw call.refuse("there is no activation '" + name + "'", null);
                }
                String text = kind.spec;
                if (kind.alpha != null) {
                    text += ":" + ElementwiseOperators.text(alpha < alphas.size() ? alphas.get(alpha) : kind.alpha);
                    alpha++;
                }
                if (kind.beta != null) {
                    text += ":" + ElementwiseOperators.text(beta < betas.size() ? betas.get(beta) : kind.beta);
                    beta++;
                }
                texts.add(text);
            }
            functions.add(texts);
        }
    }

    /** Whether the two directions have different ones. */
    boolean differ() {
        return functions.size() == 2 && !functions.get(0).equals(functions.get(1));
    }

    /** The attributes of a cell with the activations of a direction. */
    void cell(int direction, Map<String, String> attributes) {
        List<String> own = functions.get(direction);
        String all = own.stream().collect(Collectors.joining(","));
        switch (op) {
            case "RNN" -> {
                Map<String, String> cells = Map.of("tanh", "rnn", "relu", "rnn_relu", "sigmoid", "rnn_sigmoid");
                attributes.put("cell", cells.getOrDefault(all, "rnn"));
                if (!cells.containsKey(all)) {
                    attributes.put("activations", all);
                }
            }
            case "GRU" -> {
                attributes.put("cell", resetAfter ? "gru" : "gru_reset_before");
                if (own.get(0).equals("sigmoid") && List.of("relu", "sigmoid").contains(own.get(1))) {
                    attributes.put("activation", own.get(1));
                } else if (!all.equals("sigmoid,tanh")) {
                    attributes.put("activations", all);
                }
            }
            default -> {
                attributes.put("cell", "lstm");
                if (!all.equals("sigmoid,tanh,tanh")) {
                    attributes.put("activations", all);
                }
            }
        }
    }
}
