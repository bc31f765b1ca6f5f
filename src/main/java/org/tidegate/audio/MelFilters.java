package org.tidegate.audio;

import java.util.Arrays;
import java.util.Locale;

/**
 * A mel filterbank, triangular filters over a power spectrum: M bands have M + 2 edges evenly spaced on the mel scale from 0 Hz to half
 * the sample rate; band m rises from edge m to edge m + 1 and falls to edge m + 2, straight in Hz, and is
 * evaluated at the frequencies of the spectrum. Immutable, for all threads.
 */
public final class MelFilters {
    private final int bins;
    private final int[] first;
    private final double[][] weights;

    /**
     * A filterbank.
     *
     * @param scale the mel scale
     * @param size N of the Fourier transform: the spectrum has N/2 + 1 bins
     * @param rate the sample rate in Hz
     * @param mels M, the number of bands
     * @throws IllegalArgumentException if a band is so narrow that it lies between two bins
     */
    public MelFilters(MelScale scale, int size, int rate, int mels) {
        bins = size / 2 + 1;
        first = new int[mels];
        weights = new double[mels][];
        double top = scale.mel(rate / 2.0);
        double[] edges = new double[mels + 2];
        for (int i = 0; i < edges.length; i++) {
            edges[i] = scale.hertz(top * i / (mels + 1));
        }
        for (int m = 0; m < mels; m++) {
            double[] row = triangle(edges[m], edges[m + 1], edges[m + 2], (double) rate / size);
            double height = scale.height(edges[m], edges[m + 2]);
            int from = 0;
            while (from < bins && row[from] == 0) {
                from++;
            }
            int to = bins;
            while (to > from && row[to - 1] == 0) {
                to--;
            }
            if (from == to) {
                throw new IllegalArgumentException(String.format(Locale.ROOT, "%d mel bands are too many for a window of %d samples at"
                        + " %d Hz: band %d (%.0f to %.0f Hz) lies between two bins. Use fewer bands.",
                        mels, size, rate, m, edges[m], edges[m + 2]));
            }
            first[m] = from;
            weights[m] = Arrays.stream(row, from, to).map(weight -> weight * height).toArray();
        }
    }

    /** {@return M, the number of bands} */
    public int mels() {
        return weights.length;
    }

    /**
     * {@return the weights of a band, {@code [N/2 + 1]}}
     *
     * @param m the number of the band, from 0
     */
    public double[] row(int m) {
        double[] row = new double[bins];
        System.arraycopy(weights[m], 0, row, first[m], weights[m].length);
        return row;
    }

    /**
     * Applies the filters to a power spectrum.
     *
     * @param power the N/2 + 1 bins
     * @param mel receives the power in the M bands
     */
    public void apply(double[] power, double[] mel) {
        for (int m = 0; m < weights.length; m++) {
            double sum = 0;
            for (int i = 0; i < weights[m].length; i++) {
                sum += weights[m][i] * power[first[m] + i];
            }
            mel[m] = sum;
        }
    }

    private double[] triangle(double lower, double peak, double upper, double step) {
        double[] row = new double[bins];
        for (int k = 0; k < bins; k++) {
            double f = k * step;
            row[k] = Math.max(0, Math.min((f - lower) / (peak - lower), (upper - f) / (upper - peak)));
        }
        return row;
    }
}
