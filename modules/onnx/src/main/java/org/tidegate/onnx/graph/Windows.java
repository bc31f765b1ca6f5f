package org.tidegate.onnx.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tidegate.onnx.graph.RowAxis.Role;

/**
 * The windows of a convolution or a pool over the positions of X [N, C, P]. P may be columns of a row or the steps of time. A form in two
 * dimensions, one of which is 1, as converters write for layers of one, is read as that of one.
 */
final class Windows {
    private final Call call;
    private final int one; // the dimension of size 1 that is left out, -1 if there is none
    private final int positions; // of a row; 0 along time

    final int kernel;
    final int stride;
    final int dilation;
    private Value x;
    private int before;
    private int after;
    private boolean reflects;

    /** kernelShape: the size of a window in each dimension. */
    Windows(Call call, Value given, List<Long> kernelShape) {
        this.call = call;
        int dims = given.rank() - 2;
        if (dims < 1 || kernelShape.size() != dims) {
            throw call.refuse("windows of " + kernelShape + " over a value of shape " + given.shape(), null);
        }
        int kept = 0;
        if (dims == 2) {
            kept = isLeftOut(given, kernelShape, 1) ? 0 : isLeftOut(given, kernelShape, 0) ? 1 : -1;
        }
        if (dims > 2 || kept < 0) {
            throw call.refuse("windows over " + dims + " dimensions of " + given.shape(),
                    "those over one (Conv1d, pools of one dimension) can be imported; compute features of two dimensions before the network");
        }
        one = dims == 2 ? 3 - kept : -1;
        x = dims == 2 ? given.squeezed(one) : given;
        kernel = size("kernel_shape", kernelShape, kept);
        stride = size("strides", call.integers("strides"), kept);
        dilation = size("dilations", call.integers("dilations"), kept);
        call.needColumns(x, 1, "the channels");
        if (x.network() == null) {
            throw call.refuse("it is of known values, which nobody computes", "leave it out of the exported graph");
        }
        if (x.columns(0) != 1) {
            throw call.refuse("its input of shape " + x.shape() + " has " + x.columns(0)
                    + " in front of the channels, which are parts of a row",
                    "its first dimension is the batch");
        }
        learnPositions();
        positions = x.isColumns(2) ? x.columns(2) : 0;
        pads(kept, dims);
    }

    private boolean isLeftOut(Value given, List<Long> kernelShape, int dimension) {
        List<Long> pads = call.integers("pads");
        return given.dims().get(2 + dimension).isEmpty() && kernelShape.get(dimension) == 1
                && (pads == null || pads.get(dimension) == 0 && pads.get(2 + dimension) == 0);
    }

    private int size(String attribute, List<Long> given, int kept) {
        long size = given == null ? 1 : given.get(kept);
        if (size < 1 || size > Integer.MAX_VALUE) {
            throw call.refuse("its " + attribute + " are " + given, null);
        }
        return (int) size;
    }

    /** Positions of a dimension of an input are columns where their number is said, else time. */
    private void learnPositions() {
        if (x.isColumns(2)) {
            return;
        }
        RowAxis axis = x.axis(2);
        if (axis == null) {
            throw call.refuse("its positions are " + x.size(2) + " in " + x.shape() + ", neither columns nor time alone", null);
        }
        call.walk().guessColumns(x, 2);
        if (!call.learn(x, 2, Role.TIME)) {
            throw call.refuse("its positions are " + axis + ", which is something else elsewhere", null);
        }
        if (x.axis(0) != null) {
            call.learn(x, 0, Role.BATCH);
        }
    }

    private void pads(int kept, int dims) {
        String auto = call.string("auto_pad", "NOTSET");
        if (auto.startsWith("SAME")) {
            if (inTime() && stride != 1) {
                throw call.refuse("auto_pad=" + auto + " with a stride of " + stride + " along time, whose padding depends on the length",
                        "export with explicit padding");
            }
            int total = inTime() ? span() - 1 : Math.max(0, ((positions + stride - 1) / stride - 1) * stride + span() - positions);
            before = auto.equals("SAME_LOWER") ? total - total / 2 : total / 2;
            after = total - before;
            return;
        }
        List<Long> pads = call.integers("pads");
        if (pads != null && !auto.equals("VALID")) {
            if (pads.size() != 2 * dims || pads.get(kept) < 0 || pads.get(dims + kept) < 0) {
                throw call.refuse("its pads are " + pads, null);
            }
            before = Math.toIntExact(pads.get(kept));
            after = Math.toIntExact(pads.get(dims + kept));
        }
    }

    boolean inTime() {
        return positions == 0;
    }

    int channels() {
        return x.columns(1);
    }

    int span() {
        return Math.addExact(Math.multiplyExact(kernel - 1, dilation), 1);
    }

    boolean isPadded() {
        return before > 0 || after > 0;
    }

    /** So that a last window that is not whole counts, too. */
    void roundUp() {
        if (inTime()) {
            if (after + stride > kernel) {
                throw call.refuse("ceil_mode with windows of " + kernel + ", a stride of " + stride + " and " + after
                        + " of padding along time",
                        "export with ceil_mode=False");
            }
            after += stride - 1;
            return;
        }
        int windows = (positions + before + after - kernel + stride - 1) / stride + 1;
        windows -= (windows - 1) * stride >= positions + before ? 1 : 0;
        after = Math.max(0, (windows - 1) * stride + kernel - positions - before);
    }

    /** Takes a border that stands in front of the windows as their padding, where that is what it is. */
    void takeBorders() {
        if (inTime()) {
            RowAxis.Padding padding = x.axis(2).padding();
            if (padding != null) {
                checkMixed(padding.reflects());
                before += padding.before();
                after += padding.after();
                reflects = padding.reflects();
                List<List<Factor>> dims = new ArrayList<>(x.dims());
                dims.set(2, List.of(new Factor.Rows(padding.of())));
                x = new Value(dims, Draft.onRows(x.network(), padding.of().name()));
            }
            return;
        }
        Border border = Border.of(x.network(), channels());
        if (border.isThere() && before + border.before() < span() && after + border.after() < span() && !(border.reflects()
                && isPadded())) {
            x = x.taken(2, java.util.stream.IntStream.range(border.before(), x.columns(2) - border.after()).toArray());
            before += border.before();
            after += border.after();
            reflects = border.reflects();
        }
    }

    private void checkMixed(boolean mirrored) {
        if (mirrored && isPadded()) {
            throw call.refuse("zeros around a reflected border along time", null);
        }
    }

    /** A node over the windows. filters: the columns of each window. */
    Value node(String op, Map<String, String> given, int filters, Map<String, float[]> parameters) {
        boolean convolution = op.equals("conv1d");
        int length = inTime() ? 0 : x.columns(2);
        if (before >= span() || after >= span()) {
            throw call.refuse("padding of " + before + " and " + after + " is not shorter than a window (" + span() + ")", null);
        }
        Map<String, String> attributes = new LinkedHashMap<>(given);
        attributes.put(convolution ? "kernel" : "window", "" + kernel);
        if (dilation != 1) {
            attributes.put("dilation", "" + dilation);
        }
        if (reflects) {
            attributes.put("pad_mode", "reflect");
        }
        if (inTime()) {
            return alongTime(convolution, attributes, filters, parameters);
        }
        attributes.put("stride", "" + stride);
        if (isPadded()) {
            attributes.put("pad", before == after ? "" + before : before + "," + after);
        }
        attributes.put("channels", "" + channels());
        int windows = (length + before + after - span()) / stride + 1;
        if (length + before + after < span()) {
            throw call.refuse(length + " positions are fewer than a window of " + span(), null);
        }
        Source source = call.source(x);
        Source node = call.node(op, source, attributes, Budget.take((long) filters * windows));
        parameters.forEach((name, values) -> call.draft().parameter(node, name, values));
        return result(List.of(x.dims().get(0), columns(filters), columns(windows)), node);
    }

    private Value alongTime(boolean convolution, Map<String, String> attributes, int filters, Map<String, float[]> parameters) {
        RowAxis axis = x.axis(2);
        Source source = call.steps(x, axis);
        if (after > 0 || stride > 1) {
            call.needNoLengths();
        }
        Draft.Steps steps = new Draft.Steps(span(), stride, before, after);
        Source node;
        if (convolution) {
            Map<String, float[]> weights = new LinkedHashMap<>(parameters);
            int more = dilation == 1 && !reflects ? call.draft().tapsToMeet(source.rows(), steps) : 0;
            if (more > 0) { // so that the windows are those of an earlier node, as beside a residual connection
                steps = new Draft.Steps(span() + more, stride, before, after + more);
                weights.computeIfPresent("weight", (name, values) -> widened(values, kernel, more));
                attributes.put("kernel", "" + (kernel + more));
            }
            node = call.draft().convolution(call.hint(), source, attributes, weights, filters, steps, axis);
        } else {
            attributes.put("stride", "" + stride);
            if (isPadded()) {
                attributes.put("pad", before == after ? "" + before : before + "," + after);
            }
            node = call.draft().windows(call.hint(), "pool", source, attributes, filters, steps);
        }
        List<Factor> rows = List.of(new Factor.Rows(call.walk().windows(axis, node, steps)));
        return result(List.of(x.dims().get(0), columns(filters), rows), node);
    }

    /** Rows of weights with zeros behind each. */
    private static float[] widened(float[] weights, int width, int by) {
        float[] wide = new float[Budget.take((long) weights.length / width * (width + by))];
        for (int i = 0; i < weights.length; i++) {
            wide[i / width * (width + by) + i % width] = weights[i];
        }
        return wide;
    }

    private static List<Factor> columns(int size) {
        return List.of(new Factor.Columns(size));
    }

    private Value result(List<List<Factor>> dims, Source node) {
        Value made = new Value(dims, Elements.Network.of(node));
        return one < 0 ? made : made.unsqueezed(one);
    }

    /**
     * A border of each channel's positions: zeros, or the positions themselves in mirrored order.
     *
     * @param before how many positions at the beginning
     * @param after how many at the end
     */
    record Border(int before, int after, boolean reflects) {
        boolean isThere() {
            return before > 0 || after > 0;
        }

        static Border of(Elements.Network network, int channels) {
            int positions = network.count() / channels;
            int first = 0;
            while (first < positions && isZero(network, channels, first)) {
                first++;
            }
            int last = positions;
            while (last > first && isZero(network, channels, last - 1)) {
                last--;
            }
            if (first == positions) {
                return new Border(0, 0, false);
            }
            if (first > 0 || last < positions) {
                return new Border(first, positions - last, false);
            }
            int before = mirror(network, positions, 0, 1) / 2;
            int after = mirror(network, positions, positions - 1, -1) / 2;
            boolean mirrored = before + after < positions;
            for (int c = 0; c < channels && mirrored; c++) {
                for (int i = 1; i <= before; i++) {
                    mirrored &= same(network, c * positions + before - i, c * positions + before + i);
                }
                int end = positions - 1 - after;
                for (int i = 1; i <= after; i++) {
                    mirrored &= end - i >= 0 && same(network, c * positions + end + i, c * positions + end - i);
                }
            }
            return mirrored ? new Border(before, after, true) : new Border(0, 0, false);
        }

        private static boolean isZero(Elements.Network network, int channels, int position) {
            int positions = network.count() / channels;
            for (int c = 0; c < channels; c++) {
                int i = c * positions + position;
                if (network.sources()[i] != null || network.constants()[i] != 0) {
                    return false;
                }
            }
            return true;
        }

        /** How far from the position at an end, in the first channel, the same element stands again; 0 if it does not. */
        private static int mirror(Elements.Network network, int positions, int end, int step) {
            for (int i = end + step, far = 1; i >= 0 && i < positions; i += step, far++) {
                if (same(network, end, i)) {
                    return far % 2 == 0 ? far : 0;
                }
            }
            return 0;
        }

        private static boolean same(Elements.Network network, int i, int j) {
            return network.sources()[i] != null && network.sources()[i].equals(network.sources()[j])
                    && network.columns()[i] == network.columns()[j];
        }
    }

    /** The sizes of a window, where an operator says them in an attribute. */
    static List<Long> kernelShape(Call call, Value x) {
        List<Long> given = call.integers("kernel_shape");
        return given != null ? given : new ArrayList<>(Collections.nCopies(Math.max(0, x.rank() - 2), 1L));
    }

    /** The weights of a depthwise mean over windows. */
    float[] meanWeights() {
        float[] weights = new float[Budget.take((long) channels() * kernel)];
        Arrays.fill(weights, 1f / kernel);
        return weights;
    }
}
