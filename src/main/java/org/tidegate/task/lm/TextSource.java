package org.tidegate.task.lm;

import java.util.OptionalDouble;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Session;
import org.tidegate.data.TextStreams;
import org.tidegate.task.TrainingSource;

/** The batches of a training on a text, as parallel streams. */
final class TextSource implements TrainingSource {
    /** Held-out text is read in parallel streams of at least this length, so that their cold starts weigh little. */
    private static final int STREAM = 8192;

    private final TextStreams streams;
    private final double charactersPerTarget;
    private final int[] heldOut;
    private final Session session; // null if nothing is held out
    private final Batch batch;
    private OptionalDouble loss = OptionalDouble.empty(); // of the last validation

    /** heldOut: the tokens to validate on; none, or at least two. */
    TextSource(Model model, TextStreams streams, double charactersPerTarget, int[] heldOut, int threads) {
        this.streams = streams;
        this.charactersPerTarget = charactersPerTarget;
        this.heldOut = heldOut;
        session = heldOut.length == 0 ? null : model.newSession();
        batch = model.newBatch();
        if (session != null) {
            session.setThreads(threads);
        }
    }

    @Override
    public long stepsPerEpoch() {
        return streams.stepsPerEpoch();
    }

    @Override
    public void fill(long step, Batch to) {
        to.equalLengths(LanguageModelReading.AXIS, streams.streams(), streams.steps());
        streams.fill(step, to.writableIds(LanguageModelReading.TOKENS), to.writableIds(LanguageModelReading.NEXT));
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
        if (session == null) {
            return OptionalDouble.empty();
        }
        int parallel = Math.max(1, Math.min(heldOut.length / STREAM, streams.streams()));
        loss = OptionalDouble.of(TextLoss.of(session, batch, heldOut, parallel));
        return loss;
    }

    @Override
    public OptionalDouble figure() {
        return loss.stream().map(Math::exp).findFirst();
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }
}
