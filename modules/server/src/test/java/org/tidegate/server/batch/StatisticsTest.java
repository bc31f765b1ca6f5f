/* What is counted of batches. */
package org.tidegate.server.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private static final int SIZES = 5000;

    @Test
    void sizesAreExactUpTo64AndThenPowersOfTwo() {
        Statistics statistics = new Statistics();
        for (int size = 1; size <= SIZES; size++) {
            statistics.batch(size, 3);
        }
        Map<Integer, Statistics.Duration> batches = statistics.batches();
        for (int size = 1; size <= 64; size++) {
            assertEquals(1, batches.get(size).count());
        }
        for (int size = 128; size <= 4096; size *= 2) {
            assertEquals(size / 2, batches.get(size).count(), "those above " + size / 2);
        }
        assertEquals(SIZES - 4096, batches.get(8192).count());
        assertEquals(64 + 7, batches.size());
    }

    @Test
    void theTotalsAreExactWhateverTheSizes() {
        Statistics statistics = new Statistics();
        for (int size = 1; size <= SIZES; size++) {
            statistics.batch(size, size - 1, 3);
        }
        long items = SIZES * (SIZES + 1L) / 2;
        assertEquals(items, statistics.items());
        assertEquals(items - SIZES, statistics.inferences());
        assertEquals(SIZES, statistics.executions());
        assertEquals(3 * SIZES, statistics.batches().values().stream().mapToLong(Statistics.Duration::nanos).sum());
        assertTrue(statistics.last() > 0);
    }
}
