package org.tidegate.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExampleBatchesTest {
    private static int[] lengths(int count) {
        return IntStream.range(0, count).map(i -> 1 + i * 7919 % 31).toArray();
    }

    private static List<int[]> epoch(ExampleBatches batches, long number) {
        long steps = batches.stepsPerEpoch();
        return IntStream.range(0, (int) steps).mapToObj(i -> batches.batch(number * steps + i)).toList();
    }

    @Test
    void anEpochHasEveryExampleOnce() {
        for (int count : new int[] {1, 2, 7, 8, 9, 160, 161, 1000}) {
            ExampleBatches batches = new ExampleBatches(lengths(count), 8, 3);
            assertEquals((count + 7) / 8, batches.stepsPerEpoch());
            BitSet seen = new BitSet();
            int sum = 0;
            for (int[] batch : epoch(batches, 2)) {
                sum += batch.length;
                Arrays.stream(batch).forEach(seen::set);
            }
            assertEquals(count, sum);
            assertEquals(count, seen.cardinality());
        }
    }

    @Test
    void theLengthsOfABatchAreSimilar() {
        int[] lengths = lengths(1600);
        ExampleBatches batches = new ExampleBatches(lengths, 8, 3);
        for (int[] batch : epoch(batches, 0)) {
            int[] own = Arrays.stream(batch).map(i -> lengths[i]).sorted().toArray();
            assertTrue(own[own.length - 1] - own[0] <= 5, Arrays.toString(own));
        }
    }

    @Test
    void aBatchIsAFunctionOfSeedAndStep() {
        ExampleBatches once = new ExampleBatches(lengths(100), 8, 3);
        ExampleBatches again = new ExampleBatches(lengths(100), 8, 3);
        List<int[]> first = IntStream.range(0, 60).mapToObj(once::batch).toList();
        for (int step = 59; step >= 0; step--) {
            assertArrayEquals(first.get(step), again.batch(step));
        }
    }

    @Test
    void epochsAndSeedsHaveOtherOrders() {
        ExampleBatches batches = new ExampleBatches(lengths(100), 8, 3);
        assertNotEquals(Arrays.toString(batches.batch(0)), Arrays.toString(batches.batch(batches.stepsPerEpoch())));
        assertNotEquals(Arrays.toString(batches.batch(0)), Arrays.toString(new ExampleBatches(lengths(100), 8, 4).batch(0)));
    }

    @Test
    void nothingToTrainOnIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new ExampleBatches(new int[0], 8, 1));
        assertThrows(IllegalArgumentException.class, () -> new ExampleBatches(new int[3], 0, 1));
    }
}
