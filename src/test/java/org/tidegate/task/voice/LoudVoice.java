package org.tidegate.task.voice;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.tidegate.Activation;
import org.tidegate.Attribute;
import org.tidegate.Cell;
import org.tidegate.Elementwise;
import org.tidegate.Model;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.audio.Audio;

/** A voice detector of 10 ms at 8 kHz for tests: what is loud is speech, and a recurrent layer has a little say in how much. */
public final class LoudVoice {
    static final int RATE = 8000;
    static final int CHUNK = 80;
    /** Samples before a chunk that it keeps in front of it. */
    static final int CONTEXT = 20;
    static final VoiceReading READING = new VoiceReading(RATE, CHUNK, new SpeechRules(0.5, 0.35, 50, 30, 8), "sound", "speech");

    private LoudVoice() {}

    /** The network. The caller closes it. */
    static Model model() {
        ModelBuilder b = new ModelBuilder();
        Node sound = b.input("sound", CHUNK);
        Node both = b.frames(sound, 2, Attribute.stride(1), Attribute.padding(1, 0));
        Node heard = b.slice(both, CHUNK - CONTEXT, CHUNK + CONTEXT);
        Node power = b.linear(b.apply(Elementwise.SQUARE, heard), 1, Attribute.name("power"));
        Node rnn = b.recurrent(power, Cell.LSTM, 5, Attribute.name("rnn"));
        Node logit = b.linear(b.concat(power, rnn), 1, Attribute.name("logit"));
        b.activation(logit, Activation.SIGMOID, Attribute.name("speech"));
        Model model = b.build(7);
        float[] mean = new float[CHUNK + CONTEXT];
        Arrays.fill(mean, 1f / mean.length);
        model.parameter("power.weight").set(mean);
        model.parameter("power.bias").set(0);
        model.parameter("logit.weight").set(400, 1, -1, 2, -2, 1);
        model.parameter("logit.bias").set(-4);
        return model;
    }

    /** Writes the model's file. */
    public static void save(Path file) throws IOException {
        try (Model model = model()) {
            new VoiceFormat().save(READING, model, file);
        }
    }

    /** Noise that is loud for 30 to 300 ms, and quiet for as long. */
    public static Audio talk(long seed) {
        Random random = new Random(seed);
        float[] samples = new float[4000 + random.nextInt(8000)];
        int until = 0;
        boolean loud = false;
        for (int i = 0; i < samples.length; i++) {
            if (i == until) {
                until += 240 + random.nextInt(2160);
                loud ^= true;
            }
            samples[i] = (float) ((loud ? 0.2 : 0.02) * random.nextGaussian());
        }
        return new Audio(samples, RATE);
    }
}
