package org.tidegate.decode;

import java.nio.FloatBuffer;
import java.util.Arrays;

/** The logits of one step, {@code [rows, vocabulary]}, and from them the best continuations of the live hypotheses of a search. */
final class BeamRows {
    private final int end;
    private final int[] banned;
    private final double[] values; // log probabilities of the candidates, best first
    private final int[] sources;
    private final int[] tokens;
    private FloatBuffer logits;
    private int vocabulary;
    private boolean[] isBanned = {};
    private int count;

    BeamRows(int beam, int end, int[] banned) {
        this.end = end;
        this.banned = banned;
        values = new double[beam];
        sources = new int[beam];
        tokens = new int[beam];
    }

    void setLogits(FloatBuffer given, int rows) {
        int columns = given.remaining() / rows;
        if (columns < 1 || columns * rows != given.remaining()) {
            throw new IllegalArgumentException("got " + given.remaining() + " logits for " + rows
                    + " rows; expected as many for each");
        }
        if (columns != vocabulary) {
            setVocabulary(columns);
        }
        logits = given;
    }

    /** Whether that token ends a sequence. */
    boolean ends(int token) {
        return token == end;
    }

    /** Finds the {@code most} likely continuations of some rows; ties go to the earlier row, then to the smaller token. */
    void choose(int firstRow, int rows, double[] logProbabilities, int most) {
        count = 0;
        for (int source = 0; source < rows; source++) {
            scan(firstRow + source, source, logProbabilities[source], most);
        }
        if (count == 0) {
            throw new IllegalArgumentException("every token that may be chosen has the logit -Infinity");
        }
    }

    int count() {
        return count;
    }

    double value(int i) {
        return values[i];
    }

    int source(int i) {
        return sources[i];
    }

    int token(int i) {
        return tokens[i];
    }

    private void setVocabulary(int columns) {
        for (int token : banned) {
            if (token < 0 || token >= columns) {
                throw new IllegalArgumentException("banned token " + token + " is outside the vocabulary of " + columns);
            }
        }
        if (end >= columns) {
            throw new IllegalArgumentException("the end sign is token " + end + ", outside the vocabulary of " + columns);
        }
        vocabulary = columns;
        isBanned = new boolean[columns];
        for (int token : banned) {
            isBanned[token] = true;
        }
    }

    private void scan(int row, int source, double before, int most) {
        int base = logits.position() + row * vocabulary;
        double norm = logSumExp(base);
        for (int token = 0; token < vocabulary; token++) {
            double value = before + (logits.get(base + token) - norm);
            if (value > Double.NEGATIVE_INFINITY && (count < most || value > values[count - 1]) && !isBanned[token]) {
                insert(value, source, token, most);
            }
        }
    }

    private void insert(double value, int source, int token, int most) {
        int at = count < most ? count++ : count - 1;
        while (at > 0 && values[at - 1] < value) {
            values[at] = values[at - 1];
            sources[at] = sources[at - 1];
            tokens[at] = tokens[at - 1];
            at--;
        }
        values[at] = value;
        sources[at] = source;
        tokens[at] = token;
    }

    private double logSumExp(int base) {
        double top = Double.NEGATIVE_INFINITY;
        for (int token = 0; token < vocabulary; token++) {
            float logit = logits.get(base + token);
            if (Float.isNaN(logit) || logit == Float.POSITIVE_INFINITY) {
                throw new IllegalArgumentException("the logit of token " + token + " is " + logit
                        + "; the model's parameters are not finite");
            }
            top = Math.max(top, logit);
        }
        if (top == Double.NEGATIVE_INFINITY) {
            return 0;
        }
        double sum = 0;
        for (int token = 0; token < vocabulary; token++) {
            sum += Math.exp(logits.get(base + token) - top);
        }
        return top + Math.log(sum);
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(tokens, count));
    }
}
