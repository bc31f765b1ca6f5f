package org.tidegate.train;

/** A run whose learning rate is computed from another run's; the validation losses and the memory are the other run's. */
record WrappedRun(Schedule.Run run, Schedule rate) implements Schedule.Run {
    @Override
    public double learningRate(double initial, Schedule.Moment moment) {
        return rate.learningRate(initial, moment);
    }

    @Override
    public void validated(double loss) {
        run.validated(loss);
    }

    @Override
    public String memory() {
        return run.memory();
    }

    @Override
    public void remember(String memory) {
        run.remember(memory);
    }
}
