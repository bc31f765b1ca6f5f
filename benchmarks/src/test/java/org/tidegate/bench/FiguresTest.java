/* The arithmetic behind the tables. */
package org.tidegate.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import org.tidegate.bench.work.Convolution;
import org.tidegate.bench.work.ConvolutionProblem;
import org.tidegate.bench.work.Recurrent;

class FiguresTest {
    private static final Recurrent STREAM = Recurrent.stream(Cell.LSTM, 64);

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
        Curve curve = new Curve("time", "somebody", "H", Curve.Quantity.TIME, List.of(2.0, 4.0, 8.0), List.of(12.0, 48.0, 192.0));
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
        Recurrent work = Recurrent.forward(Cell.GRU, 128, 50, 256);
        assertEquals(2.0 * 3 * 256 * 512 * 50 * 128 / 100e9, Floor.read(file).seconds(work), 1e-9);
    }

    @Test
    void aConvolutionsFloorKnowsThatPaddingCostsNothing(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("floor.csv"), "fma_peak,100\nread,16384,200\n");
        // One position: of three taps only the middle one reads it.
        assertEquals(4.0 * 128 * 64 / 200e9, Floor.read(file).seconds(new Convolution(128, 64, 3, 1, 1, 1, 1)), 1e-12);
        // Four positions by strides of two: the first tap reads one of two windows.
        assertEquals(2.0 * 64 * 128 * 5 * 100 / 100e9, Floor.read(file).seconds(new Convolution(64, 128, 3, 2, 1, 4, 100)), 1e-12);
    }

    @Test
    void theReferenceOfAConvolutionIsItsDefinition() {
        Convolution work = new Convolution(1, 2, 3, 2, 1, 4, 2);
        float[] weight = {1, 2, 3, 10, 20, 30};
        float[] input = {9, 9, 9, 9, 9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8};
        ConvolutionProblem problem = new ConvolutionProblem(work, weight, new float[] {0.5f}, input);
        double first = 0.5 + 2 * 1 + 3 * 2 + 20 * 5 + 30 * 6;
        double second = 0.5 + 1 * 2 + 2 * 3 + 3 * 4 + 10 * 6 + 20 * 7 + 30 * 8;
        assertArrayEquals(new double[] {first, second}, problem.reference(1, 1));
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
