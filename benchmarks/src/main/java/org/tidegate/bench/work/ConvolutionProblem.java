/* The numbers of a convolution. */
package org.tidegate.bench.work;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A convolution with its parameters and data in PyTorch's layout. Parameters are uniform in ±1/√(C*K), as PyTorch initialises them,
 * inputs uniform in ±1.
 *
 * @param work its sizes
 * @param weight {@code [F, C, K]}
 * @param bias {@code [F]}
 * @param input {@code [B, C, positions]}
 */
public record ConvolutionProblem(Convolution work, float[] weight, float[] bias, float[] input) implements Problem {

    /** The numbers of that work; the same work has the same numbers. */
    public static ConvolutionProblem of(Convolution work) {
        SplittableRandom random = new SplittableRandom(20);
        long window = (long) work.channels() * work.kernel();
        double bound = 1 / Math.sqrt(window);
        return new ConvolutionProblem(work, Problem.uniform(random, work.filters() * window, bound),
            Problem.uniform(random, work.filters(), bound), Problem.uniform(random, (long) work.rows() * work.inputSize(), 1));
    }

    @Override
    public int[] lengths() {
        int[] lengths = new int[work.rows()];
        Arrays.fill(lengths, 1);
        return lengths;
    }

    @Override
    public double[] reference(int sequence, int steps) {
        double[] y = new double[work.outputColumns()];
        for (int filter = 0; filter < work.filters(); filter++) {
            for (int window = 0; window < work.windows(); window++) {
                double sum = bias[filter];
                for (int channel = 0; channel < work.channels(); channel++) {
                    for (int tap = 0; tap < work.kernel(); tap++) {
                        int position = work.position(window, tap);
                        if (position >= 0 && position < work.positions()) {
                            sum += (double) weight[(filter * work.channels() + channel) * work.kernel() + tap]
                                * input[(sequence * work.channels() + channel) * work.positions() + position];
                        }
                    }
                }
                y[filter * work.windows() + window] = sum;
            }
        }
        return y;
    }

    @Override
    public Contender prepare(Peer peer) throws Exception {
        return peer.prepare(this);
    }
}
