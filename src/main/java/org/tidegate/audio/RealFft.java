package org.tidegate.audio;

/**
 * The discrete Fourier transform of N real numbers, N a power of two from 2 on:
 *
 * <pre>    X[k] = Σ_n x[n] exp(−2πi k n / N),   k = 0 … N/2</pre>
 *
 * The even and the odd samples go as the real and the imaginary part through one complex transform of half the size (radix 2, in
 * place, decimation in time: Cooley and Tukey 1965), which is then taken apart. Immutable, for all threads.
 */
public final class RealFft {
    private final int size;
    private final int half;
    private final int[] reversed;
    /** cos and sin of 2π k / N, k = 0 … N/2. */
    private final double[] cosines;
    private final double[] sines;

    /**
     * A transform of N numbers.
     *
     * @param size N, a power of two from 2 on
     * @throws IllegalArgumentException if it is no power of two from 2 on
     */
    public RealFft(int size) {
        if (size < 2 || Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("the size of the transform is " + size + "; expected a power of two from 2 on");
        }
        this.size = size;
        half = size / 2;
        int bits = Integer.numberOfTrailingZeros(half);
        reversed = new int[half];
        for (int i = 0; i < half; i++) {
            reversed[i] = bits == 0 ? 0 : Integer.reverse(i) >>> (Integer.SIZE - bits);
        }
        cosines = new double[half + 1];
        sines = new double[half + 1];
        for (int k = 0; k <= half; k++) {
            cosines[k] = Math.cos(2 * Math.PI * k / size);
            sines[k] = Math.sin(2 * Math.PI * k / size);
        }
    }

    /** {@return N, the number of real inputs} */
    public int size() {
        return size;
    }

    /**
     * Computes the transform.
     *
     * @param x N numbers, not changed
     * @param real receives the real parts of X[0 … N/2]
     * @param imaginary receives the imaginary parts
     */
    public void transform(double[] x, double[] real, double[] imaginary) {
        for (int i = 0; i < half; i++) {
            real[i] = x[2 * reversed[i]];
            imaginary[i] = x[2 * reversed[i] + 1];
        }
        for (int length = 2; length <= half; length *= 2) {
            butterflies(real, imaginary, length);
        }
        split(real, imaginary);
    }

    private void butterflies(double[] real, double[] imaginary, int length) {
        int stride = size / length;
        int middle = length / 2;
        for (int from = 0; from < half; from += length) {
            for (int i = 0; i < middle; i++) {
                double c = cosines[i * stride];
                double s = sines[i * stride];
                int low = from + i;
                int high = low + middle;
                double re = real[high] * c + imaginary[high] * s;
                double im = imaginary[high] * c - real[high] * s;
                real[high] = real[low] - re;
                imaginary[high] = imaginary[low] - im;
                real[low] += re;
                imaginary[low] += im;
            }
        }
    }

    // Z = E + iO with E, O the transforms of the even and the odd samples: E[k] = (Z[k] + Z*[h−k])/2, O[k] = (Z[k] − Z*[h−k])/2i, and
    // X[k] = E[k] + exp(−2πik/N) O[k], X[h−k] = conj(E[k] − exp(−2πik/N) O[k]).
    private void split(double[] real, double[] imaginary) {
        double re = real[0];
        double im = imaginary[0];
        real[0] = re + im;
        imaginary[0] = 0;
        real[half] = re - im;
        imaginary[half] = 0;
        for (int k = 1; k <= half / 2; k++) {
            int other = half - k;
            double evenRe = 0.5 * (real[k] + real[other]);
            double evenIm = 0.5 * (imaginary[k] - imaginary[other]);
            double oddRe = 0.5 * (imaginary[k] + imaginary[other]);
            double oddIm = 0.5 * (real[other] - real[k]);
            double turnedRe = oddRe * cosines[k] + oddIm * sines[k];
            double turnedIm = oddIm * cosines[k] - oddRe * sines[k];
            real[k] = evenRe + turnedRe;
            imaginary[k] = evenIm + turnedIm;
            real[other] = evenRe - turnedRe;
            imaginary[other] = turnedIm - evenIm;
        }
    }
}
