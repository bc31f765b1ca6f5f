package org.tidegate.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decodes the output of a network trained with CTC: T frames of logits over C labels, one of which is the blank. A path has a label for
 * each frame; its labelling is what remains after repeated labels are merged and then blanks removed. Graves, Fernández, Gomez and
 * Schmidhuber, "Connectionist temporal classification", 2006.
 *
 * <p>Immutable, for all threads.
 */
public final class CtcDecoder {
    /**
     * A label sequence and its log probability.
     *
     * @param labels without blanks
     * @param logProbability in nats: that of all its paths that the beam kept; from {@link #bestPath}, that of the best path alone
     */
    public record Labelling(int[] labels, double logProbability) {}

    private final int labels;
    private final int blank;

    /**
     * A decoder over C labels.
     *
     * @param labels C, with the blank
     * @param blank the index of the blank
     * @throws IllegalArgumentException unless 0 ≤ blank &lt; labels
     */
    public CtcDecoder(int labels, int blank) {
        if (blank < 0 || blank >= labels) {
            throw new IllegalArgumentException("the blank is " + blank + " of " + labels + " labels; expected 0 to " + (labels - 1));
        }
        this.labels = labels;
        this.blank = blank;
    }

    /**
     * Best-path decoding: the labelling of the path of the most likely label in each frame.
     *
     * @param logits {@code [T,C]}
     * @return its labels and the log probability of that path
     * @throws IllegalArgumentException if there are no whole rows, one is NaN or +∞, or a row is all −∞
     */
    public Labelling bestPath(float[] logits) {
        int steps = steps(logits);
        int[] found = new int[steps];
        int count = 0;
        double total = 0;
        Stream stream = stream();
        double[] row = new double[labels];
        for (int t = 0; t < steps; t++) {
            logSoftmax(logits, t, row);
            total += Arrays.stream(row).max().orElseThrow();
            int label = stream.accept(logits, t * labels);
            if (label >= 0) {
                found[count++] = label;
            }
        }
        return new Labelling(Arrays.copyOf(found, count), total);
    }

    /** {@return a best-path decoder of one stream, frame by frame} */
    public Stream stream() {
        return new Stream();
    }

    /** Best-path decoding of one stream: keeps the label of the last frame, so that a repeated label is merged. For one thread. */
    public final class Stream {
        private int last = blank;

        private Stream() {}

        /**
         * Decodes a frame.
         *
         * @param logits C logits from the offset on
         * @param offset the index of the frame's first logit
         * @return the label that the frame adds to the labelling, or −1 if it adds none
         * @throws IllegalArgumentException if one is NaN or +∞
         */
        public int accept(float[] logits, int offset) {
            int best = 0;
            for (int c = 0; c < labels; c++) {
                if (checked(logits, offset + c) > logits[offset + best]) {
                    best = c;
                }
            }
            boolean adds = best != blank && best != last;
            last = best;
            return adds ? best : -1;
        }
    }

    /**
     * Prefix beam search: the probabilities of all paths with the same prefix of labels are summed, those that end in a blank and those
     * that do not apart, and after each frame the {@code width} most likely prefixes are kept. Graves, "Supervised sequence labelling with
     * recurrent neural networks", 2012, section 7.5; Hannun, Maas, Jurafsky and Ng, "First-pass large vocabulary continuous speech
     * recognition using bi-directional recurrent DNNs", 2014. It is exact where the width is large enough to keep every prefix.
     *
     * @param logits {@code [T,C]}
     * @param width the beam width, 1 or more
     * @param count how many labellings to return, 1 or more
     * @return the most likely first; fewer than {@code count} if fewer were kept
     * @throws IllegalArgumentException if the logits are no whole rows, one is NaN or +∞, a row is all −∞, or a number is less than 1
     */
    public List<Labelling> beam(float[] logits, int width, int count) {
        if (width < 1 || count < 1) {
            throw new IllegalArgumentException("got a beam of " + width + " and " + count + " answers; expected 1 or more of each");
        }
        int steps = steps(logits);
        double[] row = new double[labels];
        List<Prefix> beam = List.of(Prefix.empty());
        for (int t = 0; t < steps; t++) {
            logSoftmax(logits, t, row);
            beam = advance(beam, row, width);
        }
        return beam.stream().limit(count).map(prefix -> new Labelling(prefix.labels(), prefix.total())).toList();
    }

    private List<Prefix> advance(List<Prefix> beam, double[] row, int width) {
        List<Prefix> reached = new ArrayList<>();
        for (Prefix prefix : beam) {
            prefix.addBlank(row[blank], reached);
            for (int label = 0; label < labels; label++) {
                if (label != blank && row[label] > Double.NEGATIVE_INFINITY) {
                    prefix.addLabel(label, row[label], reached);
                }
            }
        }
        for (Prefix prefix : reached) {
            prefix.nextFrame();
        }
        // The sort is stable and the order of the prefixes depends on the logits alone, so ties are broken the same way each time.
        reached.sort(Comparator.comparingDouble(Prefix::total).reversed());
        int kept = Math.min(width, reached.size());
        while (kept > 1 && reached.get(kept - 1).total() == Double.NEGATIVE_INFINITY) {
            kept--;
        }
        reached.subList(kept, reached.size()).forEach(Prefix::drop);
        return reached.subList(0, kept);
    }

    private int steps(float[] logits) {
        if (logits.length % labels != 0) {
            throw new IllegalArgumentException("got " + logits.length + " logits; expected whole rows of " + labels);
        }
        return logits.length / labels;
    }

    private void logSoftmax(float[] logits, int step, double[] row) {
        boolean possible = false;
        for (int c = 0; c < labels; c++) {
            possible |= checked(logits, step * labels + c) > Float.NEGATIVE_INFINITY;
        }
        if (!possible) {
            throw new IllegalArgumentException("all logits of step " + step + " are -Infinity; expected a label that can be");
        }
        LogSoftmax.of(logits, step * labels, row);
    }

    private float checked(float[] logits, int at) {
        float logit = logits[at];
        if (Float.isNaN(logit) || logit == Float.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("the logit of label " + at % labels + " is " + logit
                    + "; the model's parameters are not finite");
        }
        return logit;
    }

    /** A node of the trie of prefixes: a label after a shorter prefix. Fields are log probabilities of the paths of the prefix. */
    private static final class Prefix {
        private final Prefix before;
        private final int label;
        private final Map<Integer, Prefix> after = new HashMap<>();
        private double blankEnd = Double.NEGATIVE_INFINITY;
        private double labelEnd = Double.NEGATIVE_INFINITY;
        private double nextBlankEnd = Double.NEGATIVE_INFINITY;
        private double nextLabelEnd = Double.NEGATIVE_INFINITY;
        private boolean reached;
        private boolean kept;

        private Prefix(Prefix before, int label) {
            this.before = before;
            this.label = label;
        }

        static Prefix empty() {
            Prefix empty = new Prefix(null, -1);
            empty.blankEnd = 0;
            return empty;
        }

        double total() {
            return add(blankEnd, labelEnd);
        }

        /** Adds the paths that continue with a blank. */
        void addBlank(double blank, List<Prefix> all) {
            reach(all);
            nextBlankEnd = add(nextBlankEnd, total() + blank);
        }

        /** Adds the paths that continue with a label. A repeated label stays in this prefix; it extends the prefix only after a blank. */
        void addLabel(int next, double score, List<Prefix> all) {
            boolean again = next == label;
            if (again) {
                nextLabelEnd = add(nextLabelEnd, labelEnd + score);
            }
            double from = again ? blankEnd : total();
            if (from > Double.NEGATIVE_INFINITY) {
                Prefix longer = after.computeIfAbsent(next, key -> new Prefix(this, key));
                longer.reach(all);
                longer.nextLabelEnd = add(longer.nextLabelEnd, from + score);
            }
        }

        void nextFrame() {
            blankEnd = nextBlankEnd;
            labelEnd = nextLabelEnd;
            nextBlankEnd = Double.NEGATIVE_INFINITY;
            nextLabelEnd = Double.NEGATIVE_INFINITY;
            reached = false;
            kept = true;
        }

        /** Removes this prefix from the beam. It stays in the trie while a longer prefix is in the beam: it may be reached again. */
        void drop() {
            blankEnd = Double.NEGATIVE_INFINITY;
            labelEnd = Double.NEGATIVE_INFINITY;
            kept = false;
            for (Prefix prefix = this; prefix.before != null && !prefix.kept && prefix.after.isEmpty(); prefix = prefix.before) {
                prefix.before.after.remove(prefix.label);
            }
        }

        int[] labels() {
            int length = 0;
            for (Prefix prefix = this; prefix.before != null; prefix = prefix.before) {
                length++;
            }
            int[] labels = new int[length];
            for (Prefix prefix = this; prefix.before != null; prefix = prefix.before) {
                labels[--length] = prefix.label;
            }
            return labels;
        }

        private void reach(List<Prefix> all) {
            if (!reached) {
                reached = true;
                all.add(this);
            }
        }

        private static double add(double a, double b) {
            double most = Math.max(a, b);
            return most == Double.NEGATIVE_INFINITY ? most : most + Math.log1p(Math.exp(Math.min(a, b) - most));
        }
    }
}
