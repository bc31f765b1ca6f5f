package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

class TagTaskTest {
    private static final String[] ENDINGS = {"ka", "lo", "mi"};
    private static final String[] TAGS = {"NOUN", "VERB", "ADJ"};

    @TempDir
    Path folder;
    private Path train;
    private Path test;
    private Path model;

    @BeforeEach
    void write() throws IOException {
        train = Files.writeString(folder.resolve("train.conllu"), conllu(200, 1));
        test = Files.writeString(folder.resolve("test.conllu"), conllu(40, 2));
        model = folder.resolve("tagger.safetensors");
    }

    /** Sentences of words whose ending is their part of speech; the ninth column is the ending. */
    private static String conllu(int sentences, long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int s = 0; s < sentences; s++) {
            text.append("# sent_id = ").append(s).append('\n');
            int words = 2 + random.nextInt(4);
            for (int w = 1; w <= words; w++) {
                int kind = random.nextInt(ENDINGS.length);
                StringBuilder form = new StringBuilder();
                for (int letters = 2 + random.nextInt(4); letters > 0; letters--) {
                    form.append((char) ('a' + random.nextInt(20)));
                }
                text.append(String.join("\t", Integer.toString(w), form + ENDINGS[kind], "_", TAGS[kind], ENDINGS[kind], "_",
                        "0", "root", "_",
                        "_")).append('\n');
            }
            text.append('\n');
        }
        return text.toString();
    }

    private Run train(Object... more) {
        List<Object> words = new ArrayList<>(List.of("train", "tag", "--out", model));
        Map<String, Object> options = new LinkedHashMap<>(Map.of("--valid", test, "--hidden", 10, "--embedding", 6,
                "--letter-hidden", 12,
                "--letter-embedding", 8, "--batch", 8, "--lr", 2e-2, "--epochs", 2, "--threads", 1, "--dropout", 0.1));
        options.put("--data", train);
        options.keySet().removeAll(Arrays.asList(more));
        options.forEach((name, value) -> words.addAll(List.of(name, value)));
        words.addAll(Arrays.asList(more));
        return Run.of(words.toArray());
    }

    @Test
    void wordsNeverSeenAreTaggedByTheirEndings() {
        Run run = train().succeeded();
        assertTrue(run.out().contains("200 sentences to train on, 40 held out"), run.out());
        assertTrue(run.out().contains("3 tags"), run.out());
        assertEquals("wwwka/NOUN zzlo/VERB vvvmi/ADJ\n", Run.of("predict", "--model", model, "wwwka zzlo  vvvmi").succeeded().out());
        JsonObject answer = JsonObject.parse(Run.of("predict", "--model", model, "--json", "wwwka").succeeded().out());
        assertEquals(JsonObject.of(Map.of("input", "wwwka", "words", List.of("wwwka"), "tags", List.of("NOUN"))), answer);
    }

    @Test
    void anEmptyLineIsAnErrorWithAnEmptyLineInItsPlace() {
        train().succeeded();
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream("wwwka\n\nzzlo\n".getBytes(StandardCharsets.UTF_8)));
        try {
            Run run = Run.of("predict", "--model", model).failed("standard input, line 2: the input is empty");
            assertEquals("wwwka/NOUN\n\nzzlo/VERB\n", run.out());
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void anEvaluationReportsUnseenWordsAndEachTag() throws IOException {
        train().succeeded();
        Path chart = folder.resolve("confusion.png");
        Run run = Run.of("evaluate", "--model", model, "--data", test, "--json", "--chart", chart).succeeded();
        assertTrue(run.out().contains("words that training did not have"), run.out());
        JsonObject figures = JsonObject.parse(run.lastLine());
        assertTrue(figures.number("unseen_accuracy") > 0.95, run.out());
        assertTrue(figures.number("accuracy") > 0.95, run.out());
        assertTrue(figures.wholeNumber("unseen") > 40 && figures.wholeNumber("unseen") <= figures.wholeNumber("words"), run.out());
        assertEquals("upos", figures.string("column"));
        assertEquals(List.of("ADJ", "NOUN", "VERB"), figures.objects("classes").stream()
                .map(tag -> tag.string("label")).sorted().toList());
        assertTrue(ImageIO.read(chart.toFile()).getWidth() > 100);
    }

    @Test
    void anotherColumnIsLearnedAndRememberedForTheEvaluation() {
        train("--column", "xpos").succeeded();
        assertEquals("wwwka/ka zzlo/lo\n", Run.of("predict", "--model", model, "wwwka zzlo").succeeded().out());
        JsonObject figures = JsonObject.parse(Run.of("evaluate", "--model", model, "--data", test, "--json").succeeded()
                .lastLine());
        assertEquals("xpos", figures.string("column"));
    }

    @Test
    void aRandomFieldMayScoreTheTags() {
        Run run = train("--crf").succeeded();
        assertTrue(run.out().contains("crf = crf scores tags"), run.out());
        assertEquals("wwwka/NOUN zzlo/VERB vvvmi/ADJ\n", Run.of("predict", "--model", model, "wwwka zzlo vvvmi").succeeded().out());
    }

    @Test
    void resumingWithOtherOptionsIsRefused() {
        train().succeeded();
        fails("another network than the options describe (word_dropout is 0.25)", train("--resume", "--word-dropout", 0.5,
                "--epochs", 3));
        fails("another network than the options describe (column is \"upos\")", train("--resume", "--column", "xpos", "--epochs", 3));
        fails("another network than the options describe", train("--resume", "--hidden", 11, "--epochs", 3));
    }

    @Test
    void dataThatCannotBeLearnedFromIsNamed() throws IOException {
        fails(train + ", line 2, column 9 (DEPS): nothing (\"_\") is said of the word", train("--column", "deps"));
        train().succeeded();
        fails("line 2, column 1 (ID): the line has 1 column; expected 10", Run.of("evaluate", "--model", model, "--data",
                Files.writeString(folder.resolve("text.conllu"), "# text\nJust a sentence.\n")));
        fails("no use for --beam", Run.of("predict", "--model", model, "--beam", 2, "a"));
    }

    @Test
    void aTagThatTrainingLacksIsReportedBesideTheTrainingAndAfterIt() throws IOException {
        Path other = Files.writeString(folder.resolve("other.conllu"), conllu(3, 3).replace("VERB", "AUX"));
        for (List<Object> kind : List.of(List.<Object>of(), List.<Object>of("--crf"))) {
            List<Object> more = new ArrayList<>(List.of("--valid", other, "--epochs", 1));
            more.addAll(kind);
            Run trained = train(more.toArray()).succeeded();
            assertTrue(trained.out().contains("tags, the first is \"AUX\" (" + other + ", line "), trained.out());
            Run measured = Run.of("evaluate", "--model", model, "--data", other, "--json").succeeded();
            assertTrue(measured.out().contains("the first is \"AUX\""), measured.out());
            assertEquals("AUX", JsonObject.parse(measured.lastLine()).string("first_unknown"));
        }
    }

    @Test
    void aTagOfOneSentenceIsLearnedWhateverTheSeedHoldsOut() throws IOException {
        String text = conllu(8, 1) + "1\tooh\t_\tINTJ\t_\t_\t0\troot\t_\t_\n\n" + "1\tkm\t_\tSYM\t_\t_\t0\troot\t_\t_\n\n";
        Path rare = Files.writeString(folder.resolve("rare.conllu"), text);
        for (int seed = 1; seed <= 4; seed++) {
            train("--data", rare, "--valid", 0.5, "--epochs", 1, "--min-count", 1, "--seed", seed).succeeded();
        }
    }

    private static void fails(String message, Run run) {
        assertEquals(1, run.code(), () -> run.out() + run.err());
        assertTrue(run.err().contains(message), run.err());
    }

    /** A treebank in which "do n't" is written as one, and some words are cut by spaces alone. */
    private Path treebank() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int s = 0; s < 30; s++) {
            text.append("# sent_id = ").append(s).append("\n1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\t_\n");
            String[] words = {"do", "n't", "pay", s + ".5", "Mr.", "Smith", "!"};
            for (int w = 0; w < words.length; w++) {
                text.append(String.join("\t", Integer.toString(w + 1), words[w], "_", "T" + w, "_", "_", "_", "_", "_",
                        w == 5 ? "SpaceAfter=No" : "_")).append('\n');
            }
            text.append('\n');
        }
        return Files.writeString(folder.resolve("bank.conllu"), text);
    }

    private String predicted(Object... more) {
        List<Object> all = new ArrayList<>(List.of("predict", "--model", model));
        all.addAll(Arrays.asList(more));
        return Run.of(all.toArray()).succeeded().out().replace("\r", "");
    }

    @Test
    void textsAreSplitAsTheTreebankSplitsThem() throws IOException {
        Path bank = treebank();
        train("--data", bank, "--valid", 0, "--epochs", 6).succeeded();
        assertEquals("Do/T0 n't/T1 pay/T2 6.5/T3 Mr./T4 Smith/T5 !/T6\n", predicted("Don't pay 6.5 Mr. Smith!"));
        assertEquals("do/T0 n't/T1 pay/T2 3.5/T3 Mr./T4 Smith/T5 !/T6\n",
                predicted("--tokens", "whitespace", "do n't pay 3.5 Mr. Smith !"));
        Run useless = Run.of("train", "fill", "--tokens", "chars", "--data", bank, "--out", model);
        assertEquals(2, useless.code(), useless.err());
        assertEquals("Mr./T4 Smith!/", predicted("--tokens", "whitespace", "Mr. Smith!").replaceAll("T.\n", ""));
    }

    @Test
    void aConlluFileIsAnsweredInConllu() throws IOException {
        Path bank = treebank();
        train("--data", bank, "--valid", 0, "--epochs", 6).succeeded();
        String untagged = Files.readString(bank).replaceAll("\\tT\\d\\t", "\t_\t");
        Path file = Files.writeString(folder.resolve("un tagged.conllu"), untagged);
        assertEquals(Files.readString(bank), predicted(file));
        JsonObject first = JsonObject.parse(predicted("--json", file).lines().findFirst().orElseThrow());
        assertEquals(List.of("do", "n't", "pay", "0.5", "Mr.", "Smith", "!"), first.strings("words"));
        assertEquals(List.of("T0", "T1", "T2", "T3", "T4", "T5", "T6"), first.strings("tags"));
        assertEquals(1, Run.of("predict", "--model", model, folder.resolve("missing.conllu")).code());
        for (String head : List.of("", "# sent_id = a\n", "# newdoc\n# text = Don't pay\n")) {
            assertEquals(head + Files.readString(bank), Run.fed(head + untagged, "predict", "--model", model, "-").succeeded().out());
            assertEquals(head + Files.readString(bank), Run.fed(head + untagged, "predict", "--model", model).succeeded().out());
        }
        Run.fed("# sent_id = 1\n1\tdo\n", "predict", "--model", model).failed("standard input, line 2, column 2");
        assertEquals(2, Run.fed("#do\nn't\n", "predict", "--model", model).succeeded().out().lines().count(), "texts");
        assertEquals("{\"input\":\"-\",", Run.fed(untagged, "predict", "--model", model, "--json").succeeded().out().substring(0, 13));
        Run refused = Run.of("train", "tag", "--tokens", "whitespace", "--data", bank, "--out", model);
        assertEquals(2, refused.code(), refused.err());
    }
}
