package org.tidegate.onnx.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Convolutions and pools over one dimension: inside the rows where it is columns, along the steps where it is time. */
final class ConvolutionOperators {
    private ConvolutionOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("Conv", ConvolutionOperators::convolution);
        all.put("AveragePool", ConvolutionOperators::averagePool);
        all.put("MaxPool", ConvolutionOperators::maxPool);
        all.put("GlobalAveragePool", call -> global(call, "mean"));
        all.put("GlobalMaxPool", call -> global(call, "max"));
    }

    /** W [F, C / groups, K], B [F]. */
    private static void convolution(Call call) {
        Value weight = call.in(1);
        float[] weights = call.reals(1);
        if (weight.rank() < 3) {
            throw call.refuse("its weight has the shape " + weight.shape() + "; [filters, channels, kernel] is expected", null);
        }
        List<Long> kernel = IntStream.range(2, weight.rank()).mapToObj(d -> (long) weight.columns(d)).toList();
        Windows windows = new Windows(call, call.in(0), kernel);
        int filters = weight.columns(0);
        long groups = call.integer("group", 1);
        if (groups < 1 || windows.channels() % groups != 0 || filters % groups != 0 || windows.channels() / groups != weight.columns(1)) {
            throw call.refuse("a weight of shape " + weight.shape() + " in " + groups + " groups for " + windows.channels() + " channels",
                    null);
        }
        Map<String, String> attributes = new LinkedHashMap<>(Map.of("filters", "" + filters));
        if (groups != 1) {
            attributes.put("groups", "" + groups);
        }
        Map<String, float[]> parameters = new LinkedHashMap<>(Map.of("weight", weights));
        if (call.has(2)) {
            parameters.put("bias", call.reals(2));
        }
        attributes.put("bias", "" + call.has(2));
        windows.takeBorders();
        call.out(windows.node("conv1d", attributes, filters, parameters));
    }

    private static Windows windows(Call call) {
        return new Windows(call, call.in(0), Windows.kernelShape(call, call.in(0)));
    }

    private static Windows undilated(Call call) {
        Windows windows = windows(call);
        if (windows.dilation != 1) {
            throw call.refuse("a pool with a dilation of " + windows.dilation, "pools of neighbouring positions can be imported");
        }
        if (call.integer("ceil_mode", 0) != 0) {
            windows.roundUp();
        }
        return windows;
    }

    private static void averagePool(Call call) {
        boolean countsPadding = call.integer("count_include_pad", 0) != 0 && windows(call).isPadded();
        if (countsPadding && call.integer("ceil_mode", 0) != 0) {
            throw call.refuse("ceil_mode together with padding that counts", "export with ceil_mode=False or count_include_pad=False");
        }
        Windows windows = undilated(call);
        int channels = windows.channels();
        if (!countsPadding) {
            call.out(windows.node("pool", Map.of("kind", "mean"), channels, Map.of()));
            return;
        }
        // Padding counts: a convolution of each channel by itself, whose padding is zeros.
        Map<String, String> attributes = new LinkedHashMap<>(Map.of("filters", "" + channels, "bias", "false", "trainable", "false"));
        if (channels > 1) {
            attributes.put("groups", "" + channels);
        }
        call.out(windows.node("conv1d", attributes, channels, Map.of("weight", windows.meanWeights())));
    }

    private static void maxPool(Call call) {
        if (call.wants(1)) {
            throw call.refuse("its output of indices", "only the greatest values can be imported");
        }
        Windows windows = undilated(call);
        call.out(windows.node("pool", Map.of("kind", "max"), windows.channels(), Map.of()));
    }

    private static void global(Call call, String kind) {
        Value x = call.in(0);
        call.out(ReductionOperators.reduced(call, x, IntStream.range(2, x.rank()).toArray(), kind));
    }
}
