package org.example.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Precision;
import org.tidegate.task.Answers;
import org.tidegate.task.Tasks;
import org.tidegate.task.Trainable;
import org.tidegate.train.Training;

/** A task that stands outside the library, as CONTRIBUTING.md says how to write one. */
class SignalTest {
    @TempDir
    Path folder;

    /** Waves of two frequencies with noise. */
    private static List<LabelledSignal> waves(int count, long seed) {
        Random random = new Random(seed);
        List<LabelledSignal> signals = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[][] steps = new float[10 + random.nextInt(20)][2];
            double frequency = i % 2 == 0 ? 0.5 : 1.5;
            double phase = random.nextDouble() * 6;
            for (int t = 0; t < steps.length; t++) {
                steps[t][0] = (float) (Math.sin(frequency * t + phase) + 0.1 * random.nextGaussian());
                steps[t][1] = (float) random.nextGaussian();
            }
            signals.add(new LabelledSignal(i % 2 == 0 ? "slow" : "fast", steps));
        }
        return signals;
    }

    @Test
    void aTaskOfAnotherModuleLearnsIsSavedAndAnswers() throws IOException {
        Path file = folder.resolve("signal.safetensors");
        List<LabelledSignal> others = waves(60, 2);
        try (SignalClassifier model = SignalClassifier.builder(waves(200, 1)).hidden(16).seed(3).build()) {
            model.train(waves(200, 1), Training.epochs(8).batch(16).learningRate(1e-2).validation(0.1));
            model.save(file);
        }
        assertEquals(SignalClassifier.TASK, Tasks.task(file));
        try (Answers<?> found = Tasks.open(file, Precision.INT8); SignalAnswers answers = SignalClassifier.open(file, Precision.FLOAT32);
                Trainable<?, ?> loaded = Tasks.load(file)) {
            assertEquals(SignalAnswers.class, found.getClass());
            assertTrue(answers.evaluate(others).number("accuracy") > 0.95, () -> "accuracy: " + answers.evaluate(others).number("accuracy"));
            assertEquals(List.of("slow", "fast"), answers.classify(others.subList(0, 2).stream().map(LabelledSignal::steps).toList()));
            assertEquals(8, loaded.history().size());
            assertEquals("signals of 2 channels, 2 labels", loaded.reading().describe());
        }
        assertThrows(IllegalArgumentException.class,
                () -> SignalClassifier.builder(waves(4, 1)).build().train(List.of(new LabelledSignal("none", new float[1][2])), Training.epochs(1)));
    }
}
