package org.tidegate.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The hypotheses of one search: those that live, one for each row of its own from the first on, and those that ended. */
final class BeamList {
    private final int beam;
    private final double alpha;
    private final int best;
    private final int maximumLength;
    private final List<Hypothesis> ended = new ArrayList<>();
    private final double[] logProbabilities;
    private int[][] live; // the tokens so far
    private int length;
    private int alive = 1;

    BeamList(int beam, double alpha, int best, int maximumLength) {
        this.beam = beam;
        this.alpha = alpha;
        this.best = best;
        this.maximumLength = maximumLength;
        live = new int[beam][0];
        logProbabilities = new double[beam];
    }

    /**
     * Goes one token on from the rows' logits and says in parents and tokens what the rows read next; a row without a hypothesis
     * repeats itself.
     *
     * @return whether the search goes on
     */
    boolean advance(BeamRows rows, int firstRow, int[] parents, int[] tokens) {
        for (int row = firstRow; row < firstRow + beam; row++) {
            parents[row] = row;
        }
        if (alive == 0) {
            return false;
        }
        rows.choose(firstRow, alive, logProbabilities, beam - ended.size());
        int[][] next = new int[beam][];
        alive = 0;
        for (int i = 0; i < rows.count(); i++) {
            int[] before = live[rows.source(i)];
            if (rows.ends(rows.token(i))) {
                finish(before, rows.value(i), true);
            } else {
                next[alive] = Arrays.copyOf(before, length + 1);
                next[alive][length] = rows.token(i);
                logProbabilities[alive] = rows.value(i);
                parents[firstRow + alive] = firstRow + rows.source(i);
                tokens[firstRow + alive] = rows.token(i);
                alive++;
            }
        }
        live = next;
        length++;
        if (length == maximumLength) {
            cutOff();
        } else if (isDecided()) {
            alive = 0;
        }
        return alive > 0;
    }

    List<Hypothesis> result() {
        List<Hypothesis> ranked = new ArrayList<>(ended);
        ranked.sort(Comparator.comparingDouble(hypothesis -> -hypothesis.score()));
        return List.copyOf(ranked.subList(0, Math.min(best, ranked.size())));
    }

    private void cutOff() {
        for (int i = 0; i < alive; i++) {
            finish(live[i], logProbabilities[i], false);
        }
        alive = 0;
    }

    // A live log probability only falls, and the longest length divides it by most: where even that is not above the last of the best,
    // nothing that lives can become one of them.
    private boolean isDecided() {
        if (alive == 0 || ended.size() < best) {
            return false;
        }
        double last = ended.stream().mapToDouble(hypothesis -> -hypothesis.score()).sorted().skip(best - 1).findFirst().orElseThrow();
        double hope = logProbabilities[0] / Math.pow(maximumLength, alpha);
        return -last >= hope;
    }

    private void finish(int[] tokens, double logProbability, boolean end) {
        int counted = tokens.length + (end ? 1 : 0);
        ended.add(new Hypothesis(tokens, logProbability, logProbability / Math.pow(counted, alpha), end));
    }
}
