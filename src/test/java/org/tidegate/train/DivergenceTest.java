package org.tidegate.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tidegate.Model;
import org.tidegate.Tensor;

class DivergenceTest {
    private static final OptionalDouble NOT_TAKEN = OptionalDouble.empty();

    private final Model model = Model.of("x = input axis=t cols=3\ny = linear x cols=4\n", 1);
    private final Divergence divergence = new Divergence(model.parameters(), Double.NaN);

    @AfterEach
    void close() {
        model.close();
    }

    private void grow(float factor) {
        Tensor weight = model.parameter("y.weight");
        float[] values = weight.toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        weight.set(values);
    }

    private void losses(double... losses) {
        for (double loss : losses) {
            divergence.add(loss);
        }
    }

    @Test
    void aHighLossAndAParameterThatHasGrownAreADivergence() {
        losses(2.3, 40, 2301);
        assertEquals(Optional.empty(), divergence.found(NOT_TAKEN));
        grow(100);
        assertEquals(Optional.of("y.weight"), divergence.found(NOT_TAKEN));
        losses(1, 1, 1, 1, 1, 1, 1, 1, 1);
        assertEquals(Optional.of("y.weight"), divergence.found(NOT_TAKEN));
        losses(1);
        assertEquals(Optional.empty(), divergence.found(NOT_TAKEN), "the high loss is more than ten steps ago");
    }

    @Test
    void theLossAfterTheStepTellsWhereFewStepsWereMade() {
        losses(2.3);
        grow(100);
        assertTrue(divergence.isUnsure());
        assertEquals(Optional.empty(), divergence.found(OptionalDouble.of(2299)));
        assertEquals(Optional.of("y.weight"), divergence.found(OptionalDouble.of(2301)));
        losses(2, 2, 2, 2, 2, 2, 2, 2, 2);
        assertFalse(divergence.isUnsure());
    }

    @Test
    void theHeldOutLossTellsWhereTheBatchesDoNot() {
        losses(0.7, 0, 0);
        assertEquals(Optional.empty(), divergence.foundBy(1e29), "its parameters are as they were");
        grow(100);
        assertEquals(Optional.empty(), divergence.found(OptionalDouble.of(0)));
        assertEquals(Optional.empty(), divergence.foundBy(99));
        assertEquals(Optional.of("y.weight"), divergence.foundBy(101));
        assertEquals(Optional.empty(), divergence.foundBy(Double.NaN), "nothing is held out");
    }

    @Test
    void oddDataAloneAreNone() {
        losses(2.3, 1e9, 1e9, 1e9);
        grow(5);
        assertEquals(Optional.empty(), divergence.found(OptionalDouble.of(1e9)), "its parameters are as they were");
    }

    @Test
    void aLossThatStartsAtZeroOrBelowMayRiseToAThousand() {
        grow(1e-3f);
        Divergence fromZero = new Divergence(model.parameters(), Double.NaN);
        Divergence fromBelow = new Divergence(model.parameters(), Double.NaN);
        grow(1e6f);
        for (double loss : new double[] {1e-9, 0.5, 999, 12}) {
            fromZero.add(loss);
            fromBelow.add(loss - 3);
        }
        assertEquals(Optional.empty(), fromZero.found(NOT_TAKEN));
        assertEquals(Optional.empty(), fromBelow.found(NOT_TAKEN));
        fromZero.add(1001);
        assertEquals(Optional.of("y.weight"), fromZero.found(NOT_TAKEN));
    }
}
