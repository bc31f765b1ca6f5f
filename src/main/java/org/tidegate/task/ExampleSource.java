package org.tidegate.task;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Session;
import org.tidegate.data.ExampleBatches;
import org.tidegate.train.Training;

/** The batches of a training on separate examples: those of similar lengths together. */
final class ExampleSource<E> implements TrainingSource {
    private final ExampleReading<E> reading;
    private final ExampleReading.Filler<E> filler;
    private final List<E> examples;
    private final ExampleLoss<E> heldOut;
    private final ExampleBatches batches;
    private final long seed;
    private final Session session; // null if nothing is held out
    private final Batch batch;
    private final Model model;
    private final Consumer<ExampleReading.Score<E>> validated;
    private final double startMargin;
    private final boolean smoothed; // held-out losses, as the training began with them
    private Optional<ExampleReading.Score<E>> score = Optional.empty();

    ExampleSource(ExampleReading<E> reading, Model model, List<E> examples, int[] lengths, List<E> heldOut, Training training,
            Consumer<ExampleReading.Score<E>> validated, double startMargin, boolean smoothed) {
        this.reading = reading;
        this.model = model;
        this.validated = validated;
        this.startMargin = startMargin;
        this.smoothed = smoothed;
        this.examples = examples;
        this.heldOut = new ExampleLoss<>(reading, heldOut);
        filler = reading.filler(examples);
        batches = new ExampleBatches(lengths, training.batch(), training.seed());
        seed = training.seed();
        session = heldOut.isEmpty() ? null : model.newSession();
        batch = model.newBatch();
        if (session != null) {
            session.setThreads(training.threads());
        }
    }

    @Override
    public long stepsPerEpoch() {
        return batches.stepsPerEpoch();
    }

    @Override
    public void fill(long step, Batch to) {
        to.clear();
        filler.fill(to, Arrays.stream(batches.batch(step)).mapToObj(examples::get).toList(), ExampleBatches.random(seed, -1 - step));
    }

    @Override
    public OptionalDouble validate() {
        if (session == null) {
            return OptionalDouble.empty();
        }
        score = reading.score(model);
        double loss = heldOut.of(session, batch, score);
        score.ifPresent(validated);
        return OptionalDouble.of(smoothed ? loss : score.map(figure -> figure.loss(loss)).orElse(loss));
    }

    @Override
    public double startMargin() {
        return startMargin;
    }

    @Override
    public OptionalDouble figure() {
        return score.map(ExampleReading.Score::value).map(OptionalDouble::of).orElse(OptionalDouble.empty());
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }
}
