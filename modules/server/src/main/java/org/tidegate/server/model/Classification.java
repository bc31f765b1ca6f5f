/* The likeliest classes of an output. */
package org.tidegate.server.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Texts;

/**
 * The extension {@code classification}: an output of FP32 or FP64 {@code [..., K]} that is asked for with the parameter
 * {@code classification} comes as BYTES {@code [..., n]}, in each row the n greatest of its K numbers, as {@code value:index} or
 * {@code value:index:label}; ties in the order of the columns, NaN last.
 */
final class Classification {
    private static final String PARAMETER = "classification";

    private Classification() {}

    /**
     * Checks what a request asks, before it runs.
     *
     * @throws ProtocolException if it asks for classes of what has none
     */
    static void check(InferenceRequest request, Serving<?, ?> serving) {
        for (InferenceRequest.Output output : request.outputs()) {
            Object count = output.parameters().get(PARAMETER);
            if (count == null) {
                continue;
            }
            if (!(count instanceof Long number) || number < 1) {
                throw ProtocolException.invalid("parameter 'classification' of output '" + Texts.shown(output.name()) + "' is "
                        + Texts.shown(count.toString()) + "; expected 1 or more classes");
            }
            boolean numbers = serving.outputs().stream().anyMatch(each -> each.name().equals(output.name()) && isReal(each.datatype())
                    && !each.shape().isEmpty());
            if (!numbers) {
                throw ProtocolException.invalid("output '" + Texts.shown(output.name()) + "' has no classes: it is none of FP32 or FP64 with a"
                        + " dimension; leave its parameter 'classification' out");
            }
        }
    }

    /** The outputs, with the classes of those that are asked for so. */
    static List<InferenceTensor> of(InferenceRequest request, Serving<?, ?> serving, List<InferenceTensor> outputs) {
        if (request.outputs().stream().noneMatch(output -> output.parameters().containsKey(PARAMETER))) {
            return outputs;
        }
        List<InferenceTensor> all = new ArrayList<>(outputs);
        for (InferenceRequest.Output output : request.outputs()) {
            if (output.parameters().get(PARAMETER) instanceof Long count) {
                all.replaceAll(each -> each.name().equals(output.name()) ? classes(each, count, serving.labels(each.name())) : each);
            }
        }
        return all;
    }

    private static boolean isReal(Datatype datatype) {
        return datatype == Datatype.FP32 || datatype == Datatype.FP64;
    }

    private static InferenceTensor classes(InferenceTensor output, long count, List<String> labels) {
        long[] shape = output.shape();
        int columns = (int) shape[shape.length - 1];
        int kept = (int) Math.min(count, columns);
        shape[shape.length - 1] = kept;
        double[] values = output.doubles();
        List<byte[]> classes = new ArrayList<>();
        for (int row = 0; row < values.length; row += columns) {
            int at = row;
            IntStream.range(0, columns).boxed().sorted(Comparator.comparing(k -> Double.isNaN(values[at + k]) ? Double.POSITIVE_INFINITY
                    : -values[at + k])).limit(kept).forEach(k -> {
                        String value = output.datatype() == Datatype.FP32 ? Float.toString((float) values[at + k]) : Double.toString(values[at + k]);
                        String label = labels.size() == columns ? ":" + labels.get(k) : "";
                        classes.add((value + ":" + k + label).getBytes(StandardCharsets.UTF_8));
                    });
        }
        return InferenceTensor.ofBytes(output.name(), classes, shape);
    }
}
