package org.tidegate.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    private static Bootstrap of(int examples, double share, long seed) {
        Random random = new Random(seed);
        Bootstrap bootstrap = new Bootstrap();
        for (int i = 0; i < examples; i++) {
            bootstrap.add(random.nextDouble() < share ? 1 : 0, 1);
        }
        return bootstrap;
    }

    @Test
    void theIntervalOfAShareIsThatOfTheNormalApproximation() {
        for (int examples : new int[] {400, 2000, 30_000}) { // also where examples are drawn in groups
            Bootstrap.Interval interval = of(examples, 0.8, 3).ratio().orElseThrow();
            double width = 2 * 1.96 * Math.sqrt(0.8 * 0.2 / examples);
            assertEquals(width, interval.high() - interval.low(), 0.12 * width, examples + " examples");
        }
    }

    @Test
    void intervalsHoldTheTruthAsOftenAsTheySay() {
        int held = 0;
        for (int seed = 0; seed < 200; seed++) {
            Bootstrap.Interval interval = of(300, 0.7, 1000 + seed).ratio().orElseThrow();
            held += interval.low() <= 0.7 && 0.7 <= interval.high() ? 1 : 0;
        }
        assertTrue(held >= 180 && held <= 199, held + " of 200");
    }

    @Test
    void anErrorRateWeighsLongExamplesMore() {
        Bootstrap errors = new Bootstrap();
        for (int i = 0; i < 50; i++) {
            errors.add(10, 100);
            errors.add(0, 1);
        }
        Bootstrap.Interval interval = errors.ratio().orElseThrow();
        assertTrue(interval.low() > 0.098 && interval.high() < 0.1, interval.toString());
    }

    @Test
    void theSameExamplesGiveTheSameInterval() {
        assertEquals(of(500, 0.4, 9).ratio(), of(500, 0.4, 9).ratio());
    }

    @Test
    void whatCannotBeDrawnAgainHasNoInterval() {
        assertEquals(Optional.empty(), new Bootstrap().ratio());
        assertEquals(Optional.empty(), of(1, 0.5, 1).ratio());
        Bootstrap nothing = new Bootstrap();
        nothing.add(0, 0);
        nothing.add(0, 0);
        assertEquals(Optional.empty(), nothing.ratio());
    }

    /** How many of the intervals of 200 AR(1) series of 250 errors hold the truth: of the mean, 0, and of the root of the mean square. */
    private static int[] held(int block) {
        double follows = 0.6;
        double size = Math.sqrt(1 / (1 - follows * follows));
        int[] held = new int[2];
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(500 + seed);
            Bootstrap errors = block == 0 ? new Bootstrap() : Bootstrap.blocks(block);
            double error = size * random.nextGaussian();
            for (int t = 0; t < 250; t++) {
                errors.add(error, error * error, 1);
                error = follows * error + random.nextGaussian();
            }
            Bootstrap.Interval mean = errors.interval(sums -> sums[0] / sums[2]).orElseThrow();
            Bootstrap.Interval root = errors.interval(sums -> Math.sqrt(sums[1] / sums[2])).orElseThrow();
            held[0] += mean.low() <= 0 && 0 <= mean.high() ? 1 : 0;
            held[1] += root.low() <= size && size <= root.high() ? 1 : 0;
        }
        return held;
    }

    @Test
    void intervalsOfErrorsThatFollowOneAnotherHoldTheTruthInBlocksAlone() {
        int[] together = held(12);
        assertTrue(together[0] >= 176 && together[1] >= 176, Arrays.toString(together) + " of 200");
        int[] alone = held(0);
        assertTrue(alone[0] < 150 && alone[1] < together[1], Arrays.toString(alone) + " of 200"); // by theory 67 % of the means
    }

    @Test
    void blocksAsLongAsOneExampleAreDrawsOfExamples() {
        Random random = new Random(4);
        Bootstrap blocks = Bootstrap.blocks(1);
        Bootstrap plain = new Bootstrap();
        for (int i = 0; i < 300; i++) {
            double value = random.nextGaussian();
            blocks.add(value, 1);
            plain.add(value, 1);
        }
        assertEquals(plain.ratio().orElseThrow().low(), blocks.ratio().orElseThrow().low(), 1e-9);
        assertEquals(plain.ratio().orElseThrow().high(), blocks.ratio().orElseThrow().high(), 1e-9);
    }

    @Test
    void tooFewBlocksHaveNoInterval() {
        Bootstrap errors = Bootstrap.blocks(10);
        for (int i = 0; i < 39; i++) {
            errors.add(i, 1);
        }
        assertEquals(Optional.empty(), errors.ratio());
        errors.add(39, 1);
        assertTrue(errors.ratio().isPresent());
        Bootstrap longest = Bootstrap.blocks(1 << 29);
        longest.add(1, 1);
        longest.add(2, 1);
        assertEquals(Optional.empty(), longest.ratio());
        assertThrows(IllegalArgumentException.class, () -> Bootstrap.blocks(0));
    }

    @Test
    void aLargeExampleTakesNothingFromTheSumsOfOthers() {
        Bootstrap errors = Bootstrap.blocks(2);
        errors.add(1e20, 1);
        for (int i = 0; i < 40; i++) {
            errors.add(1 + i % 2, 1);
        }
        double low = errors.ratio().orElseThrow().low();
        assertTrue(low >= 1 && low <= 2, low + ", of draws without the large one"); // about 1 in 3 draws have it not
    }

    @Test
    void aDifferenceIsThatOfTheSameExamplesDrawnForBoth() {
        Random random = new Random(8);
        Bootstrap one = new Bootstrap();
        Bootstrap other = new Bootstrap();
        double sum = 0;
        double squares = 0;
        int examples = 1000;
        for (int i = 0; i < examples; i++) {
            boolean easy = random.nextDouble() < 0.6; // what both answer
            int right = easy || random.nextDouble() < 0.3 ? 1 : 0;
            int wrong = easy || random.nextDouble() < 0.2 ? 1 : 0;
            one.add(right, 1);
            other.add(wrong, 1);
            sum += right - wrong;
            squares += (right - wrong) * (right - wrong);
        }
        double mean = sum / examples;
        double deviation = Math.sqrt((squares / examples - mean * mean) / examples);
        Bootstrap.Interval difference = one.ratio().orElseThrow().minus(other.ratio().orElseThrow()).orElseThrow();
        assertEquals(mean, (difference.low() + difference.high()) / 2, 0.3 * deviation);
        assertEquals(2 * 1.96 * deviation, difference.high() - difference.low(), 0.12 * 2 * 1.96 * deviation);
        Bootstrap.Interval none = one.ratio().orElseThrow().minus(one.ratio().orElseThrow()).orElseThrow();
        assertEquals(0, none.low());
        assertEquals(0, none.high());
    }

    @Test
    void figuresOfOtherExamplesHaveNoDifference() {
        Bootstrap.Interval some = of(100, 0.5, 1).ratio().orElseThrow();
        Bootstrap.Interval more = of(101, 0.5, 1).ratio().orElseThrow();
        Bootstrap blocks = Bootstrap.blocks(3);
        for (int i = 0; i < 100; i++) {
            blocks.add(i, 1);
        }
        Bootstrap.Interval inBlocks = blocks.ratio().orElseThrow();
        assertThrows(IllegalArgumentException.class, () -> some.minus(more));
        assertEquals("the figures are not of the same examples: 100 and 100 in blocks of 3",
                assertThrows(IllegalArgumentException.class, () -> some.minus(inBlocks)).getMessage());
    }

    @Test
    void bleuHasTheIntervalOfItsSentences() {
        Bleu bleu = new Bleu();
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            String right = "the cat sat on the mat and the dog slept " + i;
            bleu.add(List.of((random.nextBoolean() ? right : "the cat ran to the mat and a dog slept " + i).split(" ")),
                    List.of(right.split(" ")));
        }
        Bootstrap.Interval interval = bleu.interval().orElseThrow();
        assertTrue(interval.low() < bleu.score() && bleu.score() < interval.high(), interval + " around " + bleu.score());
        assertTrue(interval.high() - interval.low() < 12, interval.toString());
    }
}
