/* Our side. */
package org.tidegate.bench.voice;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Locale;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.Session;
import org.tidegate.Value;
import org.tidegate.onnx.OnnxModel;

/** Forms of use of one frozen model, which keeps the state and the samples in front of a chunk itself. */
final class TidegateVoice {
    private TidegateVoice() {
    }

    /** The network at 16 kHz, its state and its context kept. The caller closes it. */
    static Model read(Path file) throws IOException {
        int width = VoiceSignal.CONTEXT + VoiceSignal.CHUNK;
        return OnnxModel.read(file).bind("sr", VoiceSignal.RATE).shape("input", "N", Integer.toString(width)).context("input", VoiceSignal.CONTEXT)
            .toModel();
    }

    private static String name(FrozenModel model) {
        return "Tidegate " + model.precision().name().toLowerCase(Locale.ROOT);
    }

    private static String input(FrozenModel model) {
        return model.values().stream().filter(Value::input).findFirst().orElseThrow().name();
    }

    private static String last(FrozenModel model) {
        return model.nodes().get(model.nodes().size() - 1).name();
    }

    /** One stream: a call is a step. */
    static final class Stream extends VoiceContender {
        private final VoiceSignal signal;
        private final Session session;
        private FloatBuffer probability;
        private int step;

        Stream(FrozenModel model, VoiceSignal signal) {
            super(name(model) + ", a step", 1);
            this.signal = signal;
            session = model.newSession(last(model));
        }

        @Override
        public void run() {
            probability = session.step(signal.chunk(VoiceSignal.heard(0, step)));
            step++;
        }

        @Override
        public float[] output() {
            return new float[] {probability.get(0)};
        }

        @Override
        public void close() {
            session.close();
        }
    }

    /** Streams side by side: a call is a step of each. */
    static final class Streams extends VoiceContender {
        private final VoiceSignal signal;
        private final int streams;
        private final Session session;
        private final Batch batch;
        private final String input;
        private FloatBuffer probabilities;
        private int step;

        Streams(FrozenModel model, VoiceSignal signal, int streams) {
            super(name(model) + ", " + streams + " streams", streams);
            this.signal = signal;
            this.streams = streams;
            session = model.newSession(last(model));
            input = input(model);
            batch = model.newBatch().equalLengths(model.value(input).axis().orElseThrow(), streams, 1);
        }

        @Override
        public void run() {
            FloatBuffer rows = batch.writableReals(input);
            for (int s = 0; s < streams; s++) {
                signal.chunk(VoiceSignal.heard(s, step), rows, s * VoiceSignal.CHUNK);
            }
            probabilities = session.step(batch);
            step++;
        }

        @Override
        public float[] output() {
            float[] copy = new float[streams];
            probabilities.get(0, copy);
            return copy;
        }

        @Override
        public void close() {
            session.close();
        }
    }

    /** A recording in one forward call, as long as the signal. */
    static final class Sequence extends VoiceContender {
        private final Session session;
        private final Batch batch;
        private final String input;
        private final String output;
        private final float[] samples = new float[VoiceSignal.CHUNKS * VoiceSignal.CHUNK];

        Sequence(FrozenModel model, VoiceSignal signal) {
            super(name(model) + ", a sequence of " + VoiceSignal.CHUNKS, VoiceSignal.CHUNKS);
            input = input(model);
            output = last(model);
            session = model.newSession(output);
            batch = model.newBatch().lengths(model.value(input).axis().orElseThrow(), VoiceSignal.CHUNKS);
            for (int chunk = 0; chunk < VoiceSignal.CHUNKS; chunk++) {
                signal.chunk(chunk, samples, chunk * VoiceSignal.CHUNK);
            }
        }

        @Override
        public void run() {
            batch.writableReals(input).put(0, samples);
            session.forward(batch);
        }

        @Override
        public float[] output() {
            return session.output(output).toArray();
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
