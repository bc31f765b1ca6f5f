package org.tidegate.task.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
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
    private final List<LabelledText> all = new ArrayList<>();
    private final List<float[]> recurrent = new ArrayList<>(); // where there is a wide path
    private final List<float[]> wide = new ArrayList<>();
    private final List<float[]> logits = new ArrayList<>();
    private final List<Set<Integer>> truths = new ArrayList<>();
    private LabelFigure figure;
    private double share;
    private OptionalDouble kept = OptionalDouble.empty(); // share
    private double temperature; // 0: not known yet

    /** Of a reading whose network weighs the labels in its loss, "2,0.5", or not. */
    ClassifierScore(ClassifierReading reading, Optional<String> weights) {
        this.reading = reading;
        this.weights = weights.stream().flatMap(text -> Arrays.stream(text.split(","))).mapToDouble(Double::parseDouble).toArray();
    }

    @Override
    public void add(Session session, Batch batch, List<LabelledText> texts) {
        if (reading.wide() != Wide.OFF) {
            recurrent.addAll(rows(session, WidePath.RECURRENT, texts.size()));
            wide.addAll(rows(session, WidePath.MEAN, texts.size()));
        } else {
            logits.addAll(rows(session, ClassifierReading.LOGITS, texts.size()));
        }
        texts.forEach(text -> truths.add(reading.labels(text)));
        all.addAll(texts);
        temperature = 0;
    }

    /** Takes the logits of the wide path by the counts of all other texts: it has counted these, too. */
    void leaveOut(WidePath path) {
        IntStream.range(0, all.size()).forEach(i -> wide.set(i, path.leftOut(all.get(i))));
        temperature = 0;
    }

    /** Leaves it as it is how much the wide path counts. */
    void keepShare(double share) {
        kept = OptionalDouble.of(share);
        temperature = 0;
    }

    /** Whether the recurrent layers say the same of every text, as before the first step. */
    private boolean isConstant() {
        return recurrent.stream().allMatch(row -> Arrays.equals(row, recurrent.get(0)));
    }

    private List<float[]> rows(Session session, String output, int texts) {
        float[] rows = session.output(output).toArray();
        int labels = reading.labels().size();
        return IntStream.range(0, texts).mapToObj(s -> Arrays.copyOfRange(rows, s * labels, (s + 1) * labels)).toList();
    }

    /** Finds how sure the logits may be and, where there is a wide path, how much it counts. */
    private void settle() {
        if (temperature != 0) {
            return;
        }
        temperature = 1;
        share = kept.orElse(1);
        boolean enough = truths.size() >= LEAST_TEXTS;
        if (reading.wide() != Wide.OFF) {
            if (enough && kept.isEmpty() && !isConstant()) {
                Mixture mixture = Mixture.of(recurrent, wide, truths, reading.multiLabel());
                temperature = 1 / mixture.first();
                share = mixture.second() / mixture.first();
            }
            Mixture sum = new Mixture(1, share);
            logits.clear();
            IntStream.range(0, wide.size()).forEach(i -> logits.add(sum.of(recurrent.get(i), wide.get(i))));
        }
        if (enough && (reading.wide() == Wide.OFF || kept.isPresent())) {
            temperature = reading.multiLabel() ? Temperature.ofLabels(logits, truths)
                    : Temperature.ofClasses(logits, truths.stream().mapToInt(ClassifierScore::only).toArray());
        }
        figure = new LabelFigure(reading.multiLabel());
        IntStream.range(0, all.size()).forEach(i -> figure.add(all.get(i), truths.get(i), answer(logits.get(i))));
    }

    private Set<Integer> answer(float[] row) {
        if (reading.multiLabel()) {
            return IntStream.range(0, row.length).filter(k -> row[k] >= 0).boxed().collect(Collectors.toSet());
        }
        return Set.of(IntStream.range(1, row.length).reduce(0, (best, k) -> row[k] > row[best] ? k : best));
    }

    @Override
    public double value() {
        settle();
        return figure.value();
    }

    int texts() {
        return truths.size();
    }

    /** The temperature of the probabilities; 1 of too few texts. */
    double temperature() {
        settle();
        return temperature;
    }

    /** How much the wide path counts beside the recurrent layers; 1 of too few texts. */
    double share() {
        settle();
        return share;
    }

    /** A text's class; -1 of one that training did not have. */
    private static int only(Set<Integer> truth) {
        return truth.isEmpty() ? -1 : truth.iterator().next();
    }

    @Override
    public double loss(double network) {
        settle();
        if (temperature == 1 && reading.wide() == Wide.OFF) {
            return network;
        }
        double sum = 0;
        double count = 0;
        for (int i = 0; i < logits.size(); i++) {
            float[] row = Temperature.applied(logits.get(i), temperature);
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
