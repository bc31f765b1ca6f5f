package org.tidegate.onnx.export;

import java.util.HashMap;
import java.util.Map;

/**
 * An activation that ONNX has as a node and in recurrent nodes.
 *
 * @param name ONNX's
 * @param alpha the spec's default, null where it has none
 * @param beta the spec's default, null where it has none
 */
record CellActivation(String name, Double alpha, Double beta) {
    private static final Map<String, CellActivation> ALL = new HashMap<>();

    static {
        ALL.put("tanh", new CellActivation("Tanh", null, null));
        ALL.put("relu", new CellActivation("Relu", null, null));
        ALL.put("sigmoid", new CellActivation("Sigmoid", null, null));
        ALL.put("softplus", new CellActivation("Softplus", null, null));
        ALL.put("softsign", new CellActivation("Softsign", null, null));
        ALL.put("elu", new CellActivation("Elu", 1.0, null));
        ALL.put("leaky_relu", new CellActivation("LeakyRelu", 0.01, null));
        ALL.put("thresholded_relu", new CellActivation("ThresholdedRelu", 1.0, null));
        ALL.put("hard_sigmoid", new CellActivation("HardSigmoid", 1.0 / 6, 0.5));
        ALL.put("affine", new CellActivation("Affine", 1.0, 0.0));
        ALL.put("scaled_tanh", new CellActivation("ScaledTanh", 1.0, 1.0));
    }

    /** That of the spec; null if ONNX has none. */
    static CellActivation of(String spec) {
        return ALL.get(spec);
    }
}
