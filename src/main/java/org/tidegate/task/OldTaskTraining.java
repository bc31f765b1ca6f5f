package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import org.tidegate.Batch;
import org.tidegate.checkpoint.AtomicFile;
import org.tidegate.data.Prefetcher;
import org.tidegate.train.TrainingState;
import org.tidegate.train.TrainingTask;

/** A task's training as the trainer sees it: numbered batches that are filled ahead, and where the run is saved. */
abstract class OldTaskTraining implements TrainingTask, AutoCloseable {
    private final TaskModel model;
    private final Prefetcher.Filler<Batch> filler;
    private Prefetcher<Batch> prefetcher; // begins when the first batch is asked for: what is never used has no thread to end
    private long next;

    /**
     * A training that goes on at a step.
     *
     * @param filler overwrites a batch with that of a step; called on a thread of its own
     */
    OldTaskTraining(TaskModel model, long step, Prefetcher.Filler<Batch> filler) {
        this.model = model;
        this.filler = filler;
        next = step;
    }

    @Override
    public final Batch batch(long step) {
        if (step != next) {
            throw new IllegalStateException("step " + step + " was asked for; the next one is " + next);
        }
        if (prefetcher == null) {
            prefetcher = new Prefetcher<>(model.model().newBatch(), model.model().newBatch(), step, filler);
        }
        next++;
        return prefetcher.take();
    }

    @Override
    public final void save(Path file, TrainingState state) throws IOException {
        model.save(file, state);
    }

    @Override
    public final void saveModel(Path file, TrainingState state) throws IOException {
        model.saveModel(file, state);
    }

    @Override
    public final void checkWritable(Path file) throws IOException {
        AtomicFile.checkWritable(file);
    }

    @Override
    public void close() {
        if (prefetcher != null) {
            prefetcher.close();
        }
    }
}
