package org.tidegate.task;

import java.util.List;
import org.tidegate.Batch;
import org.tidegate.Metrics;
import org.tidegate.Session;

/** The mean loss on examples, batch by batch. */
final class ExampleLoss {
    /** Examples of a batch. */
    private static final int BATCH = 64;

    private ExampleLoss() {}

    static <E> double of(ExampleReading<E> reading, Session session, Batch batch, List<E> examples) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there are no " + reading.examples() + " to measure");
        }
        checkKnown(reading, examples);
        List<E> scored = examples.stream().filter(reading::hasLoss).toList();
        double sum = 0;
        long targets = 0;
        for (List<Integer> group : Groups.of(scored, reading::length, BATCH)) {
            batch.clear();
            reading.fill(batch, group.stream().map(scored::get).toList());
            Metrics metrics = session.forward(batch);
            sum += metrics.loss() * metrics.targets();
            targets += metrics.targets();
        }
        if (targets == 0) {
            throw new IllegalArgumentException("there is nothing to measure: none of the " + examples.size() + " " + reading.examples()
                    + " has a " + reading.target() + " that counts");
        }
        return sum / targets;
    }

    /** Of examples without one answer that the model could give nothing can be said. */
    static <E> void checkKnown(ExampleReading<E> reading, List<E> examples) {
        Unknown unknown = Unknown.in(reading, examples);
        if (unknown.isAll()) {
            throw new IllegalArgumentException("there is nothing to measure: training had none of the " + reading.part() + "s of these "
                    + reading.examples() + "; the first is \"" + unknown.first() + "\". Measure on " + reading.examples()
                    + " of the kind that the model was trained on");
        }
    }
}
