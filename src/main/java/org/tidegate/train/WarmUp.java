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
        return then.learningRate(initial, moment) * factor(moment);
    }

    @Override
    public Run start() {
        Run run = then.start();
        return new WrappedRun(run, (initial, moment) -> run.learningRate(initial, moment) * factor(moment));
    }

    private double factor(Moment moment) {
        return Math.min(1.0, (moment.step() + 1.0) / steps);
    }

    @Override
    public String toString() {
        return then + " warm_up=" + steps;
    }
}
