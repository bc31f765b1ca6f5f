package org.tidegate.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The hypotheses of one search: the live ones, one for each of its rows from the first on, and the finished ones. */
final class BeamList {
    private final int beam;
    private final double alpha;
    private final int best;
    private final int maximumLength;
    private final List<Hypothesis> finished = new ArrayList<>();
    private final double[] logProbabilities;
    private int[][] live; // tokens so far
    private int length;
    private int liveCount = 1;

    BeamList(int beam, double alpha, int best, int maximumLength) {
        this.beam = beam;
        this.alpha = alpha;
        this.best = best;
        this.maximumLength = maximumLength;
        live = new int[beam][0];
        logProbabilities = new double[beam];
    }

    /**
     * Extends each live hypothesis by a token and writes parent row and token of each row, the input of the next step, into parents and
     * tokens. A row without a live hypothesis is its own parent and repeats its token.
     *
     * @return whether the search continues
     */
    boolean advance(BeamRows rows, int firstRow, int[] parents, int[] tokens) {
        for (int row = firstRow; row < firstRow + beam; row++) {
            parents[row] = row;
        }
        if (liveCount == 0) {
            return false;
        }
        rows.choose(firstRow, liveCount, logProbabilities, beam - finished.size());
        int[][] next = new int[beam][];
        liveCount = 0;
        for (int i = 0; i < rows.count(); i++) {
            int[] before = live[rows.source(i)];
            if (rows.ends(rows.token(i))) {
                finish(before, rows.value(i), true);
            } else {
                next[liveCount] = Arrays.copyOf(before, length + 1);
                next[liveCount][length] = rows.token(i);
                logProbabilities[liveCount] = rows.value(i);
                parents[firstRow + liveCount] = firstRow + rows.source(i);
                tokens[firstRow + liveCount] = rows.token(i);
                liveCount++;
            }
        }
        live = next;
        length++;
        if (length == maximumLength) {
            cutOff();
        } else if (isDecided()) {
            liveCount = 0;
        }
        return liveCount > 0;
    }

    List<Hypothesis> result() {
        List<Hypothesis> ranked = new ArrayList<>(finished);
        ranked.sort(Comparator.comparingDouble(hypothesis -> -hypothesis.score()));
        return List.copyOf(ranked.subList(0, Math.min(best, ranked.size())));
    }

    private void cutOff() {
        for (int i = 0; i < liveCount; i++) {
            finish(live[i], logProbabilities[i], false);
        }
        liveCount = 0;
    }

    // A live log probability can only fall, and maximumLength^alpha is the largest divisor it can get. Where this upper bound does not
    // exceed the worst of the best finished scores, no live hypothesis can become one of the best.
    private boolean isDecided() {
        if (liveCount == 0 || finished.size() < best) {
            return false;
        }
        double worstOfBest = -finished.stream().mapToDouble(hypothesis -> -hypothesis.score()).sorted().skip(best - 1).findFirst()
                .orElseThrow();
        double bound = logProbabilities[0] / Math.pow(maximumLength, alpha);
        return worstOfBest >= bound;
    }

    private void finish(int[] tokens, double logProbability, boolean end) {
        int counted = tokens.length + (end ? 1 : 0);
        finished.add(new Hypothesis(tokens, logProbability, logProbability / Math.pow(counted, alpha), end));
    }
}
