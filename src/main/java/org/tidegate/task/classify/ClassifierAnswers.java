package org.tidegate.task.classify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.tidegate.decode.LogSoftmax;
import org.tidegate.metrics.ConfusionMatrix;
import org.tidegate.task.ExampleAnswers;
import org.tidegate.task.Worker;
import org.tidegate.task.Workers;

/** Classifies texts, for any number of threads at once. */
public final class ClassifierAnswers extends ExampleAnswers<LabelledText, ClassifierReading> {
    /** Texts of a batch. */
    private static final int BATCH = 64;

    ClassifierAnswers(ClassifierReading reading, Workers workers) {
        super(reading, workers);
    }

    /**
     * {@return the classes of a text by decreasing probability; ties in the order of {@link ClassifierReading#labels}}
     *
     * @param text the text
     * @throws IllegalArgumentException if the text has no token
     */
    public List<LabelProbability> classify(String text) {
        return classify(List.of(text)).get(0);
    }

    /**
     * Classifies texts as {@link #classify(String)}, in batches.
     *
     * @param texts the texts
     * @return the answer of each, in their order
     * @throws IllegalArgumentException if a text has no token
     */
    public List<List<LabelProbability>> classify(List<String> texts) {
        List<String> labels = reading().labels();
        return logProbabilities(texts.stream().map(text -> reading().tokens(text, "the text")).toList()).stream()
                .map(log -> IntStream.range(0, log.length).mapToObj(k -> new LabelProbability(labels.get(k), Math.exp(log[k])))
                        .sorted(Comparator.comparingDouble(each -> -each.probability())).toList())
                .toList();
    }

    /** The loss counts every text the same, whatever the class weights of the training. */
    @Override
    public ClassifierEvaluation evaluate(List<LabelledText> examples) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there are no texts to evaluate");
        }
        int[] truth = examples.stream().mapToInt(reading()::label).toArray();
        List<double[]> answers = logProbabilities(examples.stream().map(reading()::tokens).toList());
        ConfusionMatrix confusion = new ConfusionMatrix(reading().labels());
        double loss = 0;
        for (int i = 0; i < truth.length; i++) {
            double[] log = answers.get(i);
            loss -= log[truth[i]];
            confusion.add(truth[i], IntStream.range(1, log.length).reduce(0, (best, k) -> log[k] > log[best] ? k : best));
        }
        loss /= truth.length;
        return new ClassifierEvaluation(confusion, loss, figures(truth.length, loss).put("accuracy", confusion.accuracy())
                .put("macro_f1", confusion.macroF1()).confusion(confusion).build());
    }

    /** The log probabilities of the classes, [K] for each sequence of tokens. */
    private List<double[]> logProbabilities(List<int[]> sequences) {
        return inGroups(sequences, tokens -> tokens.length, BATCH, this::logProbabilities);
    }

    private List<double[]> logProbabilities(Worker worker, List<int[]> sequences) {
        reading().fillTokens(worker.batch(), sequences);
        worker.session().forward(worker.batch());
        float[] logits = worker.session().output(ClassifierReading.LOGITS).toArray();
        int classes = reading().labels().size();
        List<double[]> all = new ArrayList<>();
        for (int s = 0; s < sequences.size(); s++) {
            all.add(LogSoftmax.of(logits, s * classes, classes));
        }
        return all;
    }
}
