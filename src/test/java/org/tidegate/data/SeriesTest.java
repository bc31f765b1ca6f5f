package org.tidegate.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeriesTest {
    private final Series series = Series.of(List.of("a", "b"), new double[] {1, 2, 3, 4}, new double[] {10, 20, 30, 40});

    @Test
    void columnsAreSelectedInTheOrderAskedFor() {
        Series selected = series.select(List.of("b", "a"));
        assertEquals(List.of("b", "a"), selected.names());
        assertEquals(20, selected.value(0, 1));
        assertEquals(2, selected.value(1, 1));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> series.select(List.of("c"))).getMessage().contains("a, b"));
    }

    @Test
    void aRangeHasItsMomentsOnly() {
        Series range = series.range(1, 3);
        assertEquals(2, range.length());
        assertEquals(30, range.value(1, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> series.range(1, 5));
    }

    @Test
    void whatIsNoSeriesIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Series.of(List.of("a", "a"), new double[1], new double[1]));
        assertThrows(IllegalArgumentException.class, () -> Series.of(List.of("a", "b"), new double[1], new double[2]));
        assertThrows(IllegalArgumentException.class, () -> Series.of(List.of("a"), new double[] {Double.NaN}));
        assertThrows(IllegalArgumentException.class, () -> Series.of(List.of()));
    }

    @Test
    void missingValuesAreRefusedCarriedInterpolatedOrMasked() {
        double[] gaps = {Double.NaN, 2, Double.NaN, 4, Double.NaN};
        List<String> names = List.of("a", "b");
        double[] whole = {1, 2, 3, 4, 5};
        assertThrows(IllegalArgumentException.class, () -> Missing.REFUSE.fill(names, gaps, whole));
        assertEquals(2, Missing.CARRY.fill(names, gaps, whole).value(0, 2));
        assertEquals(3, Missing.INTERPOLATE.fill(names, gaps, whole).value(0, 2));
        Series masked = Missing.MASK.fill(names, gaps, whole);
        assertEquals(List.of("a", "b", Missing.mask("a")), masked.names());
        assertEquals(List.of(2.0, 1.0, 4.0, 0.0), List.of(masked.value(0, 0), masked.value(2, 0), masked.value(0, 4), masked.value(2, 3)));
        assertEquals("a", Missing.masked(Missing.mask("a")));
        assertThrows(IllegalArgumentException.class, () -> Missing.CARRY.fill(List.of("a"), new double[] {Double.NaN}));
        assertThrows(IllegalArgumentException.class, () -> Series.of(List.of("a"), new double[] {1e301}));
    }

    @Test
    void scalingTakesAColumnToMeanZeroAndDeviationOneAndBack() {
        Scaler scaler = Scaler.of(4, t -> series.value(0, t), t -> 7);
        assertArrayEquals(new double[] {2.5, 7}, scaler.mean(), 1e-12);
        assertArrayEquals(new double[] {Math.sqrt(1.25), 1}, scaler.deviation(), 1e-12);
        assertEquals((4 - 2.5) / Math.sqrt(1.25), scaler.scale(0, 4), 1e-6);
        assertEquals(4, scaler.unscale(0, scaler.scale(0, 4)), 1e-6);
        assertEquals(9, scaler.unscale(1, scaler.scale(1, 9)), 1e-6);
        assertThrows(IllegalArgumentException.class, () -> new Scaler(new double[] {0}, new double[] {0}));
    }

    @Test
    void aColumnThatNeverChangesIsOnlyShiftedThoughItsMeanIsRounded() {
        Scaler scaler = Scaler.of(10, t -> 0.1, t -> (t + 1) * 0.1 - t * 0.1);
        assertArrayEquals(new double[] {1, 1}, scaler.deviation(), 0);
        assertEquals(0.1, scaler.scale(0, 0.2), 1e-6);
    }

    @Test
    void chunksOfAStreamFollowOneAnotherAndCoverTheSeriesWhereTheyFillIt() {
        SeriesStreams streams = new SeriesStreams(40, 2, 5, 3);
        assertEquals(4, streams.stepsPerEpoch());
        Set<Integer> seen = new HashSet<>();
        for (int step = 0; step < 4; step++) {
            for (int n = 0; n < 2; n++) {
                assertEquals(20 * n + 5 * step, streams.start(step, n));
                for (int t = 0; t < 5; t++) {
                    assertTrue(seen.add(streams.start(step, n) + t));
                }
            }
        }
        assertEquals(40, seen.size());
        assertTrue(streams.startsEpoch(0) && streams.startsEpoch(4));
        assertFalse(streams.startsEpoch(3));
    }

    @Test
    void whereChunksDoNotFillTheSeriesEpochsStartElsewhereButNeverLeaveTheirStream() {
        SeriesStreams streams = new SeriesStreams(29, 2, 5, 1);
        Set<Integer> starts = new HashSet<>();
        for (long step = 0; step < 2 * 50; step++) {
            int start = streams.start(step, 1);
            assertTrue(start >= 14 && start + 5 <= 28, "start " + start);
            if (streams.startsEpoch(step)) {
                starts.add(start);
            } else {
                assertEquals(streams.start(step - 1, 1) + 5, start);
            }
        }
        assertEquals(Set.of(14, 15, 16, 17, 18), starts);
        assertThrows(IllegalArgumentException.class, () -> new SeriesStreams(9, 2, 5, 1));
    }
}
