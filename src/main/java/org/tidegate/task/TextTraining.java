package org.tidegate.task;

import java.util.OptionalDouble;
import org.tidegate.data.TextStreams;

/** A language model's training: parallel streams of the text, validation on held-out text. */
final class TextTraining extends OldTaskTraining {
    /** Held-out text is read in parallel streams of at least this length, so that their cold starts weigh little. */
    private static final int STREAM = 8192;

    private final TextStreams streams;
    private final double charactersPerTarget;
    private final int[] heldOut;
    private final TextReader reader;

    /**
     * A training that goes on at a step.
     *
     * @param heldOut the tokens to validate on; none, or at least two
     */
    TextTraining(LanguageModel model, TextStreams streams, long step, int[] heldOut, double charactersPerTarget, int threads) {
        super(model, step, (number, batch) -> {
            batch.equalLengths(LanguageModel.AXIS, streams.streams(), streams.steps());
            streams.fill(number, batch.writableIds(LanguageModel.TOKENS), batch.writableIds(LanguageModel.NEXT));
        });
        this.streams = streams;
        this.charactersPerTarget = charactersPerTarget;
        this.heldOut = heldOut;
        reader = heldOut.length == 0 ? null : new TextReader(model.model(), threads);
    }

    @Override
    public long stepsPerEpoch() {
        return streams.stepsPerEpoch();
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
    public void close() {
        super.close();
        if (reader != null) {
            reader.close();
        }
    }
}
