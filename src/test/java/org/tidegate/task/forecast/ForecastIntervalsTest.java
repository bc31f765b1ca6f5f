package org.tidegate.task.forecast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Intervals from held-out errors, held against processes that are known. */
class ForecastIntervalsTest {
    private static final double P = 0.9;

    /** Processes with a forecaster that knows them; unit noise. */
    enum Process {
        AR1 {
            @Override
            double[] of(Random random, int length) {
                double[] x = new double[length];
                for (int t = 1; t < length; t++) {
                    x[t] = 0.7 * x[t - 1] + random.nextGaussian();
                }
                return x;
            }

            @Override
            double forecast(double[] x, int moment, int step) {
                return Math.pow(0.7, step) * x[moment];
            }
        },
        RANDOM_WALK {
            @Override
            double[] of(Random random, int length) {
                double[] x = new double[length];
                for (int t = 1; t < length; t++) {
                    x[t] = x[t - 1] + random.nextGaussian();
                }
                return x;
            }

            @Override
            double forecast(double[] x, int moment, int step) {
                return x[moment];
            }
        },
        SEASON {
            @Override
            double[] of(Random random, int length) {
                return IntStream.range(0, length).mapToDouble(t -> 5 * Math.sin(Math.PI * t / 6) + random.nextGaussian()).toArray();
            }

            @Override
            double forecast(double[] x, int moment, int step) {
                return x[moment + step - 12];
            }
        };

        abstract double[] of(Random random, int length);

        abstract double forecast(double[] x, int moment, int step);
    }

    private static double[][] errors(Process process, double[] x, int from, int to, int steps) {
        return IntStream.range(from, to).mapToObj(moment -> IntStream.rangeClosed(1, steps).mapToDouble(step -> moment + step >= to
                ? Double.NaN : x[moment + step] - process.forecast(x, moment, step)).toArray()).toArray(double[][]::new);
    }

    /** The share of truths in the intervals for each step, over series of a process; adaptive or as they were found. */
    private static double[] coverage(Process process, int heldOut, int steps, boolean adaptive, IntToDoubleFunction scale) {
        int[] held = new int[steps];
        int[] count = new int[steps];
        ForecastSetup setup = ForecastSetup.of("x").horizon(steps);
        for (int seed = 0; seed < 150; seed++) {
            int from = 12;
            int tested = from + heldOut + steps;
            double[] x = process.of(new Random(1000 * heldOut + seed), tested + 80);
            for (int t = tested; t < x.length; t++) {
                x[t] *= scale.applyAsDouble(t - tested);
            }
            ForecastIntervals found = ForecastIntervals.of(errors(process, x, from, tested, steps), P, 0);
            AdaptiveIntervals follows = new AdaptiveIntervals(setup, found);
            for (int moment = tested; moment < x.length - steps; moment++) {
                int at = moment;
                double[] values = IntStream.rangeClosed(1, steps).mapToDouble(step -> process.forecast(x, at, step)).toArray();
                ForecastIntervals now = adaptive ? follows.next(values, target -> x[at]) : found;
                for (int step = 0; step < steps; step++) {
                    double error = x[moment + step + 1] - values[step];
                    held[step] += error >= now.low(step) && error <= now.high(step) ? 1 : 0;
                    count[step]++;
                }
            }
        }
        return IntStream.range(0, steps).mapToDouble(step -> (double) held[step] / count[step]).toArray();
    }

    @ParameterizedTest
    @EnumSource
    void ofNinetyPercentTheyHoldNearNinetyFromFewErrorsAndFromMany(Process process) {
        for (int heldOut : new int[] {8, 24, 60, 300}) {
            for (boolean adaptive : new boolean[] {false, true}) {
                double[] coverage = coverage(process, heldOut, 6, adaptive, t -> 1);
                for (int step : new int[] {0, 5}) {
                    assertEquals(P, coverage[step], 0.05, process + ", " + heldOut + " errors, step " + (step + 1) + ", " + adaptive + " "
                            + Arrays.toString(coverage));
                }
            }
        }
    }

    @Test
    void whereErrorsDriftTheyFollow() {
        IntToDoubleFunction grows = t -> 1 + t / 60.0;
        double still = coverage(Process.AR1, 60, 1, false, grows)[0];
        double follows = coverage(Process.AR1, 60, 1, true, grows)[0];
        assertTrue(still < 0.76, "still " + still);
        assertTrue(follows > 0.8 && follows <= 0.95, "follows " + follows);
    }

    @Test
    void anEndIsTheErrorOfTheConformalRank() {
        double[][] errors = IntStream.rangeClosed(1, 39).mapToObj(i -> new double[] {i % 2 == 0 ? i : -i}).toArray(double[][]::new);
        ForecastIntervals found = ForecastIntervals.of(errors, P, 0);
        assertEquals(36, found.high(0));                      // 40 · 0.9
        assertEquals(-36, found.low(0));
        assertEquals(39, found.errors());
        ForecastIntervals oneSeason = ForecastIntervals.of(errors, P, 39);
        assertTrue(oneSeason.high(0) > 37, "of 39 that count for 19.5: " + oneSeason.high(0));
    }

    @Test
    void ofManyErrorsEachEndHasItsOwn() {
        double[][] errors = IntStream.rangeClosed(1, 999).mapToObj(i -> new double[] {i % 2 == 0 ? i : -i / 10.0}).toArray(double[][]::new);
        ForecastIntervals found = ForecastIntervals.of(errors, P, 0);
        assertEquals(900, found.high(0));                     // of 499 above 0 the fiftieth from the top, 1000 · 0.95 of all
        assertEquals(-90.1, found.low(0), 1e-9);
    }

    @Test
    void tooFewErrorsMakeThemWiderByStudentsT() {
        double[][] errors = {{1}, {-1}, {1}, {-1}};
        assertEquals(StudentT.quantile(0.95, 4) * Math.sqrt(1.25), ForecastIntervals.of(errors, P, 0).high(0), 1e-9);
        double[] expected = {6.313752, 2.015048, 1.697261, 1.644854};
        double[] found = {StudentT.quantile(0.95, 1), StudentT.quantile(0.95, 5), StudentT.quantile(0.95, 30), StudentT.quantile(0.95, 1e7)};
        assertArrayEquals(expected, found, 1e-5);
        assertEquals(4.302653, StudentT.quantile(0.975, 2), 1e-5);
    }

    @Test
    void theMissingErrorsOfAStepDoNotCount() {
        double[][] errors = IntStream.range(0, 50).mapToObj(i -> new double[] {i % 2 * 2 - 1, i < 40 ? Double.NaN : 3})
                .toArray(double[][]::new);
        assertEquals(10, ForecastIntervals.of(errors, P, 0).errors());
        assertThrows(IllegalArgumentException.class, () -> new ForecastIntervals(P, -1, new double[1], new double[1]));
        assertThrows(IllegalArgumentException.class, () -> new ForecastIntervals(P, 1, new double[] {1}, new double[1]));
    }

    @Test
    void eachTruthJudgesTheStepThatForetoldIt() {
        ForecastSetup setup = ForecastSetup.of("x").horizon(2);
        AdaptiveIntervals follows = new AdaptiveIntervals(setup, new ForecastIntervals(0.8, 9, new double[] {-1, -1}, new double[] {1, 1}));
        ForecastIntervals first = follows.next(new double[] {0, 0}, target -> 100);
        assertArrayEquals(new double[] {1, 1}, first.high());
        ForecastIntervals second = follows.next(new double[] {0, 0}, target -> 5);   // the first step's truth, above its end
        assertArrayEquals(new double[] {1 + 0.2 * 0.9, 1}, second.high(), 1e-9);
        assertArrayEquals(new double[] {-1 + 0.2 * 0.1, -1}, second.low(), 1e-9);
        ForecastIntervals third = follows.next(new double[] {0, 0}, target -> Double.NaN);
        assertArrayEquals(second.high(), third.high());
        ForecastIntervals fourth = follows.next(new double[] {0, 0}, target -> -5);  // step 1 of the third, step 2 of the second
        double width = third.high(0) - third.low(0);
        assertArrayEquals(new double[] {third.low(0) - 0.09 * width, third.low(1) - 0.18}, fourth.low(), 1e-9);
    }
}
