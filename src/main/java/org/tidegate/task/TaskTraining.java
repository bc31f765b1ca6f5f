package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.tidegate.Batch;
import org.tidegate.checkpoint.AtomicFile;
import org.tidegate.data.Prefetcher;
import org.tidegate.train.TrainingState;
import org.tidegate.train.TrainingTask;
import org.tidegate.train.Weights;

/** A task's training as the trainer sees it: batches that are filled ahead of their steps, and where the run is saved. */
final class TaskTraining implements TrainingTask, AutoCloseable {
    private final Trainable<?, ?> trainable;
    private final TrainingSource source;
    private Prefetcher<Batch> prefetcher; // begins when the first batch is asked for: what is never used has no thread to end
    private long next;

    /** A training from a step on, over a source that it owns from now on. */
    TaskTraining(Trainable<?, ?> trainable, TrainingSource source, long step) {
        this.trainable = trainable;
        this.source = source;
        next = step;
    }

    @Override
    public long stepsPerEpoch() {
        return source.stepsPerEpoch();
    }

    @Override
    public Batch batch(long step) {
        if (step != next) {
            throw new IllegalStateException("step " + step + " was asked for; the next one is " + next);
        }
        if (prefetcher == null) {
            prefetcher = new Prefetcher<>(trainable.model().newBatch(), trainable.model().newBatch(), step, source::fill);
        }
        next++;
        return prefetcher.take();
    }

    @Override
    public boolean forgetsState(long step) {
        return source.forgetsState(step);
    }

    @Override
    public double charactersPerTarget() {
        return source.charactersPerTarget();
    }

    @Override
    public double startMargin() {
        return source.startMargin();
    }

    @Override
    public void refitStart() {
        source.refitStart();
    }

    @Override
    public OptionalDouble validate() {
        return source.validate();
    }

    @Override
    public OptionalDouble figure() {
        return source.figure();
    }

    @Override
    public void save(Path file, TrainingState state) throws IOException {
        trainable.saveRun(file, state);
    }

    @Override
    public void save(Path file, TrainingState state, Weights best) throws IOException {
        trainable.saveRun(file, state, best);
    }

    @Override
    public void best() {
        trainable.rememberReading();
    }

    @Override
    public void saveModel(Path file, TrainingState state) throws IOException {
        trainable.save(file, null, state);
    }

    @Override
    public void checkWritable(Path file) throws IOException {
        AtomicFile.checkWritable(file);
    }

    @Override
    public void close() {
        try {
            if (prefetcher != null) {
                prefetcher.close();
            }
        } finally {
            source.close();
        }
    }
}
