package org.tidegate.task;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
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
        // Once each: some tasks must split a text to know its length.
        int[] lengths = examples.stream().mapToInt(reading::length).toArray();
        List<E> sorted = IntStream.range(0, lengths.length).boxed().sorted(Comparator.comparingInt(i -> lengths[i])).map(examples::get)
                .toList();
        double sum = 0;
        long targets = 0;
        for (int from = 0; from < sorted.size(); from += BATCH) {
            batch.clear();
            reading.fill(batch, sorted.subList(from, Math.min(from + BATCH, sorted.size())));
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
