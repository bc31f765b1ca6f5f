/* Recurrent layers and what is done with them. */
package org.tidegate.bench.work;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.tidegate.Cell;
import org.tidegate.Precision;

/**
 * A recurrent network and what is done with it. T steps, B sequences, I input columns, H hidden columns, D directions; layers after
 * the first read D*H columns. Streams have T = 1, and B of them step together. Ragged: the lengths are uniform in 1…T.
 */
public record Recurrent(Kind kind, Cell cell, int layers, boolean bidirectional, int inputSize, int hiddenSize, int steps, int batch,
                   boolean ragged, Precision precision, int threads) implements Work {

    /** A step of one stream, I = H. */
    public static Recurrent stream(Cell cell, int hiddenSize) {
        return new Recurrent(Kind.STREAM, cell, 1, false, hiddenSize, hiddenSize, 1, 1, false, Precision.FLOAT32, 1);
    }

    /** A step of each of so many streams, I = H. */
    public static Recurrent streams(Cell cell, int count, int hiddenSize) {
        return new Recurrent(Kind.STREAM, cell, 1, false, hiddenSize, hiddenSize, 1, count, false, Precision.FLOAT32, 1);
    }

    /** B sequences of T steps, I = H. */
    public static Recurrent forward(Cell cell, int batch, int steps, int hiddenSize) {
        return new Recurrent(Kind.FORWARD, cell, 1, false, hiddenSize, hiddenSize, steps, batch, false, Precision.FLOAT32, 1);
    }

    /** A training step over B sequences of T steps, I = H. */
    public static Recurrent train(Cell cell, int batch, int steps, int hiddenSize) {
        return new Recurrent(Kind.TRAIN, cell, 1, false, hiddenSize, hiddenSize, steps, batch, false, Precision.FLOAT32, 1);
    }

    public Recurrent withLayers(int count) {
        return new Recurrent(kind, cell, count, bidirectional, inputSize, hiddenSize, steps, batch, ragged, precision, threads);
    }

    public Recurrent inBothDirections() {
        return new Recurrent(kind, cell, layers, true, inputSize, hiddenSize, steps, batch, ragged, precision, threads);
    }

    public Recurrent withInputSize(int columns) {
        return new Recurrent(kind, cell, layers, bidirectional, columns, hiddenSize, steps, batch, ragged, precision, threads);
    }

    public Recurrent withRaggedLengths() {
        return new Recurrent(kind, cell, layers, bidirectional, inputSize, hiddenSize, steps, batch, true, precision, threads);
    }

    public Recurrent withPrecision(Precision other) {
        return new Recurrent(kind, cell, layers, bidirectional, inputSize, hiddenSize, steps, batch, ragged, other, threads);
    }

    public Recurrent withThreads(int count) {
        return new Recurrent(kind, cell, layers, bidirectional, inputSize, hiddenSize, steps, batch, ragged, precision, count);
    }

    /** Gates G: blocks of H rows in a weight. */
    public int gates() {
        return switch (cell) {
            case LSTM, LSTM_PROJECTED -> 4;
            case GRU, GRU_RESET_BEFORE -> 3;
            default -> 1;
        };
    }

    @Override
    public String network() {
        return cell.spec();
    }

    @Override
    public int directions() {
        return bidirectional ? 2 : 1;
    }

    /** The columns that a layer reads. */
    public int inputOf(int layer) {
        return layer == 0 ? inputSize : directions() * hiddenSize;
    }

    /** A step reads every recurrent weight once; a stream's step all weights, while whole sequences make one product of their input. */
    @Override
    public List<Load> loads() {
        double rows = Arrays.stream(RecurrentProblem.lengths(this)).asLongStream().sum();
        List<Load> loads = new ArrayList<>();
        double weights = 0;
        for (int layer = 0; layer < layers; layer++) {
            for (int direction = 0; direction < directions(); direction++) {
                double recurrent = (double) gates() * hiddenSize * hiddenSize;
                double input = (double) gates() * hiddenSize * inputOf(layer);
                weights += recurrent + input;
                loads.add(new Load(recurrent, steps, 2 * recurrent * rows));
                loads.add(new Load(input, 0, 2 * input * rows));
            }
        }
        return switch (kind) {
            case STREAM -> List.of(new Load(weights, 1, 2 * weights * rows));
            case FORWARD -> loads;
            case TRAIN -> List.of(new Load(weights, 0, 3 * 2 * weights * rows));
        };
    }

    @Override
    public boolean supportedBy(Peer peer) {
        return peer.supports(this);
    }

    @Override
    public RecurrentProblem problem() {
        return RecurrentProblem.of(this);
    }

    @Override
    public String label() {
        StringBuilder text = new StringBuilder(kind.name().toLowerCase(Locale.ROOT)).append('-').append(cell.spec());
        if (layers > 1) {
            text.append('x').append(layers);
        }
        if (bidirectional) {
            text.append("-bidirectional");
        }
        if (kind == Kind.STREAM && batch > 1) {
            text.append("-N").append(batch);
        }
        if (kind != Kind.STREAM) {
            text.append("-B").append(batch).append("-T").append(steps);
        }
        if (inputSize != hiddenSize) {
            text.append("-I").append(inputSize);
        }
        text.append("-H").append(hiddenSize);
        if (ragged) {
            text.append("-ragged");
        }
        if (precision != Precision.FLOAT32) {
            text.append('-').append(precision.name().toLowerCase(Locale.ROOT));
        }
        if (threads > 1) {
            text.append("-threads").append(threads);
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return label();
    }
}
