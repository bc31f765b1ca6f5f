package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

/** {@code tidegate train classify} end to end. */
class ClassifyTest {
    private static final List<String> WHO = List.of("this film", "the book", "it", "that song");
    private static final List<String> HOW = List.of("good", "lovely", "bad", "awful");

    @TempDir
    Path folder;
    private Path data;
    private Path model;

    @BeforeEach
    void makeData() throws IOException {
        data = write("train.tsv", 120, 1, "%s\t%s\n");
        model = folder.resolve("mood.safetensors");
    }

    /** Sentences whose mood "not" turns round. */
    private Path write(String name, int lines, long seed, String form) throws IOException {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            int how = random.nextInt(4);
            boolean not = random.nextBoolean();
            text.append(String.format(form, how < 2 ^ not ? "positive" : "negative",
                    WHO.get(random.nextInt(4)) + (not ? " is not " : " is ") + HOW.get(how)));
        }
        return Files.writeString(folder.resolve(name), text);
    }

    private Run train(Object... more) {
        List<Object> words = new ArrayList<>(List.of("train", "classify", "--out", model));
        Map<String, Object> options = new LinkedHashMap<>(Map.of("--data", data, "--hidden", 16, "--threads", 1, "--epochs", 15,
                "--lr", 2e-2, "--batch", 8, "--dropout", 0.1, "--word-dropout", 0.05));
        for (Object word : more) {
            options.remove(word.toString());
        }
        options.forEach((name, value) -> words.addAll(List.of(name, value)));
        words.addAll(List.of(more));
        return Run.of(words.toArray());
    }

    private JsonObject figures(Path file) {
        return JsonObject.parse(Run.of("evaluate", "--model", model, "--data", file, "--json").succeeded().lastLine());
    }

    @Test
    void aTrainedModelAnswersAndIsMeasured() throws IOException {
        Run run = train("--embedding", 8).succeeded();
        Run.of("generate", "--model", model).failed("is no language model, and only those write on; ask it with tidegate predict");
        assertTrue(run.out().contains("108 texts to train on, 12 held out; a classifier of 2 labels over a vocabulary of 14 words"),
                run.out());
        assertTrue(run.lastLine().matches("held out: \\d\\.\\d{4} nats/text; saved epoch \\d+ of 15, held-out loss \\d\\.\\d{4},"
                + " accuracy \\d\\.\\d{4}: the best, in .*mood.safetensors, .*mood.png"), run.lastLine());
        Path test = write("test.tsv", 60, 2, "%s\t%s\n");
        Path chart = folder.resolve("confusion.png");
        Run evaluated = Run.of("evaluate", "--model", model, "--data", test, "--chart", chart, "--json").succeeded();
        JsonObject figures = JsonObject.parse(evaluated.lastLine());
        assertTrue(figures.number("accuracy") > 0.95, evaluated.out());
        assertTrue(figures.number("macro_f1") > 0.95, evaluated.out());
        assertEquals(60.0, figures.number("examples"));
        assertEquals(60, Arrays.stream(figures.numberRows("confusion")).flatMapToDouble(Arrays::stream).sum());
        assertTrue(evaluated.out().contains("label     precision  recall      f1  examples"), evaluated.out());
        assertTrue(evaluated.out().contains(System.lineSeparator() + "confusion: a row for each true label"), evaluated.out());
        assertTrue(ImageIO.read(chart.toFile()).getWidth() >= 400);

        Run answers = Run.of("predict", "--model", model, "--top", 2, "it is good", "it is not good").succeeded();
        List<String> lines = answers.out().lines().toList();
        assertEquals(4, lines.size(), answers.out());
        assertTrue(lines.get(0).matches("positive  [01]\\.\\d\\d  it is good"), answers.out());
        assertTrue(lines.get(1).matches("negative  [01]\\.\\d\\d  it is good"), answers.out());
        assertTrue(lines.get(2).matches("negative  [01]\\.\\d\\d  it is not good"), answers.out());
        JsonObject json = JsonObject.parse(Run.of("predict", "--model", model, "--json", "it is bad").succeeded().lastLine());
        assertEquals("it is bad", json.string("input"));
        assertEquals("negative", json.string("label"));
    }

    @Test
    void theHeldOutAccuracyIsShownBesideTheLossAndLogged() throws IOException {
        Path log = folder.resolve("mood.log");
        Path held = write("held.tsv", 37, 2, "%s\t%s\n");
        Run run = train("--embedding", "8", "--valid", held.toString(), "--log", log.toString(), "--keep", "last", "--lr", "4e-3")
                .succeeded();
        assertTrue(Pattern.compile("(?m)^epoch 3: training loss \\d\\.\\d{4}, held out \\d\\.\\d{4} nats/text, accuracy \\d\\.\\d{4},"
                + " 0:\\d\\d$").matcher(run.out()).find(), run.out());
        assertTrue(Pattern.compile("(?m)^ 90%  epoch 14/15: loss \\d\\.\\d{3}, held-out accuracy \\d\\.\\d{4}, .* texts/s, 0:\\d\\d left$")
                .matcher(run.out()).find(), run.out());
        List<JsonObject> measured = Files.readAllLines(log).stream().map(JsonObject::parse)
                .filter(line -> line.string("event").equals("measure")).toList();
        assertEquals(15, measured.size());
        double accuracy = figures(held).number("accuracy");
        assertTrue(accuracy > 0.5 && accuracy < 1, run.out());
        assertEquals(accuracy, measured.get(14).number("accuracy"), 1e-9);
        assertTrue(run.lastLine().contains(String.format(Locale.ROOT, ", accuracy %.4f: the ", accuracy)), run.lastLine());
        Run inspected = Run.of("inspect", model, "--json").succeeded();
        assertEquals(inspected.out(), Run.of("inspect", "--model", model, "--json").succeeded().out());
        Run.of("inspect", model, "--model", model).failed("two models are given");
        assertTrue(inspected.out().contains(String.format(Locale.ROOT, "  accuracy %.4f%n", accuracy)), inspected.out());
        for (Run each : List.of(run, inspected, Run.of("evaluate", "--model", model, "--data", held).succeeded())) {
            assertTrue(Pattern.compile("(?m)^held out accuracy +[01]\\.\\d{4}, of 37 texts$\\R^naive bayes held out +[01]\\.\\d{4}, of counting words, on"
                    + " the same texts$\\R^beats naive bayes +(yes$|NO, )").matcher(each.out()).find(), each.out());
        }
        JsonObject last = JsonObject.parse(inspected.lastLine()).objects("history").get(14);
        assertEquals(accuracy, last.number("accuracy"), 1e-9);
    }

    /** Texts of none, one or both topics. */
    private Path topics(String name, String separator) throws IOException {
        String lines = String.join("\n", "体育%1$sข่าว\tthe team won the vote", "体育\tthe team won", "ข่าว\tthe vote was close",
                "\tthe night was long", "ข่าว%1$sข่าว\ta vote", "体育\ta team", "\ta long night", "ข่าว%1$s体育\ta vote and a team") + "\n";
        return Files.writeString(folder.resolve(name), String.format(lines, separator).repeat(6));
    }

    @Test
    void aTextMayHaveSeveralLabelsOrNone() throws IOException {
        Path topics = topics("topics.tsv", "|");
        Run run = train("--data", topics, "--multi-label", "--class-weights", "balanced").succeeded();
        assertTrue(run.out().contains("a classifier of 2 labels, any number of them a text, over a vocabulary of "), run.out());
        assertTrue(run.out().contains("loss = binary_cross_entropy recurrent label pos_weight="), run.out());
        assertTrue(run.lastLine().contains(" nats/label; saved "), run.lastLine());
        Run evaluated = Run.of("evaluate", "--model", model, "--data", topics, "--json").succeeded();
        JsonObject figures = JsonObject.parse(evaluated.lastLine());
        assertTrue(figures.number("exact_match") > 0.95 && figures.number("micro_f1") > 0.95, evaluated.out());
        assertEquals(0.25, figures.number("constant_exact_match")); // each set of labels as often as the others
        assertTrue(evaluated.out().contains("label  precision  recall      f1  examples"), evaluated.out());
        assertTrue(evaluated.out().matches("(?s).*constant micro f1 +0\\.6667, of always giving .*"), evaluated.out());
        List<String> lines = Run.of("predict", "--model", model, "the team and a vote", "the team", "the night").succeeded().out().lines()
                .toList();
        assertEquals(4, lines.size(), lines.toString());
        assertTrue(lines.get(2).matches("体育 +[01]\\.\\d\\d  the team"), lines.toString());
        assertTrue(lines.get(3).matches("- +the night"), lines.toString());
        assertEquals(2, Run.of("predict", "--model", model, "--threshold", 0, "the night").succeeded().out().lines().count());
        JsonObject json = JsonObject.parse(Run.of("predict", "--model", model, "--json", "the team").succeeded().lastLine());
        assertEquals(List.of("体育"), List.copyOf(json.object("labels").keys()));
        assertEquals(List.of("体育", "ข่าว"), List.copyOf(json.object("scores").keys()));
        assertEquals(json.object("labels").number("体育"), json.object("scores").number("体育"));
        assertEquals(48.0, JsonObject.parse(Run.of("evaluate", "--model", model, "--data", topics, "--threshold", 0, "--json").succeeded()
                .lastLine()).number("examples"));
        Run.of("predict", "--model", model, "--top", 2, "the team").failed("a model of this task has no use for --top; leave it out");
        Run.of("predict", "--model", model, "--tokens", "words", "a").failed("a model of this task has no use for --tokens; leave it out");
        Run.of("predict", "--model", model, "--threshold", 2, "the team").failed("--threshold 2.0; expected a probability, 0 to 1");
        Run.of("evaluate", "--model", model, "--data", topics, "--chart", folder.resolve("c.png")).failed("has no use for --chart");
    }

    @Test
    void theSeparatorIsRememberedAndBelongsToSeveralLabels() throws IOException {
        Path topics = topics("topics.tsv", ";");
        train("--data", topics, "--multi-label", "--label-separator", ";", "--epochs", 1).succeeded();
        assertEquals(48.0, figures(topics).number("examples"));
        assertEquals(2, figures(topics).objects("classes").size());
        train("--data", topics, "--multi-label", "--epochs", 2, "--resume", "--label-separator", "|")
                .failed("holds another network than the options describe (");
        fails("--label-separator ; is that of several labels; give --multi-label, too, or leave it out", "--label-separator", ";");
        fails("the separator of labels is \"\"; expected one character or more", "--multi-label", "--label-separator", "");
        train("--epochs", 1).succeeded();
        Run.of("predict", "--model", model, "--threshold", 0.3, "it is good").failed("has no use for --threshold; leave it out");
        Run.of("evaluate", "--model", model, "--data", data, "--threshold", 0.3).failed("has no use for --threshold; leave it out");
    }

    @Test
    void linesOfStandardInputAreAnswered() {
        train("--one-hot", "--epochs", 1).succeeded();
        assertEquals(Run.of("predict", "--model", model, "it is good", "it is bad").succeeded().out(),
                Run.fed("it is good\nit is bad\n", "predict", "--model", model).succeeded().out());
    }

    @Test
    void columnsMayHaveNamesAndTheModelRemembersThem() throws IOException {
        Path named = write("named.tsv", 60, 3, "%2$s\t7\t%1$s\n");
        Files.writeString(named, "review\tstars\tmood\n" + Files.readString(named));
        train("--data", named, "--columns", "mood,review", "--header", "--epochs", 1).succeeded();
        assertEquals(60.0, figures(named).number("examples"));
    }

    @Test
    void aFolderOfTextsIsLearnedAndMeasured() throws IOException {
        Path reviews = folder.resolve("reviews");
        for (String each : List.of("pos/1/it is good", "pos/2/very good", "neg/1/it is bad", "neg/2/very bad")) {
            String[] parts = each.split("/");
            Files.createDirectories(reviews.resolve(parts[0]));
            Files.writeString(reviews.resolve(parts[0]).resolve(parts[1]), parts[2]);
        }
        Run run = train("--data", reviews, "--valid", reviews, "--epochs", 1).succeeded();
        assertTrue(run.out().contains("4 texts to train on, 4 held out; a classifier of 2 labels"), run.out());
        assertEquals(4.0, figures(reviews).number("examples"));
        fails("nothing has no folder in it; expected one for each label", "--data", Files.createDirectory(folder.resolve("nothing")));
    }

    @Test
    void aForgottenHeaderIsAskedFor() throws IOException {
        Path file = Files.writeString(folder.resolve("headed.tsv"), "mood\ttext\n" + "good\tyes\nbad\tno\n".repeat(3));
        String hint = "\"mood\" is the label of the first line alone";
        assertTrue(train("--data", file, "--valid", 0).succeeded().out().contains(file + ": " + hint));
        Path plain = Files.writeString(folder.resolve("plain.tsv"), "good\tyes\nbad\tno\n".repeat(3));
        Path two = Files.writeString(folder.resolve("two.tsv"), "mood\ttext\ngood\tyes\n");
        for (Path held : List.of(file, two)) {
            assertTrue(train("--data", plain, "--valid", held).succeeded().out().contains(held + ": " + hint), held.toString());
            assertTrue(Run.of("evaluate", "--model", model, "--data", held).succeeded().err().contains(held + ": " + hint));
        }
        assertFalse(train("--data", plain, "--valid", plain).succeeded().out().contains(hint.substring(7)));
        assertFalse(train("--data", file, "--valid", 0, "--header", "--columns", "mood,text").succeeded().out().contains(hint));
    }

    @Test
    void theTutorialsOwnSettingIsLearned() {
        Run run = train("--cell", "rnn", "--one-direction", "--one-hot", "--pooling", "last", "--optimizer", "sgd", "--lr", 0.1,
                "--batch", 1, "--clip", 0, "--clip-value", 1, "--dropout", 0, "--word-dropout", 0, "--schedule", "constant",
                "--epochs", 40, "--every", 40, "--valid", 0).succeeded();
        assertTrue(run.out().contains("rnn = recurrent one_hot cell=rnn size=16"), run.out());
        assertEquals(1.0, figures(data).number("accuracy"));
    }

    @Test
    void wordVectorsAreReadAndWhatWasSkippedIsSaid() throws IOException {
        Path vectors = folder.resolve("vectors.txt");
        byte[] bytes = "good 1 0 0\nbad -1 0 0\nhorse 0 0 1\ncaf\u00e9 1 2 3\n".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(vectors, bytes);
        Run run = train("--vectors", vectors, "--freeze-vectors", "--epochs", 1).succeeded();
        assertTrue(run.out().contains(vectors + ": 3 vectors of 3 columns; 2 of 13 tokens have one\nskipped as odd: 1;"
                + " the first: " + vectors + ", line 4 has a word that is not valid UTF-8\n"), run.out());
        assertTrue(run.out().contains("embedding = embedding tokens rows=14 cols=3 trainable=false"), run.out());
        fails("--embedding 5 does not fit --vectors " + vectors + ", which have 3 columns", "--vectors", vectors, "--embedding", 5);
        Files.writeString(vectors, "good 1 0 0\nbad 1\n");
        fails(vectors + ", line 2 has 1 number after the word; expected 3 as in line 1", "--vectors", vectors);
    }

    @Test
    void aResumedTrainingEndsWithTheModelOfOneThatNeverStopped() throws IOException {
        train("--epochs", 4, "--schedule", "constant").succeeded();
        JsonObject whole = figures(data);
        Path first = model;
        model = folder.resolve("parts.safetensors");
        train("--epochs", 2, "--schedule", "constant").succeeded();
        assertFalse(whole.equals(figures(data)));
        train("--epochs", 4, "--schedule", "constant", "--resume").succeeded();
        assertEquals(whole, figures(data));
        assertTrue(Files.exists(first));
        fails("holds another network than the options describe (lower_case is false)", "--epochs", 5, "--resume", "--lower-case");
        fails("holds another network than the options describe (vocabulary.unit is \"word\")", "--epochs", 5, "--resume", "--tokens", "chars");
        fails("holds another network than the options describe (rnn = ", "--epochs", 5, "--resume", "--one-direction");
    }

    /** A file of before there was a wide path is that of one without. */
    @Test
    void aResumedTrainingHasTheWidePathThatItBeganWith() {
        train("--epochs", 1, "--schedule", "constant", "--wide", "off").succeeded();
        Run more = train("--epochs", 2, "--schedule", "constant", "--resume").succeeded();
        assertTrue(more.out().contains("epoch 2: ") && !more.out().contains("wide"), more.out());
        fails("holds another network than the options describe (wide is missing)", "--epochs", 3, "--resume", "--wide", "on");
    }

    @Test
    void spansAreToldBeforeTheTrainingAndByInspectAndKeptForTheNext() {
        String told = "that learns from spans of at most 3 tokens";
        Run run = train("--span", 3, "--epochs", 1).succeeded();
        assertTrue(run.out().contains(told), run.out());
        assertTrue(Run.of("inspect", model).succeeded().out().contains(told));
        fails("holds another network than the options describe (span is 3)", "--epochs", 2, "--resume");
        train("--span", 3, "--epochs", 2, "--resume").succeeded();
        fails("the span is -1 tokens; expected a positive number, or 0 for whole texts", "--span", -1);
    }

    @Test
    void classWeightsStandInTheSpec() {
        Run run = train("--class-weights", "negative=2,positive=0.5", "--epochs", 1).succeeded();
        assertTrue(run.out().contains("class_weights=2,0.5"), run.out());
        fails("the class \"neutral\" has a weight and no example; the examples have negative, positive", "--class-weights",
                "neutral=2");
        fails("--class-weights negative is not understood at \"negative\"; expected balanced, or LABEL=WEIGHT pairs",
                "--class-weights", "negative");
    }

    @Test
    void wrongDataIsNamedWithFileAndLine() throws IOException {
        Path ragged = Files.writeString(folder.resolve("ragged.tsv"), "positive\tgood\nnegative\tbad\tso\n");
        fails(ragged + ", line 2 has 3 columns; expected 2 as in line 1", "--data", ragged);
        Path empty = Files.writeString(folder.resolve("empty.tsv"), "positive\tgood\n\tbad\n");
        fails(empty + ", line 2, column 1 is empty; expected text", "--data", empty);
        Path one = Files.writeString(folder.resolve("one.tsv"), "positive\tgood\npositive\tvery good\npositive\tlovely\n");
        fails("all 3 examples have the label \"positive\"; expected at least two labels", "--data", one, "--valid", 0);
        fails("--columns 1,2,3; expected two columns, LABEL,TEXT, such as 2,1", "--columns", "1,2,3");
        fails(data + " has no column 3: line 1 has 2 columns", "--columns", "3,1");
        Path third = Files.writeString(folder.resolve("third.tsv"), "neutral\tit is\n");
        fails("there is nothing to measure: training had none of the labels of these texts; the first is \"neutral\"", "--valid", third);
    }

    @Test
    void aLabelThatTrainingLacksIsReportedBesideTheTrainingAndAfterIt() throws IOException {
        Path third = Files.writeString(folder.resolve("third.tsv"), "positive\tit is good\nneutral\tit is\n");
        String unknown = "1 of 2 labels, the first is \"neutral\" (" + third + ", line 2): not in training, counted as wrong";
        Run trained = train("--valid", third, "--epochs", 1).succeeded();
        assertTrue(trained.out().contains("held out: " + unknown), trained.out());
        Run text = Run.of("evaluate", "--model", model, "--data", third).succeeded();
        assertTrue(text.out().contains(unknown), text.out());
        Run json = Run.of("evaluate", "--model", model, "--data", third, "--json").succeeded();
        assertTrue(json.out().contains("\"unknown_targets\":1") && json.out().contains("\"first_unknown\":\"neutral\""), json.out());
    }

    @Test
    void aLabelWithOneTextIsLearnedWhateverTheSeedHoldsOut() throws IOException {
        Files.writeString(data, Files.readString(data) + "neutral\tit is\n");
        for (int seed = 1; seed <= 3; seed++) {
            Run run = train("--valid", 0.9, "--epochs", 1, "--seed", seed).succeeded();
            assertTrue(run.out().contains("a classifier of 3 labels"), run.out());
        }
    }

    @Test
    void optionsThatExcludeEachOtherAreRefused() {
        fails("--one-hot and --embedding exclude each other", "--one-hot", "--embedding", 5);
        fails("--freeze-vectors needs --vectors FILE", "--freeze-vectors");
    }

    private void fails(String expected, Object... more) {
        Run run = train(more);
        assertEquals(1, run.code(), run.out());
        assertTrue(run.err().contains(expected), run.err());
    }
}
