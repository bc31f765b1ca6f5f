package org.tidegate.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationErrorTest {
    @Test
    void itIsTheMeanDifferenceOfProbabilityAndShareInEachBin() {
        CalibrationError error = new CalibrationError();
        assertEquals(0, error.value());
        error.add(0.9, true);
        error.add(0.92, false); // with the one before: mean 0.91, share 0.5
        error.add(0.3, false);
        error.add(1, true);
        assertEquals((2 * 0.41 + 0.3 + 0) / 4, error.value(), 1e-12);
    }

    @Test
    void honestProbabilitiesHaveNextToNone() {
        Random random = new Random(1);
        CalibrationError honest = new CalibrationError();
        CalibrationError sure = new CalibrationError();
        for (int i = 0; i < 20_000; i++) {
            double probability = random.nextDouble();
            honest.add(probability, random.nextDouble() < probability);
            sure.add(0.5 + probability / 2, random.nextDouble() < 0.6);
        }
        assertTrue(honest.value() < 0.02, "" + honest.value());
        assertEquals(0.17, sure.value(), 0.02); // the mean of |p - 0.6| for p from 0.5 to 1
    }

    @Test
    void whatIsNoProbabilityIsRefused() {
        for (double value : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> new CalibrationError().add(value, true));
        }
    }
}
