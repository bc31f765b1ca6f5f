package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tidegate.GradientNorm;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.train.Progress;
import org.tidegate.train.Schedule;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingListener;
import org.tidegate.train.TrainingResult;

/** Every task: the model that a training leaves behind, and what it takes to go on from it. */
class KeepTest {
    private static final Schedule EXPLODES = (initial, moment) -> moment.step() >= moment.steps() / 2 ? 30 * initial : initial;

    @TempDir
    Path folder;

    static Stream<String> samples() {
        return TaskSamples.trainable();
    }

    private static Training stopAfter(Training training, long step) {
        boolean[] stop = {false};
        return training.stopWhen(() -> stop[0]).listener(new TrainingListener() {
            @Override
            public void stepped(Progress progress) {
                stop[0] = progress.step() >= step;
            }
        });
    }

    private static void assertSameFiles(Path expected, Path found) throws IOException {
        try (Trainable<?, ?> a = Tasks.load(expected); Trainable<?, ?> b = Tasks.load(found); Checkpoint x = Checkpoint.open(expected);
                Checkpoint y = Checkpoint.open(found)) {
            assertEquals(a.model().fingerprint(), b.model().fingerprint(), "the model");
            assertEquals(a.reading().toJson(), b.reading().toJson());
            assertEquals(a.trainingSettings(), b.trainingSettings());
            assertEquals(new TreeSet<>(x.tensors().keySet()), new TreeSet<>(y.tensors().keySet()));
            for (String name : x.tensors().keySet()) {
                if (name.startsWith("training.")) {
                    String extra = name.substring("training.".length());
                    assertArrayEquals(x.extra(extra), y.extra(extra), name);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aTrainingLeavesItsBestModelAndGoesOnFromItsLast(String task) throws IOException {
        TaskSamples.Sample<?, ?> sample = TaskSamples.of(task);
        Path whole = folder.resolve("whole");
        Path part = folder.resolve("part");
        Training settings = sample.training().validation(0.3).every(0.4).learningRate(0.05).schedule(Schedule.step(3, 0.7)).clipNorm(0.5)
                .clipValue(0.1).gradientNorm(GradientNorm.MAX).optimizer("rmsprop").seed(9);
        TrainingResult result;
        try (Trainable<?, ?> model = sample.fresh()) {
            result = sample.train(model, settings.checkpoint(whole));
        }
        long half = result.history().get(0).step() + 1;
        try (Trainable<?, ?> model = sample.fresh()) {
            assertEquals(TrainingResult.Outcome.STOPPED, sample.train(model, stopAfter(settings, half).checkpoint(part)).outcome());
        }
        try (Trainable<?, ?> model = Tasks.load(part)) {
            TrainingResult resumed = sample.train(model, Training.resume().checkpoint(part));
            assertEquals(result.bestLoss(), resumed.bestLoss());
            assertEquals(result.keptStep(), resumed.keptStep());
            assertEquals(result.history().stream().map(point -> point.learningRate()).toList(),
                    resumed.history().stream().map(point -> point.learningRate()).toList());
        }
        assertSameFiles(whole, part);
    }

    @Test
    void theFileAndTheModelHaveTheBestWeightsAndTheFileTheLastOnesToo() throws IOException {
        TaskSamples.Sample<?, ?> sample = TaskSamples.of("classify");
        Path file = folder.resolve("model");
        Path best = folder.resolve("best");
        Training training = sample.training().validation(0.3).every(0.2).schedule(EXPLODES).checkpoint(file).keepBest(best);
        try (Trainable<?, ?> model = sample.fresh(); Trainable<?, ?> last = sample.fresh()) {
            TrainingResult result = sample.train(model, training);
            assertTrue(result.keptStep() == result.bestStep() && result.keptStep() < result.progress().step(), result.toString());
            try (Trainable<?, ?> saved = Tasks.load(file); Trainable<?, ?> apart = Tasks.load(best)) {
                assertEquals(apart.model().fingerprint(), saved.model().fingerprint());
                assertEquals(apart.model().fingerprint(), model.model().fingerprint());
                assertTrue(saved.isResumable());
            }
            // What the object saves is what the training saved.
            model.save(folder.resolve("again"));
            assertSameFiles(file, folder.resolve("again"));
            model.saveWeights(folder.resolve("slim"));
            try (Checkpoint slim = Checkpoint.open(folder.resolve("slim"))) {
                assertFalse(slim.tensors().keySet().stream().anyMatch(name -> name.startsWith("training.")));
            }
            TrainingResult kept = sample.train(last, training.keep(Training.Keep.LAST));
            assertEquals(kept.progress().step(), kept.keptStep());
            assertTrue(last.model().fingerprint() != model.model().fingerprint());
            try (Trainable<?, ?> saved = Tasks.load(file)) {
                assertEquals(last.model().fingerprint(), saved.model().fingerprint());
            }
        }
    }

    @Test
    void whatIsGivenWinsAndIsNamedAndAScheduleOfTheProgramsOwnIsAskedFor() throws IOException {
        TaskSamples.Sample<?, ?> sample = TaskSamples.of("classify");
        try (Trainable<?, ?> model = sample.fresh()) {
            sample.train(model, sample.training().learningRate(0.01).clipNorm(0.5));
            Training more = Training.epochs(2).continued().learningRate(0.02).clipNorm(0.5);
            assertEquals(List.of("epochs 2 (was 1)", "learning rate 0.02 (was 0.01)"), more.changes(model.trainingSettings().orElseThrow()));
            assertEquals(0.02, sample.train(model, more.schedule(Schedule.constant())).progress().learningRate());
            assertTrue(model.trainingSettings().orElseThrow().training().contains("\"instruction_set\":\""));
            sample.train(model, Training.epochs(3).continued().schedule(EXPLODES));
            String message = assertThrows(IllegalArgumentException.class, () -> sample.train(model, Training.epochs(4).continued()))
                    .getMessage();
            assertTrue(message.startsWith("the schedule of the training was one of the program's own"), message);
        }
    }
}
