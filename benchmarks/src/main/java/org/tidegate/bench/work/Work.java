/* What is timed, by its sizes. */
package org.tidegate.bench.work;

import java.util.Locale;
import org.tidegate.Cell;
import org.tidegate.Precision;

/**
 * A recurrent network and what is done with it. T steps, B sequences, I input columns, H hidden columns, D directions; layers after
 * the first read D*H columns. A stream has T = B = 1. Ragged: the lengths are uniform in 1…T.
 */
public record Work(Kind kind, Cell cell, int layers, boolean bidirectional, int inputSize, int hiddenSize, int steps, int batch,
                   boolean ragged, Precision precision, int threads) {

    /** A step of one stream, I = H. */
    public static Work stream(Cell cell, int hiddenSize) {
        return new Work(Kind.STREAM, cell, 1, false, hiddenSize, hiddenSize, 1, 1, false, Precision.FLOAT32, 1);
    }

    /** B sequences of T steps, I = H. */
    public static Work forward(Cell cell, int batch, int steps, int hiddenSize) {
        return new Work(Kind.FORWARD, cell, 1, false, hiddenSize, hiddenSize, steps, batch, false, Precision.FLOAT32, 1);
    }

    /** A training step over B sequences of T steps, I = H. */
    public static Work train(Cell cell, int batch, int steps, int hiddenSize) {
        return new Work(Kind.TRAIN, cell, 1, false, hiddenSize, hiddenSize, steps, batch, false, Precision.FLOAT32, 1);
    }

    public Work withLayers(int count) {
        return new Work(kind, cell, count, bidirectional, inputSize, hiddenSize, steps, batch, ragged, precision, threads);
    }

    public Work inBothDirections() {
        return new Work(kind, cell, layers, true, inputSize, hiddenSize, steps, batch, ragged, precision, threads);
    }

    public Work withInputSize(int columns) {
        return new Work(kind, cell, layers, bidirectional, columns, hiddenSize, steps, batch, ragged, precision, threads);
    }

    public Work withRaggedLengths() {
        return new Work(kind, cell, layers, bidirectional, inputSize, hiddenSize, steps, batch, true, precision, threads);
    }

    public Work withPrecision(Precision other) {
        return new Work(kind, cell, layers, bidirectional, inputSize, hiddenSize, steps, batch, ragged, other, threads);
    }

    public Work withThreads(int count) {
        return new Work(kind, cell, layers, bidirectional, inputSize, hiddenSize, steps, batch, ragged, precision, count);
    }

    /** Gates G: blocks of H rows in a weight. */
    public int gates() {
        return switch (cell) {
            case LSTM, LSTM_PROJECTED -> 4;
            case GRU, GRU_RESET_BEFORE -> 3;
            default -> 1;
        };
    }

    /** Bytes of a recurrent weight. */
    public int weightBytes() {
        return switch (precision) {
            case FLOAT32 -> 4;
            case BFLOAT16 -> 2;
            case INT8 -> 1;
        };
    }

    /** Directions D. */
    public int directions() {
        return bidirectional ? 2 : 1;
    }

    /** The columns that a layer reads. */
    public int inputOf(int layer) {
        return layer == 0 ? inputSize : directions() * hiddenSize;
    }

    /** The columns of the output. */
    public int outputColumns() {
        return directions() * hiddenSize;
    }

    /** Its sizes in a few words without blanks, for tables and for choosing rows. */
    public String label() {
        StringBuilder text = new StringBuilder(kind.name().toLowerCase(Locale.ROOT)).append('-').append(cell.spec());
        if (layers > 1) {
            text.append('x').append(layers);
        }
        if (bidirectional) {
            text.append("-bidirectional");
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
