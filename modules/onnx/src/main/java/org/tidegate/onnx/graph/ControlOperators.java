package org.tidegate.onnx.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import java.util.Map;
import java.util.OptionalLong;

/** Subgraphs: If is decided while the model is read, Loop and Scan are refused. */
final class ControlOperators {
    private ControlOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("If", ControlOperators::choose);
        all.put("Loop", call -> {
            throw call.refuse("a loop written out in the graph", "export the layer as RNN, LSTM or GRU (PyTorch: nn.RNN, nn.LSTM, nn.GRU"
                    + " instead of cells in a loop; Keras: tf2onnx with --opset 15 and layers with their default activations)");
        });
        all.put("Scan", call -> {
            throw call.refuse("a scan written out in the graph", "export the layer as RNN, LSTM or GRU");
        });
    }

    private static void choose(Call call) {
        Value condition = call.in(0);
        if (condition.integers() == null && condition.numbers() == null) {
            throw call.refuse("its condition is computed while the model runs",
                    "bind the input that it depends on (--bind NAME=VALUE), or export without it");
        }
        OptionalLong truth = condition.integers() != null ? condition.integers().values()[0].sign()
                : OptionalLong.of(condition.numbers().values()[0] == 0 ? 0 : 1);
        if (truth.isEmpty()) {
            throw call.refuse("its condition is not known", call.walk().needShapes());
        }
        GraphProto chosen = call.graph(truth.getAsLong() == 0 ? "else_branch" : "then_branch");
        Scope inner = new Scope(call.scope());
        call.walk().run(chosen, inner);
        if (chosen.getOutputCount() < call.outputs()) {
            throw call.refuse("its branch has " + chosen.getOutputCount() + " outputs", null);
        }
        for (int i = 0; i < call.outputs(); i++) {
            call.out(i, inner.get(chosen.getOutput(i).getName()));
        }
    }
}
