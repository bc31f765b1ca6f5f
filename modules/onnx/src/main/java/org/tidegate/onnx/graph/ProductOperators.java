package org.tidegate.onnx.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Matrix products with known weights: linear layers. */
final class ProductOperators {
    private static final int MOST_OUTPUTS = 64;

    private ProductOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("MatMul", ProductOperators::matMul);
        all.put("Gemm", ProductOperators::gemm);
    }

    private static void matMul(Call call) {
        Value a = call.in(0);
        Value b = call.in(1);
        if (a.isKnown() && b.isKnown()) {
            call.out(product(call, a, b));
            return;
        }
        if (!a.isKnown() && !b.isKnown()) {
            call.out(ofTwo(call, a, b));
            return;
        }
        Value known = a.isKnown() ? a : b;
        while (known.rank() > 2 && known.columns(0) == 1 && known.isColumns(0)) {
            known = known.squeezed(0);
        }
        if (known.numbers() == null || known.rank() > 2 || known.rank() == 0) {
            throw call.refuse("a weight of shape " + known.shape() + ", another one for each of several places",
                    "a weight [inputs, outputs] is a linear layer");
        }
        boolean vector = known.rank() == 1;
        if (a.isKnown()) {
            // W X is (X^T W^T)^T.
            if (b.rank() < 2) {
                throw call.refuse("a product of shapes " + a.shape() + " and " + b.shape(), null);
            }
            int[] turn = java.util.stream.IntStream.range(0, b.rank()).map(d -> d < b.rank() - 2 ? d : 2 * b.rank() - 3 - d).toArray();
            Value made = linear(call, b.transposed(turn), vector ? known.unsqueezed(0) : known, null);
            call.out(vector ? made.squeezed(b.rank() - 1) : made.transposed(turn));
            return;
        }
        Value made = linear(call, a, vector ? known.unsqueezed(0) : known.transposed(1, 0), null);
        call.out(vector ? made.squeezed(made.rank() - 1) : made);
    }

    /**
     * Of two values that are computed: sums over columns, as of a query of each sequence and the keys of its steps, or over time, as of the
     * weights of the steps and their values.
     */
    private static Value ofTwo(Call call, Value a, Value b) {
        int rank = Math.max(a.rank(), b.rank());
        if (a.rank() < 2 || b.rank() < 2) {
            throw call.refuse("a product of shapes " + a.shape() + " and " + b.shape() + ", both computed while the model runs",
                    "a product with a known weight on the right is a linear layer");
        }
        // [.., M, K, 1] times [.., 1, K, N], summed over K.
        Value left = a.unsqueezed(a.rank());
        Value right = b.unsqueezed(b.rank() - 2);
        int outputs = left.columns(left.rank() - 3) * right.columns(right.rank() - 1);
        if (outputs > MOST_OUTPUTS) {
            throw call.refuse("a product of shapes " + a.shape() + " and " + b.shape() + ", both computed while the model runs, of "
                    + outputs
                    + " sums a row; at most " + MOST_OUTPUTS, "a product with a known weight on the right is a linear layer");
        }
        Value product = ElementwiseOperators.combined(call, left, right, "mul", null, null);
        return ReductionOperators.sum(call, product, new int[] {rank - 1}).squeezed(rank - 1);
    }

    private static void gemm(Call call) {
        Value a = call.in(0);
        Value b = call.in(1);
        float alpha = (float) call.number("alpha", 1);
        float beta = (float) call.number("beta", 1);
        if (call.integer("transA", 0) != 0) {
            throw call.refuse("transA=1 makes rows of columns", "export the model with the batch first");
        }
        if (b.numbers() == null || b.rank() != 2) {
            throw call.refuse("its weight of shape " + b.shape() + " is computed while the model runs", null);
        }
        Value weight = call.integer("transB", 0) != 0 ? b : b.transposed(1, 0);
        if (alpha != 1) {
            weight = weight.with(scaled(weight.numbers(), alpha));
        }
        Elements.Numbers bias = null;
        if (call.has(2)) {
            Value c = call.in(2);
            int outputs = weight.columns(0);
            if (c.numbers() == null || c.elements().count() != outputs && c.elements().count() != 1) {
                throw call.refuse("its third input of shape " + c.shape() + " is no bias of " + outputs + " numbers", null);
            }
            bias = c.spread(List.of(List.of(new Factor.Columns(outputs)))).numbers();
            bias = beta == 1 ? bias : scaled(bias, beta);
        }
        call.out(linear(call, a, weight, bias));
    }

    private static Elements.Numbers scaled(Elements.Numbers numbers, float by) {
        float[] values = numbers.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] *= by;
        }
        return new Elements.Numbers(values);
    }

    /** x [..., C] times weight [M, C], and the bias [M] or null. */
    private static Value linear(Call call, Value x, Value weight, Elements.Numbers bias) {
        int last = x.rank() - 1;
        call.needColumns(x, last, "the dimension that is multiplied");
        int inputs = weight.columns(1);
        int outputs = weight.columns(0);
        if (x.columns(last) != inputs) {
            throw call.refuse("a value of shape " + x.shape() + " and a weight of " + inputs + " inputs", null);
        }
        List<List<Factor>> dims = new ArrayList<>(x.dims());
        dims.set(last, List.of(new Factor.Columns(outputs)));
        int positions = x.columns(0, last);
        if (positions == 1) {
            Source source = call.source(x);
            Source node = call.node("linear", source, attributes(outputs, bias != null), outputs);
            call.draft().parameter(node, "weight", weight.numbers().values());
            if (bias != null) {
                call.draft().parameter(node, "bias", bias.values());
            }
            return new Value(dims, Elements.Network.of(node));
        }
        // The same weight at each of several positions of a row is a convolution with a kernel of 1 over [C, positions].
        Source source = call.draft().of(call.hint(), channelsFirst(x.elements().count(), inputs, x.network()));
        Map<String, String> attributes = new LinkedHashMap<>(Map.of("channels", "" + inputs, "filters", "" + outputs, "kernel", "1"));
        attributes.put("bias", "" + (bias != null));
        Source node = call.node("conv1d", source, attributes, outputs * positions);
        call.draft().parameter(node, "weight", weight.numbers().values());
        if (bias != null) {
            call.draft().parameter(node, "bias", bias.values());
        }
        int[] back = new int[outputs * positions];
        for (int p = 0; p < positions; p++) {
            for (int o = 0; o < outputs; o++) {
                back[p * outputs + o] = o * positions + p;
            }
        }
        return new Value(dims, Elements.Network.of(node).select(back));
    }

    private static Elements.Network channelsFirst(int count, int channels, Elements.Network network) {
        int[] map = new int[count];
        int positions = count / channels;
        for (int c = 0; c < channels; c++) {
            for (int p = 0; p < positions; p++) {
                map[c * positions + p] = p * channels + c;
            }
        }
        return network.select(map);
    }

    private static Map<String, String> attributes(int columns, boolean bias) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("cols", "" + columns);
        if (!bias) {
            attributes.put("bias", "false");
        }
        return attributes;
    }

    /** Of known matrices. */
    private static Value product(Call call, Value a, Value b) {
        if (a.rank() != 2 || b.rank() != 2 || a.numbers() == null || b.numbers() == null || a.columns(1) != b.columns(0)) {
            throw call.refuse("a product of known values of shapes " + a.shape() + " and " + b.shape(), null);
        }
        int rows = a.columns(0);
        int inner = a.columns(1);
        int columns = b.columns(1);
        float[] made = new float[Math.multiplyExact(rows, columns)];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double sum = 0;
                for (int k = 0; k < inner; k++) {
                    sum += (double) a.numbers().values()[i * inner + k] * b.numbers().values()[k * columns + j];
                }
                made[i * columns + j] = (float) sum;
            }
        }
        return Value.of(new Elements.Numbers(made), rows, columns);
    }
}
