package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.Tensor;
import org.tidegate.data.Series;
import org.tidegate.task.classify.Classifier;
import org.tidegate.task.classify.LabelledText;
import org.tidegate.task.forecast.ForecastSetup;
import org.tidegate.task.forecast.Forecaster;
import org.tidegate.task.forecast.ForecasterAnswers;
import org.tidegate.train.Progress;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingListener;
import org.tidegate.train.Weights;

class SeedsTest {
    private static final List<LabelledText> TEXTS = IntStream.range(0, 60)
            .mapToObj(i -> new LabelledText(i % 3 == 0 ? "calm" : "wild", "word" + i % 7 + (i % 3 == 0 ? " still" : " storm") + " at " + i % 5))
            .toList();
    private static final Seeds.Learner<Classifier> LEARNER = (model, training) -> model.train(TEXTS, training);

    @TempDir
    private Path folder;

    static Stream<String> trainable() {
        return TaskSamples.trainable().filter(name -> !TaskSamples.task(name).equals("transcribe")); // refused, see below
    }

    /** Of a sample's models, which all begin alike; one that is measured is measured as it was validated. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // the sample's own types
    private static Trainable<?, ?> mean(TaskSamples.Sample<?, ?> sample, int count, Training training) throws IOException {
        Seeds.Maker maker = seed -> sample.fresh();
        Seeds.Learner learner = (model, settings) -> sample.trainValidated((Trainable<?, ?>) model, settings);
        return (Trainable<?, ?>) Seeds.of(count).train(training, maker, learner).orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("trainable")
    void aMeanIsThatOfTheTrainingsOfItsSeedsAndAnswersAsItsFile(String name) throws IOException {
        TaskSamples.Sample<?, ?> sample = TaskSamples.of(name);
        Path file = folder.resolve("mean.safetensors");
        List<Weights> weights = new ArrayList<>();
        try (Trainable<?, ?> mean = mean(sample, 2, sample.training().checkpoint(file)); Trainable<?, ?> first = sample.fresh()) {
            for (long seed : new long[] {5, 6}) {
                try (Trainable<?, ?> alone = sample.fresh()) {
                    sample.trainValidated(alone, sample.training().seed(seed).splitSeed(5));
                    weights.add(Weights.of(alone.model()));
                }
            }
            try (Model expected = MeanNetwork.of(first.model(), weights)) {
                assertEquals(expected.spec(), mean.model().spec());
                for (Tensor parameter : expected.parameters()) {
                    assertArrayEquals(parameter.toArray(), mean.model().parameter(parameter.name()).toArray(), parameter.name());
                }
            }
            assertEquals(List.of(5L, 6L), mean.meanOf().orElseThrow().trainings().stream().map(state -> state.settings().seed()).toList());
            assertEquals(List.of("mean.safetensors"), files());
            for (Precision precision : List.of(Precision.FLOAT32, Precision.INT8)) {
                try (Answers<?> answers = mean.answers(precision); Answers<?> opened = Tasks.open(file, precision)) {
                    for (int question = 0; question < TaskSamples.QUESTIONS; question += 5) {
                        assertEquals(sample.ask(answers, question), sample.ask(opened, question), name + " in " + precision);
                    }
                }
            }
            try (Trainable<?, ?> loaded = Tasks.load(file)) {
                assertEquals(mean.meanOf(), loaded.meanOf());
                assertEquals(mean.reading().toJson(), loaded.reading().toJson());
                assertFalse(loaded.isResumable());
            }
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("trainable")
    void whatItShowsOfTheHeldOutDataIsThatOfItsAnswers(String name) throws IOException {
        TaskSamples.Sample<?, ?> sample = TaskSamples.of(name);
        try (Trainable<?, ?> mean = mean(sample, 2, sample.training()); Answers<?> answers = mean.answers(Precision.FLOAT32)) {
            Figures figures = sample.measure(answers);
            String key = mean.reading().figure().orElseThrow();
            MeanOf shown = mean.meanOf().orElseThrow();
            if (figures.all().stream().anyMatch(figure -> figure.key().equals(key))) {
                assertEquals(figures.number(key), shown.figure(), 1e-5 * Math.max(1, shown.figure()), key);
            } else {
                assertTrue(shown.figure() >= 0, key + ", which only a training measures");
            }
            if (!name.equals("classify, several labels")) { // whose training weighs the labels
                assertEquals(figures.number("loss"), shown.loss(), 1e-4 * Math.max(1, shown.loss()), name);
            }
        }
    }

    private static Classifier made(long seed) {
        return Classifier.builder(TEXTS).hidden(6).embedding(5).seed(seed).build();
    }

    private static Training settings() {
        return Training.epochs(3).batch(8).validation(0.2).seed(4);
    }

    /** Stops after so many steps of all. */
    private static Training stopping(Training training, int steps) {
        AtomicInteger made = new AtomicInteger();
        return training.stopWhen(() -> made.get() >= steps).listener(new TrainingListener() {
            @Override
            public void stepped(Progress progress) {
                made.incrementAndGet();
            }
        });
    }

    @Test
    void stoppedTrainingsGoOnToTheBit() throws IOException {
        Path through = folder.resolve("through.st");
        Seeds seeds = Seeds.of(3);
        seeds.train(settings().checkpoint(through), SeedsTest::made, LEARNER).orElseThrow().close();
        Path parts = folder.resolve("parts.st");
        assertEquals(Optional.empty(), seeds.train(stopping(settings().checkpoint(parts), 4), SeedsTest::made,
                LEARNER));
        assertEquals(List.of("parts.seed1.st", "through.st"), files());
        List<Long> trained = new ArrayList<>();
        Training more = stopping(Training.resume().checkpoint(parts), 20);
        assertEquals(Optional.empty(), seeds.train(more, SeedsTest::made, (model, training) -> {
            trained.add(training.seed());
            return model.train(TEXTS, training);
        }));
        assertEquals(List.of(4L, 5L), trained);
        assertEquals(List.of("parts.seed1.st", "parts.seed2.st", "through.st"), files());
        trained.clear();
        seeds.train(Training.resume().checkpoint(parts), SeedsTest::made, (model, training) -> {
            trained.add(training.isMeasuring() ? -1L : training.seed());
            return model.train(TEXTS, training);
        }).orElseThrow().close();
        assertEquals(List.of(5L, 6L, -1L), trained);
        assertEquals(List.of("parts.st", "through.st"), files());
        try (Classifier one = Classifier.load(through); Classifier other = Classifier.load(parts)) {
            for (Tensor parameter : one.model().parameters()) {
                assertArrayEquals(parameter.toArray(), other.model().parameter(parameter.name()).toArray(), parameter.name());
            }
            assertEquals(one.reading().toJson(), other.reading().toJson());
            assertTrue(one.reading().heldOut().isPresent());
        }
    }

    /** Leaves a first model that is trained and a second one that is not. */
    private Path oneOfTwo() throws IOException {
        Path file = folder.resolve("parts.st");
        assertEquals(Optional.empty(), Seeds.of(2).train(stopping(settings().checkpoint(file), 20), SeedsTest::made, LEARNER));
        assertEquals(List.of("parts.seed1.st", "parts.seed2.st"), files());
        return file;
    }

    @Test
    void modelsOfOtherSettingsAreNotMixed() throws IOException {
        Path file = oneOfTwo();
        byte[] before = Files.readAllBytes(folder.resolve("parts.seed1.st"));
        Training same = Training.resume().checkpoint(file);
        for (Training other : List.of(Training.epochs(4).checkpoint(file).continued(), same.learningRate(0.25), same.batch(7),
                same.optimizer("sgd"), same.seed(9), same.keep(Training.Keep.LAST))) {
            String message = assertThrows(IllegalArgumentException.class, () -> Seeds.of(2).train(other, SeedsTest::made, LEARNER)).getMessage();
            assertTrue(message.startsWith(folder.resolve("parts.seed1.st") + " is trained already, with other settings: "), message);
            assertTrue(message.contains("(was "), message);
        }
        assertArrayEquals(before, Files.readAllBytes(folder.resolve("parts.seed1.st")));
        assertEquals(List.of("parts.seed1.st", "parts.seed2.st"), files());
        Seeds.of(2).train(Training.epochs(3).batch(8).seed(4).checkpoint(file).continued(), SeedsTest::made, LEARNER).orElseThrow().close();
        assertEquals(List.of("parts.st"), files());
    }

    @Test
    void filesAreNotOverwritten() throws IOException {
        Path file = oneOfTwo();
        String message = assertThrows(IllegalArgumentException.class, () -> Seeds.of(3).train(settings().checkpoint(file), SeedsTest::made,
                LEARNER)).getMessage();
        assertTrue(message.contains("over " + folder.resolve("parts.seed1.st") + ", " + folder.resolve("parts.seed2.st") + "; remove"), message);
        Seeds.of(2).train(Training.resume().checkpoint(file), SeedsTest::made, LEARNER).orElseThrow().close();
        String finished = assertThrows(IllegalStateException.class, () -> Seeds.of(2).train(Training.resume().checkpoint(file), SeedsTest::made,
                LEARNER)).getMessage();
        assertTrue(finished.contains(file + " holds the finished mean of 2 models"), finished);
    }

    @Test
    void allHoldOutTheSameTexts() throws IOException {
        List<String> data = new ArrayList<>();
        Seeds.of(2).train(settings(), SeedsTest::made, (model, training) -> {
            var result = model.train(TEXTS, training);
            model.trainingSettings().ifPresent(settings -> data.add(settings.data()));
            return result;
        }).orElseThrow().close();
        assertEquals(2, data.size());
        assertEquals(data.get(0), data.get(1));
        try (Classifier alone = made(5)) {
            alone.train(TEXTS, settings().seed(5));
            assertNotEquals(data.get(1), alone.trainingSettings().orElseThrow().data(), "by its own seed it holds out others");
        }
    }

    @Test
    void measuringChangesWhatWasFoundAndNothingElse() throws IOException {
        try (Classifier model = made(1)) {
            model.train(TEXTS, settings());
            double before = model.reading().temperature();
            Weights weights = Weights.of(model.model());
            List<LabelledText> turned = TEXTS.stream()
                    .map(text -> new LabelledText(text.label().equals("calm") ? "wild" : "calm", text.text())).toList();
            double loss = model.train(TEXTS, turned, Training.epochs(1).measuring()).bestLoss();
            assertNotEquals(before, model.reading().temperature());
            assertEquals(3, model.history().size());
            assertTrue(model.isResumable());
            for (Tensor parameter : model.model().parameters()) {
                float[] now = new float[(int) parameter.size()];
                weights.get(parameter.name(), 0, now, 0, now.length);
                assertArrayEquals(now, parameter.toArray());
            }
            try (var answers = model.answers(Precision.FLOAT32)) {
                assertEquals(answers.evaluate(turned).loss(), loss, 1e-5);
            }
        }
    }

    @Test
    void intervalsAreThoseOfAStartThatHasNotSeenTheHeldOutMoments() throws IOException {
        Random random = new Random(3);
        double[] values = new double[120];
        for (int t = 1; t < values.length; t++) {
            values[t] = 0.7 * values[t - 1] + random.nextGaussian();
        }
        Series series = Series.of(List.of("x"), values);
        Seeds.Maker<Forecaster> maker = seed -> Forecaster.builder(ForecastSetup.of("x").window(8).linear(3)).hidden(4).seed(seed)
                .build(series.range(0, 96));
        Seeds.Learner<Forecaster> learner = (model, training) -> model.train(series, training);
        Training training = Training.epochs(1).validation(0.2).learningRate(1e-7);
        try (Forecaster mean = Seeds.of(2).train(training, maker, learner).orElseThrow(); Forecaster alone = maker.make(1)) {
            assertTrue(mean.meanOf().orElseThrow().trainings().stream().allMatch(state -> state.bestStep() == 0));
            alone.train(series, training);
            assertArrayEquals(alone.reading().intervals().orElseThrow().high(), mean.reading().intervals().orElseThrow().high(), 1e-5);
            try (Answers<?> one = alone.answers(Precision.FLOAT32); Answers<?> both = mean.answers(Precision.FLOAT32)) {
                assertArrayEquals(((ForecasterAnswers) one).forecast(series).values(), ((ForecasterAnswers) both).forecast(series).values(),
                        1e-5);
            }
        }
    }

    @Test
    void aMeanThatIsTrainedIsThatOfItsSeedsNoMore() throws IOException {
        try (Classifier mean = Seeds.of(2).train(settings(), SeedsTest::made, LEARNER).orElseThrow()) {
            assertTrue(mean.meanOf().isPresent());
            mean.train(TEXTS, Training.epochs(1));
            assertTrue(mean.meanOf().isEmpty());
            assertEquals(1, mean.history().size());
        }
    }

    @Test
    void transcribersHaveNoMeanAndAreNotTrainedForOne() {
        for (String name : TaskSamples.trainable().filter(each -> TaskSamples.task(each).equals("transcribe")).toList()) {
            TaskSamples.Sample<?, ?> sample = TaskSamples.of(name);
            Training training = sample.training().checkpoint(folder.resolve("mean.st")).stopWhen(() -> {
                throw new AssertionError("it is trained");
            });
            String message = assertThrows(IllegalArgumentException.class, () -> mean(sample, 2, training)).getMessage();
            assertTrue(message.contains("worse than each"), message);
        }
    }

    @Test
    void whatCannotBeAMeanIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Seeds.of(1));
        assertThrows(IllegalArgumentException.class, () -> Seeds.of(65));
        Seeds seeds = Seeds.of(2);
        assertThrows(IllegalArgumentException.class, () -> seeds.train(settings().keepBest(folder.resolve("best.st")), SeedsTest::made, LEARNER));
        String message = assertThrows(IllegalArgumentException.class, () -> seeds.train(settings(), seed -> Classifier.builder(TEXTS)
                .hidden((int) seed).embedding(5).build(), LEARNER)).getMessage();
        assertTrue(message.startsWith("the model of seed 5 differs"), message);
        String none = assertThrows(IllegalStateException.class, () -> seeds.train(Training.resume().checkpoint(folder.resolve("none.st")),
                SeedsTest::made, LEARNER)).getMessage();
        assertTrue(none.contains("none.seed1.st"), none);
    }
}
