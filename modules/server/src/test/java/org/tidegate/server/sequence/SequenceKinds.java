/* Kinds of models that have sequences, and what a step of each should show. */
package org.tidegate.server.sequence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.tidegate.FrozenModel;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.State;
import org.tidegate.server.model.Serving;
import org.tidegate.server.network.NetworkServing;
import org.tidegate.server.network.Networks;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.task.Servings;
import org.tidegate.server.task.TaskModels;
import org.tidegate.task.voice.VoiceAnswers;

/** A small model, requests of its sequences at random, and a session of its own that knows nothing of queues and of other sequences. */
enum SequenceKinds {
    /** Steps of reals. */
    NETWORK("y") {
        @Override
        Serving<?, ?> serving(Path folder) {
            return new NetworkServing(Networks.frozen(Networks.CURVE, Precision.FLOAT32));
        }

        @Override
        Oracle oracle(Path folder) {
            FrozenModel model = Networks.frozen(Networks.CURVE, Precision.FLOAT32);
            return new Oracle(model.newSession(), model::close) {
                @Override
                float[] numbers(Random random) {
                    return Networks.floats(random, 2 * (1 + random.nextInt(3)));
                }

                @Override
                InferenceTensor input(float[] numbers) {
                    return InferenceTensor.of("x", numbers, 1, numbers.length / 2, 2);
                }

                @Override
                InferenceTensor wrong() {
                    return InferenceTensor.of("x", new float[3], 1, 1, 3);
                }

                @Override
                Stepped step(Kept kept, float[] numbers, boolean last) {
                    return stepped(kept.state(), numbers, 2, 3, new float[0]);
                }
            };
        }
    },
    /** Sound, of which what is less than a chunk waits for what follows it. */
    VOICE("probabilities") {
        @Override
        Serving<?, ?> serving(Path folder) throws IOException {
            return Servings.open(file(folder), Precision.FLOAT32);
        }

        @Override
        Oracle oracle(Path folder) throws IOException {
            VoiceAnswers alone = VoiceAnswers.open(file(folder), Precision.FLOAT32);
            int chunk = alone.reading().chunk();
            return new Oracle(alone.model().newSession(), alone::close) {
                @Override
                float[] numbers(Random random) {
                    return Networks.floats(random, random.nextInt(3) * random.nextInt(chunk + 1));
                }

                @Override
                InferenceTensor input(float[] numbers) {
                    return InferenceTensor.of("samples", numbers, numbers.length);
                }

                @Override
                InferenceTensor wrong() {
                    return InferenceTensor.of("samples", new float[] {Float.NaN}, 1);
                }

                @Override
                Stepped step(Kept kept, float[] numbers, boolean last) {
                    float[] all = Arrays.copyOf(kept.left(), kept.left().length + numbers.length);
                    System.arraycopy(numbers, 0, all, kept.left().length, numbers.length);
                    int whole = last ? (all.length + chunk - 1) / chunk * chunk : all.length / chunk * chunk;
                    float[] left = last ? new float[0] : Arrays.copyOfRange(all, whole, all.length);
                    return stepped(kept.state(), Arrays.copyOf(all, whole), chunk, 1, left);
                }
            };
        }
    };

    private final String output;

    SequenceKinds(String output) {
        this.output = output;
    }

    /** The output that a step shows. */
    String output() {
        return output;
    }

    /** A model of the kind, whose file goes to a folder where it has one. */
    abstract Serving<?, ?> serving(Path folder) throws IOException;

    /** What the same model does by itself. */
    abstract Oracle oracle(Path folder) throws IOException;

    private static Path file(Path folder) throws IOException {
        Path file = folder.resolve("voice.safetensors");
        if (!Files.exists(file)) {
            TaskModels.VOICE.save(file);
        }
        return file;
    }

    /**
     * What is known of a sequence between its requests.
     *
     * @param state the network's
     * @param left numbers that wait for more
     */
    record Kept(State state, float[] left) {
        static final Kept NOTHING = new Kept(State.of(0), new float[0]);
    }

    /** What a request shows, and what is known after it. */
    record Stepped(float[] shown, Kept kept) {}

    /** For one thread. */
    abstract static class Oracle implements AutoCloseable {
        private final Session session;
        private final Runnable closeModel;

        Oracle(Session session, Runnable closeModel) {
            this.session = session;
            this.closeModel = closeModel;
        }

        /** What a request gives. */
        abstract float[] numbers(Random random);

        /** The numbers as a request has them. */
        abstract InferenceTensor input(float[] numbers);

        /** An input that is refused. */
        abstract InferenceTensor wrong();

        /** What a request of a sequence shows. */
        abstract Stepped step(Kept kept, float[] numbers, boolean last);

        /** One row after another. */
        final Stepped stepped(State before, float[] rows, int columns, int shownColumns, float[] left) {
            session.setState(before);
            float[] shown = new float[rows.length / columns * shownColumns];
            float[] row = new float[shownColumns];
            for (int t = 0; t < rows.length / columns; t++) {
                session.step(Arrays.copyOfRange(rows, columns * t, columns * (t + 1))).get(row);
                System.arraycopy(row, 0, shown, shownColumns * t, shownColumns);
            }
            return new Stepped(shown, new Kept(session.state(), left));
        }

        @Override
        public void close() {
            session.close();
            closeModel.run();
        }
    }
}
