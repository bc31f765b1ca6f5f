package org.tidegate.audio;

/**
 * Mel-frequency cepstral coefficients: the first K coefficients of the orthonormal DCT-II of M log-mel values,
 *
 * <pre>    c[k] = s(k) Σ_m y[m] cos(π (m + 1/2) k / M),   s(0) = √(1/M), otherwise √(2/M)</pre>
 *
 * Davis and Mermelstein 1980. c[0] is kept and nothing is liftered. Immutable, for all threads.
 */
public final class Mfcc {
    private final double[][] basis;

    /**
     * A transform from mel bands to coefficients.
     *
     * @param coefficients K, the number of coefficients
     * @param mels M, the number of mel bands
     * @throws IllegalArgumentException unless 1 ≤ coefficients ≤ mels
     */
    public Mfcc(int coefficients, int mels) {
        if (coefficients < 1 || coefficients > mels) {
            throw new IllegalArgumentException("got " + coefficients + " coefficients; expected 1 to " + mels + ", the mel bands");
        }
        basis = new double[coefficients][mels];
        for (int k = 0; k < coefficients; k++) {
            double scale = Math.sqrt((k == 0 ? 1.0 : 2.0) / mels);
            for (int m = 0; m < mels; m++) {
                basis[k][m] = scale * Math.cos(Math.PI * (m + 0.5) * k / mels);
            }
        }
    }

    /**
     * {@return the coefficients of a frame, {@code [K]}}
     *
     * @param logMel the log-mel values of the frame, {@code [M]}
     */
    public double[] of(double[] logMel) {
        double[] coefficients = new double[basis.length];
        for (int k = 0; k < basis.length; k++) {
            for (int m = 0; m < logMel.length; m++) {
                coefficients[k] += basis[k][m] * logMel[m];
            }
        }
        return coefficients;
    }
}
