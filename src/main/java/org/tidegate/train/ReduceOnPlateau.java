package org.tidegate.train;

/**
 * Multiplies the learning rate by a factor when the validation loss has stopped falling, as PyTorch's ReduceLROnPlateau does with
 * mode min and a relative threshold of 1e-4.
 *
 * <p>It changes while a training runs, so each training needs its own.
 */
public final class ReduceOnPlateau implements Schedule {
    private static final double THRESHOLD = 1e-4;

    private final double factor;
    private final int patience;
    private final double minimum;
    private double scale = 1;
    private double best = Double.POSITIVE_INFINITY;
    private int bad;

    /**
     * A schedule that lets {@code patience} validations without a better loss pass and reduces at the next one.
     *
     * @param factor what the rate is multiplied by, between 0 and 1
     * @param minimum the rate is never reduced below this
     * @throws IllegalArgumentException if an argument is out of range
     */
    public ReduceOnPlateau(double factor, int patience, double minimum) {
        if (!(factor > 0 && factor < 1)) {
            throw new IllegalArgumentException("the plateau's factor is " + factor + "; expected a number between 0 and 1");
        }
        if (patience < 0) {
            throw new IllegalArgumentException("the plateau's patience is " + patience + "; expected 0 or more validations");
        }
        if (!(minimum >= 0)) {
            throw new IllegalArgumentException("the plateau's minimum is " + minimum + "; expected 0 or more");
        }
        this.factor = factor;
        this.patience = patience;
        this.minimum = minimum;
    }

    @Override
    public double learningRate(double initial, Moment moment) {
        return Math.max(initial * scale, Math.min(initial, minimum));
    }

    @Override
    public void validated(double loss) {
        if (loss < best * (1 - THRESHOLD)) {
            best = loss;
            bad = 0;
        } else if (++bad > patience) {
            scale *= factor;
            bad = 0;
        }
    }

    @Override
    public String memory() {
        return scale + " " + best + " " + bad;
    }

    @Override
    public void remember(String memory) {
        String[] parts = memory.split(" ");
        if (parts.length != 3) {
            throw new IllegalArgumentException("a plateau's memory is \"" + memory + "\"; expected scale, best loss and count");
        }
        scale = Double.parseDouble(parts[0]);
        best = Double.parseDouble(parts[1]);
        bad = Integer.parseInt(parts[2]);
    }

    @Override
    public String toString() {
        return "plateau factor=" + factor + " patience=" + patience + " minimum=" + minimum;
    }
}
