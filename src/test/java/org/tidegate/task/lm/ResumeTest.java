package org.tidegate.task.lm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tidegate.Cell;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.checkpoint.SafetensorsFile;
import org.tidegate.task.Texts;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.HistoryPoint;
import org.tidegate.train.Progress;
import org.tidegate.train.Schedule;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingListener;
import org.tidegate.train.TrainingResult;

class ResumeTest {
    private static final String TEXT = Texts.lines(1_200);

    @TempDir
    Path folder;

    /** Every tensor of a file as bytes: parameters, slots, carried state. */
    private static Map<String, String> tensors(Path file) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            for (String name : tensors.tensors().keySet()) {
                byte[] bytes = new byte[tensors.readBytes(name).remaining()];
                tensors.readBytes(name).get(bytes);
                all.put(name, Arrays.toString(bytes));
            }
        }
        return all;
    }

    /** A file's training state but for the times. */
    private static String state(Path file) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return checkpoint.require("training").replaceAll("\"seconds\":[-0-9.E]+", "").replaceAll("(\\[(?:[^,\\]]+,){5})[-0-9.E]+", "$1");
        }
    }

    private static Training stopAfter(Training training, long step) {
        long[] made = {0};
        return training.stopWhen(() -> made[0] >= step).listener(new TrainingListener() {
            @Override
            public void started(Progress progress) {
                made[0] = progress.step();
            }

            @Override
            public void stepped(Progress progress) {
                made[0] = progress.step();
            }
        });
    }

    private Training training(String optimizer, Path file) {
        return TextModels.training(2.3).optimizer(optimizer).learningRate(optimizer.startsWith("sgd") ? 0.5 : 0.01).validation(0.2)
                .every(0.4).checkpoint(file);
    }

    private static LanguageModel model(Cell cell) {
        return TextModels.model(Vocabulary.ofCodePoints(TEXT), cell);
    }

    private Path uninterrupted(String optimizer, Cell cell) throws IOException {
        Path file = folder.resolve("whole.safetensors");
        try (LanguageModel model = model(cell)) {
            assertEquals(TrainingResult.Outcome.FINISHED, model.train(TEXT, training(optimizer, file)).outcome());
        }
        return file;
    }

    @ParameterizedTest
    @ValueSource(strings = {"adamw", "adam beta1=0.8", "sgd momentum=0.9 nesterov=true", "sgd", "rmsprop", "adagrad"})
    void aRunThatStoppedInTheMiddleOfAnEpochGoesOnToTheBit(String optimizer) throws IOException {
        Cell cell = optimizer.equals("adamw") ? Cell.LSTM : Cell.GRU;
        Path whole = uninterrupted(optimizer, cell);
        Path parts = folder.resolve("parts.safetensors");
        long[] stops = {5, 21, 40};
        for (int part = 0; part <= stops.length; part++) {
            try (LanguageModel model = part == 0 ? model(cell) : LanguageModel.load(parts)) {
                Training training = part == 0 ? training(optimizer, parts) : training(optimizer, parts).continued();
                TrainingResult result = model.train(TEXT, part < stops.length ? stopAfter(training, stops[part]) : training);
                if (part < stops.length) {
                    assertEquals(TrainingResult.Outcome.STOPPED, result.outcome());
                    assertEquals(stops[part], result.progress().step());
                } else {
                    assertEquals(TrainingResult.Outcome.FINISHED, result.outcome());
                }
            }
        }
        assertEquals(tensors(whole), tensors(parts));
        assertEquals(state(whole), state(parts));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plateau factor=0.5 patience=1", "plateau factor=0.5 patience=1 warm_up=20",
        "plateau factor=0.5 patience=1 warm_up=2 by=epoch"})
    void aTrainingWithAPlateauScheduleIsReusedAndResumedToTheBit(String schedule) throws IOException {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        Training settings = TextModels.training(4).learningRate(0.3).validation(0.2).every(0.2).schedule(Schedule.parse(schedule));
        TrainingResult result;
        try (LanguageModel model = model(Cell.LSTM)) {
            result = model.train(TEXT, settings.checkpoint(whole));
        }
        assertTrue(scheduleMemory(whole)[0] < 1, "the rate was never reduced, so nothing was tested: " + state(whole));

        boolean resumedWithinAPlateau = false;
        long stepsBetweenStops = result.progress().steps() / 9;
        for (long stop = stepsBetweenStops; stop < result.progress().steps() + stepsBetweenStops; stop += stepsBetweenStops) {
            try (LanguageModel model = stop == stepsBetweenStops ? model(Cell.LSTM) : LanguageModel.load(parts)) {
                Training training = settings.checkpoint(parts);
                model.train(TEXT, stopAfter(stop == stepsBetweenStops ? training : training.continued(), stop));
            }
            resumedWithinAPlateau |= scheduleMemory(parts)[2] > 0;
        }
        assertTrue(resumedWithinAPlateau, "no part ended between two reductions");
        assertEquals(tensors(whole), tensors(parts));
        assertEquals(state(whole), state(parts));
    }

    /** Scale, best loss and count of a saved plateau schedule. */
    private static double[] scheduleMemory(Path file) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            String memory = checkpoint.require("training").replaceFirst(".*\"schedule\":\"([^\"]*)\".*", "$1");
            return Arrays.stream(memory.split(" ")).mapToDouble(Double::parseDouble).toArray();
        }
    }

    @Test
    void aTrainingThatWasKilledGoesOnFromItsLastSave() throws IOException {
        Path whole = uninterrupted("adamw", Cell.LSTM);
        Path parts = folder.resolve("parts.safetensors");
        try (LanguageModel model = model(Cell.LSTM)) {
            Training killed = training("adamw", parts).listener(new TrainingListener() {
                @Override
                public void stepped(Progress progress) {
                    if (progress.step() == 33) {
                        throw new IllegalStateException("killed");
                    }
                }
            });
            assertThrows(IllegalStateException.class, () -> model.train(TEXT, killed));
        }
        try (LanguageModel model = LanguageModel.load(parts)) {
            assertTrue(model.history().get(model.history().size() - 1).step() < 33);
            model.train(TEXT, training("adamw", parts).continued());
        }
        assertEquals(tensors(whole), tensors(parts));
    }

    @Test
    void aFinishedRunCanBeGivenMoreEpochs() throws IOException {
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        Training constant = TextModels.training(2).schedule(Schedule.constant());
        try (LanguageModel model = model(Cell.LSTM)) {
            model.train(TEXT, constant.checkpoint(two));
        }
        try (LanguageModel model = model(Cell.LSTM)) {
            model.train(TEXT, TextModels.training(1).schedule(Schedule.constant()));
            model.save(one);
        }
        try (LanguageModel model = LanguageModel.load(one)) {
            model.train(TEXT, constant.checkpoint(one).continued());
        }
        assertEquals(tensors(two), tensors(one));
    }

    @Test
    void aSavedModelAnswersAsTheOneInMemory() throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (LanguageModel model = model(Cell.GRU)) {
            model.train(TEXT, TextModels.training(1).every(0.5));
            model.save(file);
            try (LanguageModel loaded = LanguageModel.load(file)) {
                assertArrayEquals(Texts.parameters(model.model()), Texts.parameters(loaded.model()));
                assertEquals(TextModels.loss(model, TEXT), TextModels.loss(loaded, TEXT));
                assertEquals(model.reading(), loaded.reading());
                assertEquals(model.model().spec(), loaded.model().spec());
                assertEquals(model.history(), loaded.history());
                assertEquals(2, loaded.history().size());
                Path again = folder.resolve("again.safetensors");
                loaded.save(again);
                try (LanguageModel twice = LanguageModel.load(again)) {
                    assertArrayEquals(Texts.parameters(model.model()), Texts.parameters(twice.model()));
                }
            }
        }
    }

    @Test
    void aFileShowsPyTorchsNamesAndShapes() throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (LanguageModel model = model(Cell.LSTM)) {
            model.train(TEXT, TextModels.training(0.1));
            model.save(file);
            int v = model.reading().vocabulary().size();
            try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
                assertTrue(tensors.tensor("embedding.weight").hasShape(v, 6));
                assertTrue(tensors.tensor("rnn.weight_ih_l0").hasShape(68, 6));
                assertTrue(tensors.tensor("rnn.weight_hh_l1").hasShape(68, 17));
                assertTrue(tensors.tensor("rnn.bias_ih_l0").hasShape(68));
                assertTrue(tensors.tensor("logits.weight").hasShape(v, 17));
                assertTrue(tensors.tensor("logits.bias").hasShape(v));
                assertTrue(tensors.tensor("optimizer.exp_avg.rnn.weight_hh_l1").hasShape(68, 17));
                assertEquals("pt", tensors.metadata().get("format"));
            }
        }
    }

    @Test
    void aRunGoesOnOnlyWithItsOwnTextAndSettings() throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (LanguageModel model = model(Cell.LSTM)) {
            model.train(TEXT, stopAfter(TextModels.training(2).checkpoint(file), 3));
        }
        try (LanguageModel model = LanguageModel.load(file)) {
            Training same = TextModels.training(2).continued();
            assertRefused(model, TEXT, same.batch(5), "its batch was 4 and is now 5");
            assertRefused(model, TEXT, same.bptt(8), "its bptt was 7 and is now 8");
            assertRefused(model, TEXT, same.seed(6), "its seed was 5 and is now 6");
            assertRefused(model, TEXT, same.optimizer("sgd"), "its optimizer was adamw and is now sgd");
            assertRefused(model, TEXT.replace("dawn", "nwad"), same, "its training data was 1200 tokens, CRC-32");
            assertEquals(TrainingResult.Outcome.FINISHED, model.train(TEXT, same).outcome(), "a refusal changes nothing");
        }
    }

    private static void assertRefused(LanguageModel model, String text, Training training, String expected) {
        String message = assertThrows(IllegalArgumentException.class, () -> model.train(text, training)).getMessage();
        assertTrue(message.contains(expected), message);
    }

    @Test
    void aModelWithoutATrainingCannotGoOn() throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (LanguageModel model = model(Cell.LSTM)) {
            model.save(file);
        }
        assertCannotGoOn(file, "There is no training to go on with: the model was never trained, or saved without its training.");
    }

    private static void assertCannotGoOn(Path file, String expected) throws IOException {
        try (LanguageModel model = LanguageModel.load(file)) {
            String message = assertThrows(IllegalStateException.class,
                    () -> model.train(TEXT, TextModels.training(1).continued())).getMessage();
            assertTrue(message.contains(expected), message);
        }
    }

    @Test
    void theBestModelIsKeptApartFromTheLast() throws IOException {
        Path last = folder.resolve("last.safetensors");
        Path best = folder.resolve("best.safetensors");
        String heldOut = Texts.lines(3_000).substring(2_000);
        TrainingResult result;
        try (LanguageModel model = model(Cell.LSTM)) {
            // A rate that explodes at the end makes the last model a bad one.
            Schedule explodes = (initial, moment) -> moment.step() >= moment.steps() - 3 ? 100 * initial : initial;
            result = model.train(TEXT, heldOut, TextModels.training(3).schedule(explodes).every(0.25).checkpoint(last)
                    .keep(Training.Keep.LAST).keepBest(best));
        }
        double smallest = result.history().stream().mapToDouble(HistoryPoint::validationLoss).min().orElseThrow();
        assertEquals(smallest, result.bestLoss());
        assertTrue(result.bestStep() < result.progress().step());
        try (LanguageModel model = LanguageModel.load(best); LanguageModel lastModel = LanguageModel.load(last)) {
            assertEquals(smallest, TextModels.loss(model, heldOut), 1e-6);
            assertTrue(TextModels.loss(lastModel, heldOut) > smallest + 0.05);
            assertEquals(result.bestStep(), model.history().get(model.history().size() - 1).step());
        }
        assertCannotGoOn(best, "the model was saved without the state of its optimizer");
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(2, files.count(), "no temporary file is left");
        }
    }
}
