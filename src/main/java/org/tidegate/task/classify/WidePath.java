package org.tidegate.task.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tidegate.Model;
import org.tidegate.Tensor;
import org.tidegate.metrics.Temperature;
import org.tidegate.task.MeanNetwork;

/**
 * The wide path of a classifier: naive Bayes over its tokens, but as sure as it is right. It is counted, not trained; the loss is that of
 * the recurrent layers alone, which therefore learn as if it were not there, and are wrong about other texts than it is.
 *
 * <p>The log likelihoods of the tokens are averaged over a text, so that its length does not make it surer, and multiplied by the one number
 * with which the training texts, each left out of the counts, have the least loss.
 */
final class WidePath {
    /** The node of the tokens' logits {@code [V,K]}. */
    static final String ROWS = "wide";
    /** The node of their mean over a text. */
    static final String MEAN = "wide_mean";
    /** The node of that by how much it counts. */
    static final String SHARE = "wide_share";
    /** The node of the recurrent layers' logits. */
    static final String RECURRENT = "recurrent";

    private static final int MOST_LEFT_OUT = 5000; // texts: more find the same number

    private static final double SAME = 1e-4; // logits: what a logarithm of another machine may differ by

    private final ClassifierReading reading;
    private final boolean multiLabel;
    private final int unknown; // says nothing: which words it stands for changes with what is known
    private final List<int[]> texts = new ArrayList<>();
    private final List<Set<Integer>> truths = new ArrayList<>();
    private final int[][] counts; // of each label, those of the tokens
    private final int[] all;
    private final long[] tokensOf; // each label
    private final long[] textsOf;
    private final double scale; // by it the mean over a text is multiplied
    private long tokens;

    /** Of the texts that are to be counted. */
    WidePath(ClassifierReading reading, Stream<LabelledText> examples) {
        this.reading = reading;
        int labels = reading.labels().size();
        multiLabel = reading.multiLabel();
        unknown = reading.vocabulary().unknownId();
        all = new int[reading.vocabulary().size()];
        counts = new int[labels][all.length];
        tokensOf = new long[labels];
        textsOf = new long[labels];
        examples.filter(example -> multiLabel || !reading.labels(example).isEmpty())
                .forEach(example -> count(reading.tokens(example), reading.labels(example)));
        scale = scale();
    }

    private void count(int[] text, Set<Integer> labels) {
        texts.add(text);
        truths.add(labels);
        tokens += text.length;
        Arrays.stream(text).forEach(token -> all[token]++);
        for (int label : labels) {
            textsOf[label]++;
            tokensOf[label] += text.length;
            Arrays.stream(text).forEach(token -> counts[label][token]++);
        }
    }

    /** Makes it what a network answers: the recurrent layers add how frequent the labels are, and nothing else yet. */
    void put(Model model) {
        int labels = counts.length;
        model.parameter(ROWS + ".weight").set(rows());
        setShare(model, 1);
        Tensor head = model.parameter(RECURRENT + ".weight");
        head.set(new float[(int) head.size()]);
        double[] prior = IntStream.range(0, labels).mapToDouble(label -> Math.log((textsOf[label] + 1.0)
                / (multiLabel ? texts.size() - textsOf[label] + 1.0 : 1))).toArray();
        float[] biases = new float[labels];
        for (int label = 0; label < labels; label++) {
            biases[label] = (float) (multiLabel ? prior : centred(prior))[label];
        }
        model.parameter(RECURRENT + ".bias").set(biases);
    }

    /** What the tokens say of the labels, {@code [V,K]}. */
    private float[] rows() {
        int labels = counts.length;
        float[] rows = new float[all.length * labels];
        for (int token = 0; token < all.length; token++) {
            if (all[token] > 0 && token != unknown) {
                double[] row = row(token, 0, 0, Set.of());
                for (int label = 0; label < labels; label++) {
                    rows[token * labels + label] = (float) (scale * row[label]);
                }
            }
        }
        return rows;
    }

    /** Whether a model's has counted the same; in a mean of networks, that of each. */
    boolean isOf(Model model) {
        float[] rows = rows();
        return MeanNetwork.named(model, ROWS).stream().map(node -> model.parameter(node + ".weight").toArray())
                .allMatch(found -> IntStream.range(0, rows.length)
                        .allMatch(i -> Math.abs(found[i] - rows[i]) <= SAME * (1 + Math.abs(rows[i]))));
    }

    /** How much it counts beside the recurrent layers; in a mean of networks, on average. */
    static double share(Model model) {
        return MeanNetwork.named(model, SHARE).stream().mapToDouble(node -> model.parameter(node + ".weight").toArray()[0]).average()
                .orElseThrow();
    }

    /** Sets how much it counts beside the recurrent layers. */
    static void setShare(Model model, double share) {
        Tensor weight = model.parameter(SHARE + ".weight");
        float[] each = new float[(int) weight.size()];
        Arrays.fill(each, (float) share);
        weight.set(each);
    }

    private double scale() {
        double length = (double) tokens / texts.size();
        List<float[]> logits = new ArrayList<>();
        List<Set<Integer>> labels = new ArrayList<>();
        for (int i = 0; i < texts.size(); i += 1 + texts.size() / MOST_LEFT_OUT) {
            logits.add(leftOut(texts.get(i), truths.get(i), length));
            labels.add(truths.get(i));
        }
        return length / (multiLabel ? Temperature.ofLabels(logits, labels)
                : Temperature.ofClasses(logits, labels.stream().mapToInt(truth -> truth.iterator().next()).toArray()));
    }

    /** The logits of a text that it has counted, by the counts of the others. */
    float[] leftOut(LabelledText text) {
        return leftOut(reading.tokens(text), reading.labels(text), scale);
    }

    private float[] leftOut(int[] text, Set<Integer> truth, double factor) {
        Map<Integer, Integer> own = new HashMap<>();
        Arrays.stream(text).forEach(token -> own.merge(token, 1, Integer::sum));
        double[] sum = new double[counts.length];
        own.forEach((token, times) -> {
            if (all[token] > times && token != unknown) {
                double[] row = row(token, times, text.length, truth);
                Arrays.setAll(sum, label -> sum[label] + times * row[label]);
            }
        });
        float[] logits = new float[sum.length];
        for (int label = 0; label < sum.length; label++) {
            logits[label] = (float) (factor * sum[label] / text.length);
        }
        return logits;
    }

    /** What a token says of each label, without a text of so many tokens, some of them this one, that has those labels. */
    private double[] row(int token, int own, int length, Set<Integer> labels) {
        double[] row = new double[counts.length];
        for (int label = 0; label < row.length; label++) {
            boolean has = labels.contains(label);
            double with = counts[label][token] - (has ? own : 0);
            double of = tokensOf[label] - (has ? length : 0);
            row[label] = Math.log((with + 1) / (of + all.length));
            if (multiLabel) {
                row[label] -= Math.log((all[token] - own - with + 1) / (tokens - length - of + all.length));
            }
        }
        return multiLabel ? row : centred(row);
    }

    private static double[] centred(double[] row) {
        double mean = Arrays.stream(row).average().orElseThrow();
        return Arrays.stream(row).map(value -> value - mean).toArray();
    }
}
