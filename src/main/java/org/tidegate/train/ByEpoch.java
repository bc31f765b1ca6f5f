package org.tidegate.train;

/** A schedule whose steps are epochs. */
record ByEpoch(Schedule schedule) implements Schedule {
    @Override
    public double learningRate(double initial, Moment moment) {
        long size = Math.max(moment.stepsPerEpoch(), 1);
        return schedule.learningRate(initial, new Moment(moment.step() / size, (moment.steps() + size - 1) / size, 1));
    }

    @Override
    public void validated(double loss) {
        schedule.validated(loss);
    }

    @Override
    public String memory() {
        return schedule.memory();
    }

    @Override
    public void remember(String memory) {
        schedule.remember(memory);
    }

    @Override
    public String toString() {
        return schedule + " by=epoch";
    }
}
