package org.tidegate.train;

/**
 * Multiplies the learning rate by a factor when the validation loss has stopped falling, as PyTorch's ReduceLROnPlateau does with
 * mode min and a relative threshold of 1e-4. The patience is exhausted at the first validation after {@code patience} ones without an
 * improvement of the best loss; the count then restarts.
 *
 * @param factor what the rate is multiplied by, between 0 and 1
 * @param patience the number of validations without an improvement that are accepted; the next one reduces the rate
 * @param minimum the rate is never reduced below this, 0 or more
 */
public record ReduceOnPlateau(double factor, int patience, double minimum) implements Schedule {
    private static final double THRESHOLD = 1e-4;

    /**
     * Checks the settings.
     *
     * @param factor what the rate is multiplied by
     * @param patience the number of validations without an improvement that are accepted
     * @param minimum the least rate
     * @throws IllegalArgumentException if an argument is out of range
     */
    public ReduceOnPlateau {
        if (!(factor > 0 && factor < 1)) {
            throw new IllegalArgumentException("the plateau's factor is " + factor + "; expected a number between 0 and 1");
        }
        if (patience < 0) {
            throw new IllegalArgumentException("the plateau's patience is " + patience + "; expected 0 or more validations");
        }
        if (!(minimum >= 0)) {
            throw new IllegalArgumentException("the plateau's minimum is " + minimum + "; expected 0 or more");
        }
    }

    /** {@return the initial learning rate, which holds until a run of this schedule reduces it} */
    @Override
    public double learningRate(double initial, Moment moment) {
        return initial;
    }

    @Override
    public Run start() {
        return new PlateauRun();
    }

    @Override
    public String toString() {
        return "plateau factor=" + factor + " patience=" + patience + " minimum=" + minimum;
    }

    private final class PlateauRun implements Run {
        private double scale = 1;
        private double best = Double.POSITIVE_INFINITY;
        private int badValidations;

        @Override
        public double learningRate(double initial, Moment moment) {
            return Math.max(initial * scale, Math.min(initial, minimum));
        }

        @Override
        public void validated(double loss) {
            if (loss < best * (1 - THRESHOLD)) {
                best = loss;
                badValidations = 0;
            } else if (++badValidations > patience) {
                scale *= factor;
                badValidations = 0;
            }
        }

        @Override
        public String memory() {
            return scale + " " + best + " " + badValidations;
        }

        @Override
        public void remember(String memory) {
            String[] parts = memory.split(" ");
            if (parts.length != 3) {
                throw new IllegalArgumentException("a plateau's memory is \"" + memory
                        + "\"; expected the scale, the best loss and the number of validations without an improvement");
            }
            scale = Double.parseDouble(parts[0]);
            best = Double.parseDouble(parts[1]);
            badValidations = Integer.parseInt(parts[2]);
        }
    }
}
