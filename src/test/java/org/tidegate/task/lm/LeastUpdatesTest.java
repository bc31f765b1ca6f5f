package org.tidegate.task.lm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.train.Progress;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingListener;
import org.tidegate.train.TrainingResult;

/** How long a training on little data is. */
class LeastUpdatesTest {
    private static final String TEXT = "the quick brown fox jumps over the lazy dog, and the dog sleeps on. ".repeat(20);

    @TempDir
    private Path folder;

    private static TrainingResult train(Training training) throws IOException {
        try (LanguageModel model = TextModels.model(TEXT)) {
            return model.train(TEXT, training);
        }
    }

    @Test
    void littleDataIsTrainedOnForMoreEpochsAndMeasuredAsOften() throws IOException {
        Training training = TextModels.training(2).every(0.5).validation(0.2);
        TrainingResult few = train(training);
        long least = 3 * few.progress().steps() + 1;
        TrainingResult more = train(training.leastUpdates(least));
        assertEquals(least, more.progress().step());
        assertEquals(least / (few.progress().steps() / 2.0), more.progress().epochs(), 1e-9);
        assertEquals(few.history().size(), more.history().size(), 1); // the intervals are whole steps
    }

    @Test
    void epochsThatHaveMoreUpdatesAreTrainedAsTheyAre() throws IOException {
        TrainingResult plain = train(TextModels.training(2));
        TrainingResult same = train(TextModels.training(2).leastUpdates(plain.progress().steps()));
        assertEquals(plain.progress().steps(), same.progress().steps());
        assertEquals(2, same.progress().epochs());
    }

    @Test
    void aTrainingThatIsResumedHasAsManyUnlessEpochsAreGiven() throws IOException {
        Path file = folder.resolve("m.safetensors");
        Training training = TextModels.training(1).leastUpdates(100).checkpoint(file);
        boolean[] stop = {false};
        try (LanguageModel model = TextModels.model(TEXT)) {
            model.train(TEXT, training.every(0.5).stopWhen(() -> stop[0]).listener(new TrainingListener() {
                @Override
                public void stepped(Progress progress) {
                    stop[0] = progress.step() >= 60;
                }
            }));
        }
        try (LanguageModel model = LanguageModel.load(file)) {
            assertEquals(100, model.train(TEXT, Training.resume().checkpoint(file)).progress().steps());
        }
        try (LanguageModel model = LanguageModel.load(file)) {
            long steps = model.train(TEXT, Training.epochs(60).continued().checkpoint(file)).progress().steps();
            assertTrue(steps > 100, steps + " steps");
        }
    }

    @Test
    void fewerThanNoneAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Training.epochs(1).leastUpdates(-1));
    }
}
