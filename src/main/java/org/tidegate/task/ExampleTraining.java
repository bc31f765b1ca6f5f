package org.tidegate.task;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.tidegate.Batch;
import org.tidegate.Session;
import org.tidegate.data.ExampleBatches;
import org.tidegate.train.Training;

/** The training of a model on separate examples: batches of similar lengths, validation on held-out examples. */
final class ExampleTraining<E> extends OldTaskTraining {
    private final ExampleModel<E> model;
    private final long stepsPerEpoch;
    private final List<E> heldOut;
    private final Session session;
    private final Batch batch;

    /** A training that goes on at a step. */
    ExampleTraining(ExampleModel<E> model, List<E> examples, List<E> heldOut, Training training, long step) {
        this(model, examples, heldOut, training, step,
                new ExampleBatches(examples.stream().mapToInt(model::length).toArray(), training.batch(), training.seed()));
    }

    private ExampleTraining(ExampleModel<E> model, List<E> examples, List<E> heldOut, Training training, long step,
            ExampleBatches batches) {
        super(model, step, (number, batch) -> {
            batch.clear();
            model.fill(batch, Arrays.stream(batches.batch(number)).mapToObj(examples::get).toList(),
                    ExampleBatches.random(training.seed(), -1 - number));
        });
        this.model = model;
        this.heldOut = List.copyOf(heldOut);
        stepsPerEpoch = batches.stepsPerEpoch();
        session = heldOut.isEmpty() ? null : Sessions.of(model.model(), training.threads());
        batch = model.model().newBatch();
    }

    @Override
    public long stepsPerEpoch() {
        return stepsPerEpoch;
    }

    /** Examples have nothing to do with each other. */
    @Override
    public boolean forgetsState(long step) {
        return true;
    }

    @Override
    public OptionalDouble validate() {
        return session == null ? OptionalDouble.empty() : OptionalDouble.of(model.loss(session, batch, heldOut));
    }

    @Override
    public void close() {
        super.close();
        if (session != null) {
            session.close();
        }
    }
}
