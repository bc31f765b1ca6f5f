package org.tidegate.task;

import java.util.List;
import java.util.Optional;
import org.tidegate.Batch;
import org.tidegate.Metrics;
import org.tidegate.Session;

/** The mean loss on examples, batch by batch; the batches are those of each measurement. */
final class ExampleLoss<E> {
    /** Examples of a batch. */
    private static final int BATCH = 64;

    private final ExampleReading<E> reading;
    private final int examples;
    private final List<List<E>> measured;
    private final List<List<E>> withoutLoss;

    ExampleLoss(ExampleReading<E> reading, List<E> examples) {
        this.reading = reading;
        this.examples = examples.size();
        measured = groups(examples.stream().filter(reading::hasLoss).toList());
        withoutLoss = groups(examples.stream().filter(example -> !reading.hasLoss(example)).toList());
    }

    /** The loss of examples that are known in part, and the score of all of them, those without a loss too. */
    double of(Session session, Batch batch, Optional<ExampleReading.Score<E>> score) {
        if (examples == 0) {
            throw new IllegalArgumentException("there are no " + reading.examples() + " to measure");
        }
        double sum = 0;
        long targets = 0;
        for (List<E> group : measured) {
            batch.clear();
            reading.fill(batch, group);
            Metrics metrics = session.forward(batch);
            sum += metrics.loss() * metrics.targets();
            targets += metrics.targets();
            score.ifPresent(figure -> figure.add(session, batch, group));
        }
        if (targets == 0) {
            throw new IllegalArgumentException("there is nothing to measure: none of the " + examples + " " + reading.examples()
                    + " has a " + reading.target() + " that counts");
        }
        if (score.isPresent()) {
            for (List<E> group : withoutLoss) {
                session.clear(); // it would score the answers of the examples before
                batch.clear();
                reading.fillGiven(batch, group);
                session.forward(batch);
                score.get().add(session, batch, group);
            }
        }
        return sum / targets;
    }

    private List<List<E>> groups(List<E> some) {
        return Groups.of(some, reading::length, BATCH).stream().map(group -> group.stream().map(some::get).toList()).toList();
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
