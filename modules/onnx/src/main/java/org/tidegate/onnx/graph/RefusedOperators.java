package org.tidegate.onnx.graph;

import java.util.Map;
import java.util.TreeMap;

/** Operators of ONNX that no network of Tidegate can hold: why, and what would help. */
final class RefusedOperators {
    private static final Map<String, String[]> ALL = new TreeMap<>();

    static {
        refuse("a transposed convolution, which makes more steps or positions of few", "decode with linear layers, or leave it out",
                "ConvTranspose", "ConvInteger", "DeformConv");
        refuse("it normalizes over the positions of each channel", "use LayerNorm over the features, or BatchNorm, which can be imported",
                "InstanceNormalization", "GroupNormalization", "LpNormalization", "MeanVarianceNormalization", "LRN");
        refuse("it chooses among values while the model runs, which gives integers",
                "leave it out of the exported graph and choose among the"
                + " scores, its input, yourself", "ArgMax", "ArgMin", "TopK", "NonZero", "Unique", "NonMaxSuppression", "Multinomial");
        refuse("a product over several dimensions by a formula",
                "export it as matrix products with known weights: torch.matmul or nn.Linear instead"
                + " of torch.einsum", "Einsum");
        refuse("sums that go on from step to step", "take them outside of the network, or let a recurrent layer learn them", "CumSum");
        refuse("it takes elements at places that are computed while the model runs",
                "export without it: an embedding is Gather along axis 0 of a"
                + " known table", "GatherElements", "GatherND", "Scatter", "ScatterElements", "ScatterND", "Compress", "ReverseSequence");
        refuse("it moves parts of an image", "a network of sequences has no dimensions for it", "DepthToSpace", "SpaceToDepth", "Resize",
                "Upsample", "GridSample", "AffineGrid", "RoiAlign", "MaxRoiPool", "MaxUnpool", "CenterCropPad", "Col2Im");
        refuse("attention between all steps of a sequence", "only recurrent networks can be imported; a transformer can not", "Attention",
                "RotaryEmbedding", "Trilu");
        refuse("a spectrum computed in the graph",
                "export the transform as a convolution with fixed weights, as Silero VAD does, or compute the"
                + " features before the network", "DFT", "STFT", "MelWeightMatrix", "HannWindow", "HammingWindow", "BlackmanWindow");
        refuse("it works on integers of a quantized model", "export the model in float32 and freeze it here: model.freeze(Precision.INT8)",
                "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "MatMulInteger", "QLinearConv", "QLinearMatMul");
        refuse("it draws random numbers", "export the model after model.eval()", "RandomNormal", "RandomNormalLike", "RandomUniform",
                "RandomUniformLike", "Bernoulli");
        refuse("it works on text", "make ids of the text before the network, and export from there", "TfIdfVectorizer", "StringNormalizer",
                "StringSplit", "StringConcat", "RegexFullMatch");
        refuse("lists of tensors", "export the model for tensors of a fixed rank", "SequenceConstruct", "SequenceAt", "SequenceEmpty",
                "SequenceInsert", "SequenceErase", "SequenceLength", "SplitToSequence", "ConcatFromSequence", "SequenceMap", "Optional",
                "OptionalGetElement", "OptionalHasElement");
        refuse("there is no such function in a network", "fold it into the exported constants, or compute it before the network", "Asin",
                "Acos",
                "Sinh", "Cosh", "Asinh", "Acosh", "Atanh", "IsNaN", "IsInf",
                "Det", "Shrink", "Hardmax", "BitShift", "LpPool", "GlobalLpPool");
    }

    private RefusedOperators() {}

    private static void refuse(String reason, String help, String... operators) {
        for (String operator : operators) {
            ALL.put(operator, new String[] {reason, help});
        }
    }

    static boolean has(String operator) {
        return ALL.containsKey(operator);
    }

    static void addTo(Map<String, Operator> all) {
        ALL.forEach((name, why) -> all.put(name, call -> {
            throw call.refuse(why[0], why[1]);
        }));
    }
}
