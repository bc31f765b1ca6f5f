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
        double sum = 0;
        long targets = 0;
        for (List<Integer> group : Groups.of(examples, reading::length, BATCH)) {
            batch.clear();
            reading.fill(batch, group.stream().map(examples::get).toList());
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
}
