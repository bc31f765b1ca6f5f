package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tidegate.train.DivergedException;
import org.tidegate.train.Progress;
import org.tidegate.train.Schedule;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingListener;

/** Every task: a training that diverges replaces no file. */
class DivergenceTest {
    @TempDir
    Path folder;

    static Stream<String> samples() {
        return TaskSamples.trainable();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aRateOfAMillionLeavesTheOldFilesAsTheyWere(String task) throws IOException {
        Path file = Files.writeString(folder.resolve("old"), "the old model");
        Path best = Files.writeString(folder.resolve("best"), "the best model");
        TaskSamples.Sample<?, ?> sample = TaskSamples.of(task);
        Training wild = sample.training().learningRate(1e6).schedule(Schedule.constant()).checkpoint(file).keepBest(best);
        boolean[] stop = {false};
        Training stopped = wild.every(100).stopWhen(() -> stop[0]).listener(new TrainingListener() {
            @Override
            public void stepped(Progress progress) {
                stop[0] = true; // Ctrl-C after the first step
            }
        });
        for (Training training : new Training[] {wild, wild.every(0.01), stopped}) {
            stop[0] = false;
            try (Trainable<?, ?> model = sample.fresh()) {
                String message = assertThrows(DivergedException.class, () -> sample.train(model, training)).getMessage();
                assertTrue(message.contains("Try a smaller learning rate"), message);
            }
            assertArrayEquals("the old model".getBytes(), Files.readAllBytes(file));
            assertArrayEquals("the best model".getBytes(), Files.readAllBytes(best));
        }
    }
}
