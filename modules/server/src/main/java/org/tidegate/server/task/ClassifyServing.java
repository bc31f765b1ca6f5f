/* Classification of texts. */
package org.tidegate.server.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.task.classify.ClassifierAnswers;

/** Texts [N]; of each the likeliest label [N], its probability [N], and the probabilities of all labels [N, K]. */
final class ClassifyServing extends TaskServing<ClassifierAnswers, List<int[]>, List<double[]>> {
    private static final String LABEL = "label";
    private static final String PROBABILITY = "probability";
    private static final String PROBABILITIES = "probabilities";

    private final List<String> labels;

    ClassifyServing(ClassifierAnswers answers) {
        super(answers);
        labels = answers.reading().labels();
    }

    @Override
    public List<TensorMetadata> outputs() {
        return List.of(TensorMetadata.of(LABEL, Datatype.BYTES, -1), TensorMetadata.of(PROBABILITY, Datatype.FP32, -1),
                TensorMetadata.of(PROBABILITIES, Datatype.FP32, -1, labels.size()));
    }

    @Override
    public List<String> labels(String output) {
        return output.equals(PROBABILITIES) ? labels : List.of();
    }

    @Override
    void describe(Map<String, String> properties) {
        properties.put("labels", String.join("\n", labels));
        properties.put("multi_label", Boolean.toString(answers().reading().multiLabel()));
    }

    @Override
    public List<int[]> read(InferenceRequest request) {
        List<String> texts = texts(request, TEXT);
        List<int[]> tokens = new ArrayList<>(texts.size());
        for (String text : texts) {
            tokens.add(answers().reading().tokens(text, "text " + tokens.size()));
        }
        return tokens;
    }

    @Override
    public int size(List<int[]> texts) {
        return texts.size();
    }

    @Override
    public List<List<double[]>> run(List<List<int[]>> inputs) {
        return split(inputs, answers().probabilities(inputs.stream().flatMap(List::stream).toList()));
    }

    @Override
    public List<InferenceTensor> write(InferenceRequest request, List<int[]> texts, List<double[]> found) {
        int n = texts.size();
        int[] best = found.stream().mapToInt(ClassifyServing::best).toArray();
        return new Outputs(request)
                .add(LABEL, () -> InferenceTensor.of(LABEL, Arrays.stream(best).mapToObj(labels::get).toList(), n))
                .add(PROBABILITY, () -> InferenceTensor.of(PROBABILITY, floats(n, 1, (i, k) -> found.get(i)[best[i]]), n))
                .add(PROBABILITIES, () -> InferenceTensor.of(PROBABILITIES, floats(n, labels.size(), (i, k) -> found.get(i)[k]), n, labels.size()))
                .list();
    }

    private static int best(double[] probabilities) {
        int best = 0;
        for (int k = 1; k < probabilities.length; k++) {
            best = probabilities[k] > probabilities[best] ? k : best;
        }
        return best;
    }
}
