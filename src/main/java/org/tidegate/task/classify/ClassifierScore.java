package org.tidegate.task.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tidegate.Batch;
import org.tidegate.Session;
import org.tidegate.decode.LogSoftmax;
import org.tidegate.metrics.Temperature;
import org.tidegate.task.ExampleReading;

/**
 * The figure and the temperature of a validation, and the loss of the probabilities with this temperature: it is not the one that grows
 * because a network becomes too sure of itself.
 */
final class ClassifierScore implements ExampleReading.Score<LabelledText> {
    /** Of fewer held-out texts no temperature is set: it would be one of chance. */
    static final int LEAST_TEXTS = 50;

    private final ClassifierReading reading;
    private final double[] weights; // of the labels in the loss; empty: 1
    private final LabelFigure figure;
    private final List<float[]> logits = new ArrayList<>();
    private final List<Set<Integer>> truths = new ArrayList<>();
    private double temperature; // 0: not known yet

    /** Of a reading whose network weighs the labels in its loss, "2,0.5", or not. */
    ClassifierScore(ClassifierReading reading, Optional<String> weights) {
        this.reading = reading;
        this.weights = weights.stream().flatMap(text -> Arrays.stream(text.split(","))).mapToDouble(Double::parseDouble).toArray();
        figure = new LabelFigure(reading.multiLabel());
    }

    @Override
    public void add(Session session, Batch batch, List<LabelledText> texts) {
        float[] rows = session.output(ClassifierReading.LOGITS).toArray();
        int labels = reading.labels().size();
        for (int s = 0; s < texts.size(); s++) {
            float[] row = Arrays.copyOfRange(rows, s * labels, (s + 1) * labels);
            Set<Integer> truth = reading.labels(texts.get(s));
            logits.add(row);
            truths.add(truth);
            figure.add(texts.get(s), truth, answer(row));
        }
        temperature = 0;
    }

    private Set<Integer> answer(float[] row) {
        if (reading.multiLabel()) {
            return IntStream.range(0, row.length).filter(k -> row[k] >= 0).boxed().collect(Collectors.toSet());
        }
        return Set.of(IntStream.range(1, row.length).reduce(0, (best, k) -> row[k] > row[best] ? k : best));
    }

    @Override
    public double value() {
        return figure.value();
    }

    int texts() {
        return logits.size();
    }

    /** The temperature of the probabilities; 1 of too few texts. */
    double temperature() {
        if (temperature == 0) {
            temperature = texts() < LEAST_TEXTS ? 1 : reading.multiLabel() ? Temperature.ofLabels(logits, truths)
                    : Temperature.ofClasses(logits, truths.stream().mapToInt(ClassifierScore::only).toArray());
        }
        return temperature;
    }

    /** A text's class; -1 of one that training did not have. */
    private static int only(Set<Integer> truth) {
        return truth.isEmpty() ? -1 : truth.iterator().next();
    }

    @Override
    public double loss(double network) {
        if (temperature() == 1) {
            return network;
        }
        double sum = 0;
        double count = 0;
        for (int i = 0; i < logits.size(); i++) {
            float[] row = Temperature.applied(logits.get(i), temperature());
            if (reading.multiLabel()) {
                sum += labelLoss(row, truths.get(i));
                count += row.length;
            } else if (!truths.get(i).isEmpty()) {
                int truth = only(truths.get(i));
                sum -= weight(truth) * LogSoftmax.of(row, 0, row.length)[truth];
                count += weight(truth);
            }
        }
        return sum / count;
    }

    private double labelLoss(float[] row, Set<Integer> truth) {
        double sum = 0;
        for (int k = 0; k < row.length; k++) {
            sum += truth.contains(k) ? weight(k) * softplus(-row[k]) : softplus(row[k]);
        }
        return sum;
    }

    /** Of a label that is there; one weight may be that of all. */
    private double weight(int label) {
        return weights.length == 0 ? 1 : weights[Math.min(label, weights.length - 1)];
    }

    /** log(1 + exp x): what a label that is not there costs. */
    static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
