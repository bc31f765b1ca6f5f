/* A convolution inside the rows of a batch. */
package org.tidegate.bench.work;

import java.util.List;
import org.tidegate.Precision;

/**
 * A convolution in one dimension with bias over {@code [rows, channels, positions]}, padded with zeros on both sides; out come
 * {@code [rows, filters, windows]}. The rows are sequences of one step.
 */
public record Convolution(int filters, int channels, int kernel, int stride, int pad, int positions, int rows) implements Work {

    /** Windows that make an output row. */
    public int windows() {
        return (positions + 2 * pad - kernel) / stride + 1;
    }

    /** The position that a tap of a window reads; less than 0 or more than the last where it reads padding. */
    public int position(int window, int tap) {
        return window * stride - pad + tap;
    }

    private boolean reads(int window, int tap) {
        return position(window, tap) >= 0 && position(window, tap) < positions;
    }

    @Override
    public Kind kind() {
        return Kind.FORWARD;
    }

    @Override
    public String network() {
        return "conv1d";
    }

    @Override
    public int layers() {
        return 1;
    }

    @Override
    public int directions() {
        return 1;
    }

    @Override
    public int inputSize() {
        return channels * positions;
    }

    @Override
    public int hiddenSize() {
        return filters * windows();
    }

    @Override
    public int steps() {
        return 1;
    }

    @Override
    public int batch() {
        return rows;
    }

    @Override
    public boolean ragged() {
        return false;
    }

    @Override
    public Precision precision() {
        return Precision.FLOAT32;
    }

    @Override
    public int threads() {
        return 1;
    }

    /** Padding needs neither weights nor multiplications. */
    @Override
    public List<Load> loads() {
        int taps = 0;
        int reads = 0;
        for (int tap = 0; tap < kernel; tap++) {
            int before = reads;
            for (int window = 0; window < windows(); window++) {
                reads += reads(window, tap) ? 1 : 0;
            }
            taps += reads > before ? 1 : 0;
        }
        double weightsOfTap = (double) filters * channels;
        return List.of(new Load(weightsOfTap * taps, 1, 2 * weightsOfTap * reads * rows));
    }

    @Override
    public boolean supportedBy(Peer peer) {
        return peer.supports(this);
    }

    @Override
    public ConvolutionProblem problem() {
        return ConvolutionProblem.of(this);
    }

    @Override
    public String label() {
        return "conv1d-F" + filters + "-C" + channels + "-K" + kernel + "-S" + stride + "-P" + pad + "-L" + positions + "-B" + rows;
    }

    @Override
    public String toString() {
        return label();
    }
}
