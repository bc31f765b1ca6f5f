package org.tidegate.metrics;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/** The share of right answers, counted one by one. */
public final class Accuracy {
    private long answers;
    private long right;

    /**
     * Counts an answer.
     *
     * @param isRight whether it is right
     */
    public void add(boolean isRight) {
        answers++;
        right += isRight ? 1 : 0;
    }

    /**
     * Counts the answer of a classifier, the class with the greatest score, the first of equal ones.
     *
     * @param scores {@code [rows, classes]}; the position stays
     * @param row the answer's row
     * @param classes the number of classes
     * @param first the first class that can be an answer; 0 for all
     * @param truth the right class; wrong where it is none of those from {@code first} on
     */
    public void add(FloatBuffer scores, int row, int classes, int first, int truth) {
        add(truth >= first && truth < classes && isGreatest(scores, row * classes, classes, first, truth));
    }

    /**
     * Counts an answer for each row, as {@link #add(FloatBuffer, int, int, int, int)}.
     *
     * @param scores {@code [rows, classes]}; the position stays
     * @param classes the number of classes
     * @param first the first class that can be an answer; 0 for all
     * @param truths {@code [rows]}, the right classes from the position on, which stays
     */
    public void add(FloatBuffer scores, int classes, int first, IntBuffer truths) {
        int rows = truths.remaining();
        for (int row = 0; row < rows; row++) {
            add(scores, row, classes, first, truths.get(truths.position() + row));
        }
    }

    /** Most wrong answers are found after a few classes. */
    private static boolean isGreatest(FloatBuffer scores, int from, int classes, int first, int truth) {
        float greatest = scores.get(from + truth);
        for (int k = first; k < truth; k++) {
            if (scores.get(from + k) >= greatest) {
                return false;
            }
        }
        for (int k = truth + 1; k < classes; k++) {
            if (scores.get(from + k) > greatest) {
                return false;
            }
        }
        return true;
    }

    /** {@return the share of right answers; 0 if there are none} */
    public double value() {
        return answers == 0 ? 0 : (double) right / answers;
    }
}
