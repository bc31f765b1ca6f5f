package org.tidegate.train;

/** A linear warm-up in front of another schedule. */
record WarmUp(Schedule then, long steps) implements Schedule {
    WarmUp {
        if (steps < 1) {
            throw new IllegalArgumentException("the warm-up has " + steps + " steps; expected 1 or more");
        }
    }

    @Override
    public double learningRate(double initial, Moment moment) {
        return then.learningRate(initial, moment) * Math.min(1.0, (moment.step() + 1.0) / steps);
    }

    @Override
    public void validated(double loss) {
        then.validated(loss);
    }

    @Override
    public String memory() {
        return then.memory();
    }

    @Override
    public void remember(String memory) {
        then.remember(memory);
    }

    @Override
    public String toString() {
        return then + " warm_up=" + steps;
    }
}
