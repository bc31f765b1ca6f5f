package org.tidegate.train;

/** A schedule whose steps are epochs. */
record ByEpoch(Schedule schedule) implements Schedule {
    @Override
    public double learningRate(double initial, Moment moment) {
        return schedule.learningRate(initial, inEpochs(moment));
    }

    @Override
    public Run start() {
        Run run = schedule.start();
        return new WrappedRun(run, (initial, moment) -> run.learningRate(initial, inEpochs(moment)));
    }

    private static Moment inEpochs(Moment moment) {
        long size = Math.max(moment.stepsPerEpoch(), 1);
        return new Moment(moment.step() / size, (moment.steps() + size - 1) / size, 1);
    }

    @Override
    public String toString() {
        return schedule + " by=epoch";
    }
}
