package org.tidegate.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads label sequences out of what a network trained with CTC says: T rows of unnormalised log probabilities over C labels, one of
 * which is the blank. A path names a label for each row; the sequence that it spells is what is left when repeats are collapsed and
 * then blanks dropped. Graves, Fernández, Gomez and Schmidhuber, "Connectionist temporal classification", 2006.
 *
 * <p>Immutable, for all threads.
 */
public final class CtcDecoder {
    /**
     * A label sequence and how likely it is.
     *
     * @param labels without blanks
     * @param logProbability in nats: the sum over the paths that spell it and were kept; of the {@link #bestPath} of this path alone
     */
    public record Spelling(int[] labels, double logProbability) {}

    private final int labels;
    private final int blank;

    /**
     * A decoder over so many labels.
     *
     * @param labels C, with the blank
     * @param blank the blank's number
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
     * The sequence that the likeliest path spells.
     *
     * @param logits {@code [T,C]}
     * @throws IllegalArgumentException if they are no whole rows, or one is NaN or +∞
     */
    public Spelling bestPath(float[] logits) {
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
        return new Spelling(Arrays.copyOf(found, count), total);
    }

    /** Best-path decoding row by row, as the rows come. */
    public Stream stream() {
        return new Stream();
    }

    /** Best-path decoding of one stream: keeps the last row's label, so that a label that goes on is not spelled twice. */
    public final class Stream {
        private int last = blank;

        private Stream() {}

        /**
         * Reads a row.
         *
         * @param logits C unnormalised log probabilities from an offset on
         * @return the label that the row adds, or −1 if it adds none
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
     * The likeliest sequences by prefix beam search: the probabilities of all paths that spell the same prefix are added up, those
     * that end in a blank and those that do not kept apart, and after each row the {@code width} likeliest prefixes go on. Graves,
     * "Supervised sequence labelling with recurrent neural networks", 2012, section 7.5; Hannun, Maas, Jurafsky and Ng, "First-pass
     * large vocabulary continuous speech recognition using bi-directional recurrent DNNs", 2014. With a width that loses no prefix it
     * is exact.
     *
     * @param logits {@code [T,C]}
     * @param width how many prefixes are kept, 1 or more
     * @param count how many sequences to return, 1 or more
     * @return the likeliest first; fewer than {@code count} if fewer were kept
     * @throws IllegalArgumentException if the logits are no whole rows, one is NaN or +∞, or a number is less than 1
     */
    public List<Spelling> beam(float[] logits, int width, int count) {
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
        return beam.stream().limit(count).map(prefix -> new Spelling(prefix.labels(), prefix.total())).toList();
    }

    private List<Prefix> advance(List<Prefix> beam, double[] row, int width) {
        List<Prefix> reached = new ArrayList<>();
        for (Prefix prefix : beam) {
            prefix.stay(row[blank], reached);
            for (int label = 0; label < labels; label++) {
                if (label != blank && row[label] > Double.NEGATIVE_INFINITY) {
                    prefix.extend(label, row[label], reached);
                }
            }
        }
        for (Prefix prefix : reached) {
            prefix.turn();
        }
        // The sort is stable, and prefixes are reached in an order that the logits alone decide: ties come out the same each time.
        reached.sort(Comparator.comparingDouble(Prefix::total).reversed());
        int kept = Math.min(width, reached.size());
        while (kept > 1 && reached.get(kept - 1).total() == Double.NEGATIVE_INFINITY) {
            kept--;
        }
        reached.subList(kept, reached.size()).forEach(Prefix::forget);
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

    /** A node of the tree of prefixes: a label after a shorter prefix. */
    private static final class Prefix {
        private final Prefix before;
        private final int label;
        private final Map<Integer, Prefix> after = new HashMap<>();
        private double inBlank = Double.NEGATIVE_INFINITY;
        private double inLabel = Double.NEGATIVE_INFINITY;
        private double nextInBlank = Double.NEGATIVE_INFINITY;
        private double nextInLabel = Double.NEGATIVE_INFINITY;
        private boolean reached;
        private boolean kept;

        private Prefix(Prefix before, int label) {
            this.before = before;
            this.label = label;
        }

        static Prefix empty() {
            Prefix empty = new Prefix(null, -1);
            empty.inBlank = 0;
            return empty;
        }

        double total() {
            return add(inBlank, inLabel);
        }

        /** Paths that end in a blank now. */
        void stay(double blank, List<Prefix> all) {
            reach(all);
            nextInBlank = add(nextInBlank, total() + blank);
        }

        /** Paths that end in a label now: the same label again belongs to this prefix, and to a longer one only after a blank. */
        void extend(int next, double score, List<Prefix> all) {
            boolean again = next == label;
            if (again) {
                nextInLabel = add(nextInLabel, inLabel + score);
            }
            double from = again ? inBlank : total();
            if (from > Double.NEGATIVE_INFINITY) {
                Prefix longer = after.computeIfAbsent(next, key -> new Prefix(this, key));
                longer.reach(all);
                longer.nextInLabel = add(longer.nextInLabel, from + score);
            }
        }

        void turn() {
            inBlank = nextInBlank;
            inLabel = nextInLabel;
            nextInBlank = Double.NEGATIVE_INFINITY;
            nextInLabel = Double.NEGATIVE_INFINITY;
            reached = false;
            kept = true;
        }

        /** Falls out of the beam. It stays in the tree as long as a longer prefix is in the beam, for it may be reached again. */
        void forget() {
            inBlank = Double.NEGATIVE_INFINITY;
            inLabel = Double.NEGATIVE_INFINITY;
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
