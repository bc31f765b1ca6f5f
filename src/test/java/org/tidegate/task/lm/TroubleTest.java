package org.tidegate.task.lm;

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
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.task.Texts;
import org.tidegate.train.DivergedException;
import org.tidegate.train.HistoryPoint;
import org.tidegate.train.Progress;
import org.tidegate.train.Schedule;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingListener;
import org.tidegate.train.TrainingResult;

class TroubleTest {
    private static final String TEXT = Texts.lines(1_200);

    @TempDir
    Path folder;

    @Test
    void aLossThatTurnsNanStopsTheRunAndKeepsTheLastGoodFile() throws IOException {
        Path file = folder.resolve("model.safetensors");
        byte[][] saved = new byte[1][];
        Schedule explodes = (initial, moment) -> moment.step() >= 50 ? 1e30 : initial;
        try (LanguageModel model = TextModels.model(TEXT)) {
            Training training = TextModels.training(5).schedule(explodes).every(1).checkpoint(file).listener(new TrainingListener() {
                @Override
                public void saved(Path path) {
                    try {
                        saved[0] = Files.readAllBytes(path);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            DivergedException diverged = assertThrows(DivergedException.class, () -> model.train(TEXT, training));
            assertTrue(diverged.step() >= 50, "after " + diverged.step());
            assertTrue(diverged.getMessage().contains("holds the run after step 42"), diverged.getMessage());
            assertTrue(diverged.getMessage().contains("Try a smaller learning rate"), diverged.getMessage());
        }
        assertArrayEquals(saved[0], Files.readAllBytes(file));
        try (LanguageModel model = LanguageModel.load(file)) {
            assertEquals(TrainingResult.Outcome.FINISHED, model.train(TEXT, TextModels.training(2).schedule(Schedule.cosine()).continued())
                    .outcome());
            assertTrue(Double.isFinite(TextModels.loss(model, TEXT)));
        }
    }

    @Test
    void aFirstStepThatDivergesSaysThatNothingWasSaved() {
        Path file = folder.resolve("model.safetensors");
        try (LanguageModel model = TextModels.model(TEXT)) {
            Training training = TextModels.training(1).optimizer("sgd").clipNorm(0).learningRate(1e38).checkpoint(file);
            String message = assertThrows(DivergedException.class, () -> model.train(TEXT, training)).getMessage();
            assertTrue(message.contains("Nothing was saved"), message);
            assertTrue(message.contains("try 1"), message);
            assertFalse(Files.exists(file));
        }
    }

    @Test
    void aPlaceThatCannotBeWrittenIsFoundBeforeTheFirstStep() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        List<String> events = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void started(Progress progress) {
                events.add("started");
            }
        };
        try (LanguageModel model = TextModels.model(TEXT)) {
            float[] before = Texts.parameters(model.model());
            for (Path path : List.of(folder.resolve("none/model"), folder, file.resolve("model"))) {
                assertThrows(IOException.class, () -> model.train(TEXT, TextModels.training(1).checkpoint(path).listener(listener)));
                assertThrows(IOException.class, () -> model.train(TEXT, TextModels.training(1).keepBest(path).listener(listener)));
            }
            assertArrayEquals(before, Texts.parameters(model.model()));
        }
        assertEquals(List.of(), events);
    }

    @Test
    void aStopRequestEndsTheRunAfterTheStepAndSavesIt() throws IOException {
        Path file = folder.resolve("model.safetensors");
        boolean[] stop = {false};
        try (LanguageModel model = TextModels.model(TEXT)) {
            TrainingResult result = model.train(TEXT, TextModels.training(50).checkpoint(file).stopWhen(() -> stop[0]).listener(
                    new TrainingListener() {
                        @Override
                        public void stepped(Progress progress) {
                            stop[0] = progress.step() == 17;
                        }
                    }));
            assertEquals(TrainingResult.Outcome.STOPPED, result.outcome());
            assertEquals(17, result.progress().step());
            try (LanguageModel saved = LanguageModel.load(file)) {
                assertArrayEquals(Texts.parameters(model.model()), Texts.parameters(saved.model()));
            }
        }
    }

    @Test
    void earlyStoppingEndsARunThatNoLongerGetsBetter() throws IOException {
        try (LanguageModel model = TextModels.model(TEXT)) {
            // Random letters teach nothing about the held-out text, so its loss soon rises.
            String noise = new Random(1).ints(600, 'a', 'h').collect(StringBuilder::new, (b, c) -> b.append((char) c),
                    StringBuilder::append).toString();
            TrainingResult result = model.train(noise, TEXT.substring(600), TextModels.training(200).earlyStopping(3));
            assertEquals(TrainingResult.Outcome.EARLY, result.outcome());
            List<HistoryPoint> history = result.history();
            assertEquals(result.bestStep(), history.get(history.size() - 4).step());
            for (HistoryPoint point : history.subList(history.size() - 3, history.size())) {
                assertTrue(point.validationLoss() >= result.bestLoss());
            }
        }
    }

    @Test
    void listenersSeeTheRunInItsOrder() throws IOException {
        List<String> events = new ArrayList<>();
        List<Progress> steps = new ArrayList<>();
        try (LanguageModel model = TextModels.model(TEXT)) {
            model.train(TEXT, TextModels.training(0.5).every(0.25).validation(0.1).checkpoint(folder.resolve("m")).listener(
                    new TrainingListener() {
                        @Override
                        public void started(Progress progress) {
                            events.add("started");
                        }

                        @Override
                        public void stepped(Progress progress) {
                            steps.add(progress);
                        }

                        @Override
                        public void measured(HistoryPoint point) {
                            events.add("measured " + point.step());
                        }

                        @Override
                        public void saved(Path file) {
                            events.add("saved");
                        }

                        @Override
                        public void ended(TrainingResult result) {
                            events.add("ended " + result.outcome());
                        }
                    }));
        }
        // 1080 characters: 38 batches of 4 × 7 in an epoch, 19 steps, a point every 10 (9.5 rounded) and at the end.
        assertEquals(List.of("started", "measured 10", "saved", "measured 19", "saved", "ended FINISHED"), events);
        assertEquals(19, steps.size());
        Progress last = steps.get(18);
        assertEquals(0.5, last.epoch());
        assertEquals(19, last.steps());
        assertEquals(last.loss() / Math.log(2), last.bitsPerCharacter(), 1e-12);
        assertTrue(last.targetsPerSecond() > 0 && last.remaining().isZero());
        assertTrue(steps.get(0).learningRate() > last.learningRate() && last.learningRate() > 0);
        assertNotEquals(steps.get(3).gradientNorm(), last.gradientNorm());
    }

    @Test
    void anExceptionOfAListenerEndsTheRunAndLeavesTheModelUsable() throws IOException {
        try (LanguageModel model = TextModels.model(TEXT)) {
            Training broken = TextModels.training(1).listener(new TrainingListener() {
                @Override
                public void stepped(Progress progress) {
                    throw new IllegalStateException("broken listener");
                }
            });
            assertEquals("broken listener", assertThrows(IllegalStateException.class, () -> model.train(TEXT, broken)).getMessage());
            assertEquals(TrainingResult.Outcome.FINISHED, model.train(TEXT, TextModels.training(0.2)).outcome());
        }
        assertFalse(Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().equals("tidegate-prefetch")));
    }
}
