package org.tidegate.audio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RealFftTest {
    @Test
    void itIsTheSumOfTheDefinition() {
        Random random = new Random(1);
        for (int size = 2; size <= 2048; size *= 2) {
            double[] x = random.doubles(size, -1, 1).toArray();
            double[] real = new double[size / 2 + 1];
            double[] imaginary = new double[size / 2 + 1];
            new RealFft(size).transform(x.clone(), real, imaginary);
            for (int k = 0; k <= size / 2; k++) {
                double re = 0;
                double im = 0;
                for (int n = 0; n < size; n++) {
                    double angle = 2 * Math.PI * ((long) k * n % size) / size;
                    re += x[n] * Math.cos(angle);
                    im -= x[n] * Math.sin(angle);
                }
                assertEquals(re, real[k], 1e-12 * size, size + " " + k);
                assertEquals(im, imaginary[k], 1e-12 * size, size + " " + k);
            }
        }
    }

    @Test
    void otherSizesAreRefused() {
        for (int size : new int[] {-4, 0, 1, 3, 200}) {
            assertThrows(IllegalArgumentException.class, () -> new RealFft(size));
        }
    }
}
