/* The works that are compared. */
package org.tidegate.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.bench.work.Convolution;
import org.tidegate.bench.work.Recurrent;
import org.tidegate.bench.work.RecurrentProblem;

/** The lines of the comparison with the ratios that they are to reach. */
final class Rows {
    /** The group whose lines are run by several Java threads over one model. */
    static final String JAVA_THREADS = "java-threads";

    private static final int[] SIZES = {64, 128, 256, 512, 1024};
    private static final double[] STREAM_TARGETS = {2.0, 1.4, 1.25, 1.15, 1.3};

    private Rows() {
    }

    /** All lines, group by group. */
    static List<Row> all() {
        List<Row> rows = new ArrayList<>();
        streams(rows);
        manyStreams(rows);
        sequences(rows);
        batches(rows);
        convolutions(rows);
        training(rows);
        ourselves(rows);
        curves(rows);
        return rows;
    }

    private static void streams(List<Row> rows) {
        for (Cell cell : List.of(Cell.LSTM, Cell.GRU)) {
            for (int i = 0; i < SIZES.length; i++) {
                List<Target> targets = targets(STREAM_TARGETS[i]);
                if (SIZES[i] >= 128) {
                    targets.add(new Target(Target.FLOOR, 0.9));
                }
                rows.add(new Row("stream", Recurrent.stream(cell, SIZES[i]), null, targets, true));
            }
        }
        for (int size : new int[] {256, 512}) {
            Recurrent work = Recurrent.stream(Cell.LSTM, size);
            rows.add(reduced(work, Precision.BFLOAT16, 1.8));
            rows.add(reduced(work, Precision.INT8, 3.2));
        }
    }

    /** Streams that step together, others' rows in each call. */
    private static void manyStreams(List<Row> rows) {
        for (Cell cell : List.of(Cell.LSTM, Cell.GRU)) {
            for (int count : new int[] {8, 64, 512}) {
                rows.add(new Row("streams", Recurrent.streams(cell, count, 128), null, List.of(new Target(Target.BEST, 1)), false));
            }
        }
    }

    private static Row reduced(Recurrent work, Precision precision, double target) {
        List<Target> targets = targets(1.3);
        targets.add(new Target(Target.BASELINE, target));
        return new Row("stream-reduced", work.withPrecision(precision), work, targets, true);
    }

    private static void sequences(List<Row> rows) {
        for (Cell cell : List.of(Cell.LSTM, Cell.GRU, Cell.RNN)) {
            double target = switch (cell) {
                case GRU -> 1.15;
                case RNN -> 1.3;
                default -> 1.08;
            };
            for (int size : SIZES) {
                rows.add(new Row("sequence", Recurrent.forward(cell, 1, 100, size), null, targets(target), false));
            }
        }
        rows.add(new Row("latency", Recurrent.forward(Cell.LSTM, 1, 120, 256).withLayers(2).withInputSize(33), null, targets(1), true));
    }

    private static void batches(List<Row> rows) {
        for (Cell cell : List.of(Cell.LSTM, Cell.GRU)) {
            for (int size : new int[] {128, 256, 512}) {
                for (int batch : new int[] {8, 32, 128}) {
                    List<Target> targets = targets(1);
                    if (size >= 256) {
                        targets.add(new Target(Target.FLOOR, 0.9));
                    }
                    rows.add(new Row("batch", Recurrent.forward(cell, batch, 50, size), null, targets, false));
                }
            }
        }
        Recurrent both = Recurrent.forward(Cell.LSTM, 16, 50, 256).withInputSize(128).withLayers(2).inBothDirections();
        rows.add(new Row("bidirectional", both, null, targets(1), false));
    }

    /** A voice detector's: the spectrum of a piece of signal, then four layers of an encoder. */
    private static void convolutions(List<Row> rows) {
        for (int count : new int[] {1, 100}) {
            List<Convolution> works = List.of(new Convolution(258, 1, 256, 128, 0, 640, count),
                new Convolution(128, 129, 3, 1, 1, 4, count), new Convolution(64, 128, 3, 2, 1, 4, count),
                new Convolution(64, 64, 3, 2, 1, 2, count), new Convolution(128, 64, 3, 1, 1, 1, count));
            works.forEach(work -> rows.add(new Row("convolution", work, null, List.of(new Target(Target.BEST, 1)), false)));
        }
    }

    private static void training(List<Row> rows) {
        Recurrent first = Recurrent.train(Cell.LSTM, 32, 100, 256);
        List<Recurrent> works = List.of(first, Recurrent.train(Cell.LSTM, 20, 35, 650).withLayers(2),
            Recurrent.train(Cell.LSTM, 64, 64, 512), Recurrent.train(Cell.LSTM, 128, 50, 128),
            Recurrent.train(Cell.LSTM, 20, 35, 200).withLayers(2), Recurrent.train(Cell.GRU, 32, 100, 256),
            Recurrent.train(Cell.GRU, 64, 64, 512), Recurrent.train(Cell.GRU, 128, 50, 128));
        for (Recurrent work : works) {
            List<Target> targets = new ArrayList<>(List.of(new Target("PyTorch", 1.15), new Target("oneDNN", 1), new Target("DL4J", 4)));
            if (work.equals(first)) {
                targets.add(new Target(Target.FLOOR, 0.8));
            }
            rows.add(new Row("train", work, null, targets, false));
        }
    }

    /** Against the best peer, and against DL4J. */
    private static List<Target> targets(double best) {
        return new ArrayList<>(List.of(new Target(Target.BEST, best), new Target("DL4J", 4)));
    }

    /** Ours against ours. */
    private static void ourselves(List<Row> rows) {
        for (int size : new int[] {256, 512, 1024}) {
            Recurrent work = Recurrent.forward(Cell.LSTM, 1, 100, size);
            rows.add(new Row("threads", work.withThreads(2), work, List.of(new Target(Target.BASELINE, 1.8)), false));
        }
        for (Recurrent work : List.of(Recurrent.stream(Cell.LSTM, 256), Recurrent.forward(Cell.LSTM, 1, 100, 256))) {
            rows.add(new Row(JAVA_THREADS, work, work, List.of(new Target(Target.BASELINE, 1.9)), false));
        }
        for (Cell cell : List.of(Cell.LSTM, Cell.GRU)) {
            Recurrent ragged = Recurrent.forward(cell, 32, 100, 256).withRaggedLengths();
            int realSteps = Arrays.stream(RecurrentProblem.lengths(ragged)).sum();
            Recurrent full = Recurrent.forward(cell, 32, Math.round(realSteps / 32f), 256);
            rows.add(new Row("ragged", ragged, full, List.of(new Target(Target.BASELINE, 0.9)), false));
        }
    }

    /** Lines without targets, for the curves over one size. */
    private static void curves(List<Row> rows) {
        for (int size = 16; size <= 2048; size *= 2) {
            rows.add(new Row("curve-H", Recurrent.forward(Cell.LSTM, 1, 20, size), null, List.of(), false));
        }
        for (int steps : new int[] {10, 30, 100, 300, 1000, 3000, 10_000}) {
            rows.add(new Row("curve-T", Recurrent.forward(Cell.LSTM, 1, steps, 128), null, List.of(), false));
        }
        for (int batch = 1; batch <= 512; batch *= 2) {
            rows.add(new Row("curve-B", Recurrent.forward(Cell.LSTM, batch, 50, 256), null, List.of(), false));
        }
    }
}
