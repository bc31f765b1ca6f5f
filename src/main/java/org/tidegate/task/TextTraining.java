package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.tidegate.Batch;
import org.tidegate.checkpoint.AtomicFile;
import org.tidegate.data.Prefetcher;
import org.tidegate.data.TextStreams;
import org.tidegate.train.TrainingState;
import org.tidegate.train.TrainingTask;

/** A language model's training as the trainer sees it: batches that are filled ahead, validation on held-out text, saving. */
final class TextTraining implements TrainingTask, AutoCloseable {
    /** Held-out text is read in parallel streams of at least this length, so that their cold starts weigh little. */
    private static final int STREAM = 8192;

    private final LanguageModel model;
    private final TextStreams streams;
    private final Prefetcher<Batch> prefetcher;
    private final double charactersPerTarget;
    private final int[] heldOut;
    private final TextReader reader;
    private long next;

    /** A training that goes on at a step. */
    TextTraining(LanguageModel model, TextStreams streams, long step, String heldOut, double charactersPerTarget, int threads) {
        this.model = model;
        this.streams = streams;
        this.charactersPerTarget = charactersPerTarget;
        this.heldOut = model.vocabulary().encode(heldOut);
        if (!heldOut.isEmpty() && this.heldOut.length < 2) {
            throw new IllegalArgumentException("the validation text has " + this.heldOut.length + " tokens; expected at least 2");
        }
        reader = this.heldOut.length == 0 ? null : new TextReader(model.model(), threads);
        next = step;
        prefetcher = new Prefetcher<>(newBatch(), newBatch(), step, this::fill);
    }

    @Override
    public long stepsPerEpoch() {
        return streams.stepsPerEpoch();
    }

    @Override
    public Batch batch(long step) {
        if (step != next) {
            throw new IllegalStateException("step " + step + " was asked for; the next one is " + next);
        }
        next++;
        return prefetcher.take();
    }

    @Override
    public boolean forgetsState(long step) {
        return streams.startsEpoch(step);
    }

    @Override
    public double charactersPerTarget() {
        return charactersPerTarget;
    }

    @Override
    public OptionalDouble validate() {
        if (reader == null) {
            return OptionalDouble.empty();
        }
        int parallel = Math.max(1, Math.min(heldOut.length / STREAM, streams.streams()));
        return OptionalDouble.of(reader.loss(heldOut, parallel));
    }

    @Override
    public void save(Path file, TrainingState state) throws IOException {
        model.save(file, state);
    }

    @Override
    public void saveModel(Path file, TrainingState state) throws IOException {
        model.saveModel(file, state);
    }

    @Override
    public void checkWritable(Path file) throws IOException {
        AtomicFile.checkWritable(file);
    }

    @Override
    public void close() {
        prefetcher.close();
        if (reader != null) {
            reader.close();
        }
    }

    private Batch newBatch() {
        return model.model().newBatch().equalLengths(LanguageModel.AXIS, streams.streams(), streams.steps());
    }

    private void fill(long step, Batch batch) {
        streams.fill(step, batch.ids(LanguageModel.TOKENS), batch.ids(LanguageModel.NEXT));
    }
}
