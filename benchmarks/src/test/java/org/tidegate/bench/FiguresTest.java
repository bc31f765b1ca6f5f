/* The arithmetic behind the tables. */
package org.tidegate.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Cell;
import org.tidegate.bench.work.Work;

class FiguresTest {
    private static final Work STREAM = Work.stream(Cell.LSTM, 64);

    @Test
    void percentilesAreTheSmallestLatenciesThatEnoughCallsDoNotExceed() {
        Percentiles percentiles = Percentiles.of(LongStream.rangeClosed(1, 1000).toArray());
        assertEquals(500e-9, percentiles.p50(), 1e-15);
        assertEquals(990e-9, percentiles.p99(), 1e-15);
        assertEquals(1000e-9, percentiles.max(), 1e-15);
    }

    @Test
    void theMedianOfAnEvenNumberOfTurnsLiesBetweenTheMiddleTwo() {
        assertEquals(2.5, Times.of(List.of(9.0, 1.0, 2.0, 3.0)).median());
    }

    @Test
    void theSlopeOfASquareIsTwo() {
        Curve curve = new Curve("time", "somebody", "H", List.of(2.0, 4.0, 8.0), List.of(12.0, 48.0, 192.0));
        assertEquals(2, curve.slope(), 1e-12);
    }

    @Test
    void outputsThatAreNotNumbersDiffer() {
        double difference = Agreement.difference(STREAM, new float[] {1, 2, 3}, new float[] {1, Float.NaN, 3});
        assertTrue(Double.isNaN(difference), "was " + difference);
    }

    @Test
    void anotherNumberOfOutputsIsAnError() {
        assertThrows(IllegalStateException.class, () -> Agreement.difference(STREAM, new float[2], new float[3]));
    }

    @Test
    void aStreamsFloorReadsAllWeightsAtTheBandwidthOfTheirFootprint(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("floor.csv"), "isa,avx2\nfma_peak,100\nread,16384,200\nread,1048576,50\n");
        double bytes = 4.0 * 4 * 64 * 128;
        double part = Math.log(bytes / 16384) / Math.log(64);
        assertEquals(bytes / ((200 - part * 150) * 1e9), Floor.read(file).seconds(STREAM), 1e-12);
    }

    @Test
    void aLargeBatchsFloorIsThePeak(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("floor.csv"), "fma_peak,100\nread,16384,200\n");
        Work work = Work.forward(Cell.GRU, 128, 50, 256);
        assertEquals(2.0 * 3 * 256 * 512 * 50 * 128 / 100e9, Floor.read(file).seconds(work), 1e-9);
    }

    @Test
    void anotherFileIsNoFloor(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("floor.csv"), "group,work\n");
        assertThrows(IllegalArgumentException.class, () -> Floor.read(file));
    }

    @Test
    void linesHaveNamesOfTheirOwn() {
        List<String> names = Rows.all().stream().map(Row::id).toList();
        assertEquals(names.size(), names.stream().distinct().count(), names.toString());
    }
}
