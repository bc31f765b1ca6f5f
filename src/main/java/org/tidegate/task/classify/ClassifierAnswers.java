package org.tidegate.task.classify;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tidegate.decode.LogSoftmax;
import org.tidegate.metrics.Bootstrap;
import org.tidegate.metrics.CalibrationError;
import org.tidegate.metrics.ClassScore;
import org.tidegate.metrics.ConfusionMatrix;
import org.tidegate.metrics.LabelCounts;
import org.tidegate.metrics.Temperature;
import org.tidegate.task.ExampleAnswers;
import org.tidegate.task.Figures;
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
     * {@return all labels by decreasing probability; ties in the order of {@link ClassifierReading#labels}} Their probabilities sum to 1.
     * Where a text may have several labels each has a probability of its own, and the text's labels are those whose probability is at
     * least a threshold, such as {@link Classifier#THRESHOLD}.
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
        return probabilities(texts.stream().map(text -> reading().tokens(text, "the text")).toList()).stream()
                .map(row -> IntStream.range(0, row.length).mapToObj(k -> new LabelProbability(labels.get(k), row[k]))
                        .sorted(Comparator.comparingDouble(each -> -each.probability())).toList())
                .toList();
    }

    /**
     * {@return the probabilities of texts in the order of {@link ClassifierReading#labels}, as {@link #classify(String)}} For who reads texts
     * in one thread and answers them in another.
     *
     * @param texts the ids of each text's tokens, at least one, of {@link ClassifierReading#tokens}
     * @throws IllegalArgumentException if a text has no token, or an id that the vocabulary has not
     */
    public List<double[]> probabilities(List<int[]> texts) {
        return logits(texts).stream().map(reading()::probabilities).toList();
    }

    /**
     * The loss counts every text the same, whatever the class weights of the training. Several labels: {@link Classifier#THRESHOLD}. A label
     * that training did not have counts as wrong and as a class of its own; it has no part in the loss.
     */
    @Override
    public ClassifierEvaluation evaluate(List<LabelledText> examples) {
        return reading().multiLabel() ? evaluate(examples, Classifier.THRESHOLD) : evaluateClasses(examples);
    }

    /**
     * Measures a classifier of several labels a text, as {@link #evaluate(List)}.
     *
     * @param examples the texts, at least one
     * @param threshold the probability from which on a text has a label, 0 to 1
     * @return the evaluation
     * @throws IllegalArgumentException as {@link #evaluate(List)}, or if the threshold is not from 0 to 1
     * @throws IllegalStateException if a text has one label only
     */
    public ClassifierEvaluation evaluate(List<LabelledText> examples, double threshold) {
        if (!reading().multiLabel()) {
            throw new IllegalStateException("This classifier gives a text its most likely label, whatever the threshold; evaluate it"
                    + " without one.");
        }
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("the threshold is " + threshold + "; expected a probability, 0 to 1");
        }
        List<float[]> answers = logitsOf(examples);
        List<String> labels = labelsWith(examples);
        LabelCounts counts = new LabelCounts(labels);
        Bootstrap right = new Bootstrap(); // right labels twice, and those of the truth and the answer: micro F1 is their ratio
        CalibrationError calibration = new CalibrationError();
        double loss = 0;
        for (int i = 0; i < examples.size(); i++) {
            Set<Integer> truth = examples.get(i).labels().stream().map(labels::indexOf).collect(Collectors.toSet());
            double[] probabilities = reading().probabilities(answers.get(i));
            Set<Integer> answer = IntStream.range(0, probabilities.length).filter(k -> probabilities[k] >= threshold).boxed()
                    .collect(Collectors.toSet());
            counts.add(truth, answer);
            right.add(2.0 * answer.stream().filter(truth::contains).count(), truth.size() + answer.size());
            for (int k = 0; k < probabilities.length; k++) {
                double logit = answers.get(i)[k] / reading().temperature();
                loss += ClassifierScore.softplus(truth.contains(k) ? -logit : logit);
                calibration.add(probabilities[k], truth.contains(k));
            }
        }
        loss /= (double) examples.size() * reading().labels().size();
        List<ClassScore> constant = counts.constantScores();
        String always = constant.stream().filter(score -> score.given() > 0).map(ClassScore::name).collect(Collectors.joining(", "));
        Figures.Builder figures = figures(examples, loss)
                .put("threshold", threshold, threshold + ": a text has the labels that are at least as probable")
                .put("micro_f1", counts.microF1()).interval("micro_f1", right.ratio()).put("macro_f1", counts.macroF1())
                .put("exact_match", counts.exactMatch(), String.format(Locale.ROOT, "%.4f of the texts have every label right",
                        counts.exactMatch()))
                .put("constant_micro_f1", ClassScore.microF1(constant), String.format(Locale.ROOT, "%.4f, of always giving %s",
                        ClassScore.microF1(constant), always.isEmpty() ? "none" : always))
                .put("constant_macro_f1", ClassScore.macroF1(constant))
                .put("constant_exact_match", counts.constantExactMatch(), String.format(Locale.ROOT,
                        "%.4f, of always giving the most frequent set of labels", counts.constantExactMatch()))
                .classes(counts.scores());
        return new ClassifierEvaluation(counts.scores(), counts.exactMatch(), loss, withCalibration(figures, calibration).build());
    }

    /** With the temperature, as {@link #evaluate(List)}. */
    @Override
    public double loss(List<LabelledText> examples) {
        return evaluate(examples).loss();
    }

    private ClassifierEvaluation evaluateClasses(List<LabelledText> examples) {
        List<float[]> answers = logitsOf(examples);
        List<String> labels = labelsWith(examples);
        ConfusionMatrix confusion = new ConfusionMatrix(labels);
        Bootstrap right = new Bootstrap();
        CalibrationError calibration = new CalibrationError();
        double loss = 0;
        long scored = 0;
        for (int i = 0; i < examples.size(); i++) {
            int truth = labels.indexOf(examples.get(i).label());
            float[] row = Temperature.applied(answers.get(i), reading().temperature());
            double[] log = LogSoftmax.of(row, 0, row.length);
            if (truth < log.length) {
                loss -= log[truth];
                scored++;
            }
            int answer = IntStream.range(1, log.length).reduce(0, (best, k) -> log[k] > log[best] ? k : best);
            calibration.add(Math.min(1, Math.exp(log[answer])), truth == answer);
            confusion.add(truth, answer);
            right.add(truth == answer ? 1 : 0, 1);
        }
        loss /= scored;
        Figures.Builder figures = figures(examples, loss).put("accuracy", confusion.accuracy()).interval("accuracy", right.ratio())
                .put("macro_f1", confusion.macroF1()).confusion(confusion);
        return new ClassifierEvaluation(confusion.scores(), confusion.accuracy(), loss, withCalibration(figures, calibration).build());
    }

    /** With what the training found, too. */
    private Figures.Builder withCalibration(Figures.Builder figures, CalibrationError calibration) {
        figures.put("calibration_error", calibration.value());
        reading().putFound(figures);
        return figures;
    }

    /** The labels of the model, and after them those that only the examples have. */
    private List<String> labelsWith(List<LabelledText> examples) {
        Set<String> labels = new LinkedHashSet<>(reading().labels());
        examples.forEach(example -> labels.addAll(example.labels()));
        return List.copyOf(labels);
    }

    /** The logits of examples, all of which can be measured. */
    private List<float[]> logitsOf(List<LabelledText> examples) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there are no texts to evaluate");
        }
        examples.forEach(reading()::labels);
        checkKnown(examples);
        return logits(examples.stream().map(reading()::tokens).toList());
    }

    /** The logits of the labels, [K] for each sequence of tokens. */
    private List<float[]> logits(List<int[]> sequences) {
        return inGroups(sequences, tokens -> tokens.length, BATCH, this::logits);
    }

    private List<float[]> logits(Worker worker, List<int[]> sequences) {
        reading().fillTokens(worker.batch(), sequences);
        worker.session().forward(worker.batch());
        float[] logits = worker.session().output(ClassifierReading.LOGITS).toArray();
        int labels = reading().labels().size();
        return IntStream.range(0, sequences.size()).mapToObj(s -> Arrays.copyOfRange(logits, s * labels, (s + 1) * labels)).toList();
    }
}
