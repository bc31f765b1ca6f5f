package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

/** {@code tidegate train TASK --seeds N}. */
class SeedsTest {
    @TempDir
    private Path folder;
    private Path texts;
    private Path model;

    @BeforeEach
    void makeTexts() throws IOException {
        Random random = new Random(1);
        String lines = IntStream.range(0, 150).mapToObj(i -> random.nextBoolean() ? "calm\ta still sea " + random.nextInt(5)
                : "wild\ta storm at sea " + random.nextInt(5)).collect(Collectors.joining("\n"));
        texts = Files.writeString(folder.resolve("texts.tsv"), lines + "\n");
        model = folder.resolve("sea.safetensors");
    }

    private Run classify(Object... more) {
        List<Object> words = new ArrayList<>(List.of("train", "classify", "--data", texts, "--out", model, "--hidden", 8, "--embedding", 6,
                "--threads", 1, "--epochs", 2, "--batch", 16, "--wide", "off"));
        words.addAll(List.of(more));
        return Run.of(words.toArray());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void modelsAreTrainedOneAfterAnotherAndTheirMeanAnswers() throws IOException {
        Path log = folder.resolve("log.jsonl");
        Run run = classify("--seeds", 3, "--seed", 7, "--log", log).succeeded();
        for (int number = 1; number <= 3; number++) {
            assertTrue(run.out().contains("model " + number + " of 3, seed " + (6 + number) + ":"), run.out());
        }
        assertTrue(run.out().matches("(?s).*held out: (\\d\\.\\d{4}, ){2}\\d\\.\\d{4} of the models, \\d\\.\\d{4} nats/text of their mean, accuracy"
                + " \\d\\.\\d{4}\nsaved the mean of 3 models in .*sea.safetensors, .*sea.png\n"), run.out());
        assertEquals(List.of("log.jsonl", "sea.png", "sea.safetensors", "texts.tsv"), files());
        List<JsonObject> events = Files.readAllLines(log).stream().map(JsonObject::parse).toList();
        assertEquals(List.of(7L, 8L, 9L), events.stream().filter(event -> event.string("event").equals("seed"))
                .map(event -> event.wholeNumber("seed")).toList());
        JsonObject last = events.get(events.size() - 1);
        assertEquals("mean", last.string("event"));

        Run inspected = Run.of("inspect", model, "--json").succeeded();
        assertTrue(inspected.out().contains("the mean of 3 networks:"), inspected.out());
        JsonObject mean = JsonObject.parse(inspected.lastLine()).object("mean_of");
        assertEquals(last.number("loss"), mean.number("loss"));
        assertEquals(List.of(7L, 8L, 9L), mean.objects("trainings").stream().map(each -> each.wholeNumber("seed")).toList());
        Run.of("predict", "--model", model, "a still sea").succeeded();
        Run.of("evaluate", "--model", model, "--data", texts).succeeded();
        Run.of("export", "--model", model, "--format", "onnx", "--out", folder.resolve("sea.onnx")).succeeded();
        Path small = folder.resolve("small.safetensors");
        Run.of("export", "--model", model, "--out", small).succeeded();
        assertTrue(Run.of("inspect", small).succeeded().out().contains("the mean of 3 networks:"));
    }

    @Test
    void oneSeedIsTheTrainingAsItIs() throws IOException {
        classify("--seeds", 1).succeeded();
        Path one = folder.resolve("one.safetensors");
        Run.of("export", "--model", model, "--out", one).succeeded();
        classify().succeeded();
        Path plain = folder.resolve("plain.safetensors");
        Run.of("export", "--model", model, "--out", plain).succeeded();
        assertArrayEquals(Files.readAllBytes(plain), Files.readAllBytes(one));
    }

    @Test
    void languageModelsAndForecastersHaveMeansToo() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), MadeUpText.of(4000));
        Run.train(text, model, "--seeds", 2);
        assertFalse(Run.of("generate", "--model", model, "--length", 20).succeeded().out().isEmpty());
        Path series = Files.writeString(folder.resolve("series.csv"), "x\n" + IntStream.range(0, 150)
                .mapToObj(t -> String.valueOf(Math.sin(t / 4.0) + t * 7919 % 11 / 30.0)).collect(Collectors.joining("\n")) + "\n");
        Run run = Run.of("train", "forecast", "--data", series, "--out", model, "--hidden", 4, "--epochs", 2, "--threads", 1, "--seeds", 2,
                "--linear", 0).succeeded();
        assertTrue(run.out().contains("model 2 of 2, seed 2:") && run.out().contains("tested on the last 30 moments"), run.out());
        Run.of("predict", "--model", model, series).succeeded();
        assertFalse(run.out().contains("at its best as it began"), run.out());
        Run kept = Run.of("train", "forecast", "--data", series, "--out", model, "--hidden", 4, "--epochs", 1, "--lr", 1e-7, "--threads", 1,
                "--seeds", 2, "--linear", 3).succeeded();
        assertTrue(kept.out().contains("each model is at its best as it began"), kept.out());
    }

    @Test
    void whatCannotBeDoneIsSaid() throws IOException {
        classify("--seeds", 0).failed("--seeds 0: the number of seeds is 0; expected 2 to 64, or 1 for a single model");
        classify("--seeds", 2, "--best", folder.resolve("best.st")).failed("--best ");
        classify("--seeds", 2, "--resume").failed("sea.seed1.safetensors, the first of its models, is not there");
        classify("--seeds", 2).succeeded();
        classify("--resume").failed("holds the mean of 2 models, whose trainings have ended");
        classify("--seeds", 2, "--resume").failed("sea.safetensors holds the finished mean of 2 models. Start anew without --resume");
        assertEquals(List.of("sea.png", "sea.safetensors", "texts.tsv"), files());
    }

    @Test
    void modelsThatAreThereAlreadyAreNotOverwritten() throws IOException {
        Path own = Files.writeString(folder.resolve("sea.seed2.safetensors"), "mine");
        classify("--seeds", 2).failed("would be written over " + own + "; remove or rename what is there, or go on with the training that left"
                + " it (--resume)");
        assertEquals("mine", Files.readString(own));
        assertEquals(List.of("sea.seed2.safetensors", "texts.tsv"), files());
    }

    @Test
    void theLossesAreThoseOfTheModelsThatAreKept() throws IOException {
        Random random = new Random(3); // labels by chance: what is held out is told worse and worse
        Files.writeString(texts, IntStream.range(0, 60).mapToObj(i -> (random.nextBoolean() ? "calm\t" : "wild\t") + "w" + random.nextInt(9)
                + " w" + random.nextInt(9)).collect(Collectors.joining("\n")));
        Run run = classify("--seeds", 2, "--keep", "last", "--lr", 0.1, "--every", 0.5, "--valid", 0.5).succeeded();
        Run inspected = Run.of("inspect", model, "--json").succeeded();
        List<String> kept = new ArrayList<>();
        for (JsonObject training : JsonObject.parse(inspected.lastLine()).object("mean_of").objects("trainings")) {
            List<JsonObject> history = training.objects("history");
            double last = history.get(history.size() - 1).number("validation_loss");
            assertTrue(training.number("best_loss") < last, "the last is the best: " + training);
            assertEquals(last, training.number("kept_loss"));
            assertTrue(inspected.out().contains(String.format(Locale.ROOT, " %.4f ", last)), inspected.out());
            kept.add(TrainingReport.loss(last));
        }
        assertTrue(run.out().contains("held out: " + String.join(", ", kept) + " of the models, "), run.out());
    }

    @Test
    void nothingIsKeptBesideADevice() {
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device) && !Files.isRegularFile(device));
        model = device;
        classify("--seeds", 2).failed("/dev/null is no plain file, and the models of several seeds are kept beside");
        assertFalse(Files.exists(Path.of("/dev/null.seed1")));
    }

    @Test
    void aForecastThatWasNotBegunIsToldAsTheOthersAre() throws IOException {
        Path series = Files.writeString(folder.resolve("series.csv"), "x\n1\n2\n3\n");
        Run.of("train", "forecast", "--data", series, "--out", model, "--seeds", 2, "--resume")
                .failed("There is no training to go on with: " + folder.resolve("sea.seed1.safetensors") + ", the first of its models, is not there");
    }
}
