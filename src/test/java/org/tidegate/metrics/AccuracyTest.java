package org.tidegate.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.junit.jupiter.api.Test;

class AccuracyTest {
    private static final FloatBuffer SCORES = FloatBuffer.wrap(new float[] {9, 2, 2, 1, 0, 1, 2, 3});

    private static double of(int row, int first, int truth) {
        Accuracy accuracy = new Accuracy();
        accuracy.add(SCORES, row, 4, first, truth);
        return accuracy.value();
    }

    @Test
    void theGreatestOfTheClassesThatCanBeAnswersIsTheAnswer() {
        assertEquals(1, of(0, 0, 0));
        assertEquals(1, of(0, 1, 1));
        assertEquals(0, of(0, 1, 2), "the first of equal ones");
        assertEquals(1, of(1, 0, 3));
        assertEquals(0, of(1, 0, 0));
    }

    @Test
    void noClassIsAWrongAnswer() {
        assertEquals(0, of(0, 0, -1));
        assertEquals(0, of(0, 1, 0));
        assertEquals(0, of(0, 0, 4));
    }

    @Test
    void rowsAreCountedFromThePositionOfTheRightClassesOn() {
        Accuracy accuracy = new Accuracy();
        IntBuffer truths = IntBuffer.wrap(new int[] {7, 0, -1}).position(1);
        accuracy.add(SCORES, 4, 0, truths);
        assertEquals(0.5, accuracy.value());
        accuracy.add(SCORES, 4, 1, IntBuffer.wrap(new int[] {1, 3}));
        assertEquals(0.75, accuracy.value());
        assertEquals(1, truths.position());
    }

    @Test
    void itIsTheShareOfAll() {
        Accuracy accuracy = new Accuracy();
        assertEquals(0, accuracy.value());
        accuracy.add(true);
        accuracy.add(true);
        accuracy.add(false);
        accuracy.add(SCORES, 1, 4, 0, 3);
        assertEquals(0.75, accuracy.value());
    }
}
