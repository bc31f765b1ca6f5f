package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What the documents show is true: their Java programs compile and run, their commands parse, their links lead somewhere. */
class DocumentsTest {
    private static final Path ROOT = Path.of(System.getProperty("tidegate.root")).toAbsolutePath().normalize();
    private static final Path GUIDE = ROOT.resolve("docs/guide.md");

    /** What a program is expected to print. */
    @FunctionalInterface
    private interface Expectation {
        void check(String output, Path folder) throws IOException;
    }

    /** All programs of the documents in the order in which they run: what trains a model before what opens it. */
    private static final Map<String, Expectation> PROGRAMS = new LinkedHashMap<>();

    static {
        PROGRAMS.put("Mood", (output, folder) -> {
            assertEquals("good", output.strip());
            Run.of("predict", "--model", folder.resolve("mood.safetensors"), "an awful day").succeeded();
        });
        PROGRAMS.put("MoodService", (output, folder) -> assertEquals(List.of("a lovely night: good", "an awful song: bad"),
                output.strip().lines().sorted().toList()));
        PROGRAMS.put("ServedMood", prints("good"));
        PROGRAMS.put("OwnNetwork", prints("after 2, 3 comes 4", "again 4"));
        PROGRAMS.put("OwnBuilder", (output, folder) -> assertTrue(output.startsWith("x = input axis=steps cols=3\n")
                && output.strip().endsWith("3 rows; step 0 of sequence 1 is row 0"), output));
        PROGRAMS.put("ToneDetector", prints("a tone: true", "noise: false"));
        PROGRAMS.put("ManyStreams", prints("the same bits: true", "refused, and ann is as she was"));
        PROGRAMS.put("KeepTraining", prints("epoch 1.0 measured", "epoch 2.0 measured", "FINISHED after 3 epochs"));
        PROGRAMS.put("TwoLearners", prints("alike"));
        PROGRAMS.put("Reviews", (output, folder) -> {
            assertTrue(output.startsWith("good 0.") && output.contains("\naccuracy 1.00\n"), output);
            Run.of("evaluate", "--model", folder.resolve("reviews.safetensors"), "--data", folder.resolve("test.tsv")).succeeded();
        });
        PROGRAMS.put("Topics", (output, folder) -> {
            assertTrue(output.startsWith("[news, sport]\n[]\n"), output);
            Run.of("evaluate", "--model", folder.resolve("topics.safetensors"), "--data", folder.resolve("topics.tsv")).succeeded();
        });
        PROGRAMS.put("Week", (output, folder) -> {
            assertTrue(output.matches("(?s)(\\+\\d  [\\d.]+, between [\\d.]+ and [\\d.]+\n){7}beats persistence: true\n"), output);
            Run.of("predict", "--model", folder.resolve("week.safetensors"), folder.resolve("days.csv")).succeeded();
        });
        PROGRAMS.put("Quantiles", (output, folder) -> {
            assertTrue(output.matches("(?s)(0\\.\\d+: [\\d.]+\n){3}[\\d.]+ % of 90 %, [\\d.]+ wide\n"), output);
            Run.of("predict", "--model", folder.resolve("quantiles.safetensors"), folder.resolve("days.csv")).succeeded();
        });
        PROGRAMS.put("Sensor", prints("true"));
        PROGRAMS.put("PartsOfSpeech", prints("[DET, NOUN, VERB, PUNCT]"));
        PROGRAMS.put("Gaps", prints("cow"));
        PROGRAMS.put("Notes", (output, folder) -> assertEquals(200 + System.lineSeparator().length(), output.length(), output));
        PROGRAMS.put("Conversation", (output, folder) -> {
            List<String> lines = output.lines().toList();
            assertEquals(3, lines.size(), output);
            assertTrue(lines.get(1).endsWith("."), output);
            assertEquals("3 tokens may come next", lines.get(2));
        });
        PROGRAMS.put("French", (output, folder) -> {
            List<String> lines = output.lines().toList();
            assertEquals("un chat rouge.", lines.get(0));
            assertTrue(lines.get(1).endsWith("un chien bleu."), output);
            assertEquals(4, lines.size(), output);
        });
        PROGRAMS.put("Digits", prints("true", "true"));
        PROGRAMS.put("Speech", prints("a", "b"));
        PROGRAMS.put("Talk", prints("0.5 s to 1.2 s", "1.8 s to 2.6 s"));
        PROGRAMS.put("LiveTalk", prints("speech from 0.5 s", "until 1.2 s", "speech from 1.8 s", "until 2.6 s"));
        PROGRAMS.put("TrainingLoop", prints("true"));
        PROGRAMS.put("ForOtherRuntimes", prints("x float[batch, time, 3]", "h_h float[1, batch, 8]", "y float[batch, time, 2]",
                "h_h_out float[1, batch, 8]"));
        PROGRAMS.put("FromElsewhere", prints("input x [batch, time, 3]", "input h_h [1, batch, 8] state", "output y [batch, time, 2]",
                "same bits: true"));
        PROGRAMS.put("FromPyTorch", prints("100 scores after word 7"));
        PROGRAMS.put("Sequences", prints("[true, false]"));
        PROGRAMS.put("Dl4jWeights", prints("[40.0, 20.0, 10.0, 30.0]", "[4.0, 8.0, 2.0, 6.0, 1.0, 5.0, 3.0, 7.0]"));
    }

    private static Expectation prints(String... lines) {
        return (output, folder) -> assertEquals(List.of(lines), output.lines().toList());
    }

    @TestFactory
    Stream<DynamicTest> theProgramsOfTheDocumentsDoWhatTheyAreShownFor(@TempDir Path folder) throws Exception {
        Map<String, String> sources = new LinkedHashMap<>();
        for (Document document : Document.all(ROOT)) {
            document.programs().forEach((name, source) -> assertTrue(sources.put(name, source) == null,
                    () -> document + " shows a program " + name + ", as another document does; choose another name"));
        }
        assertEquals(new TreeSet<>(PROGRAMS.keySet()), new TreeSet<>(sources.keySet()), "programs that are expected, and that are shown");
        ExampleData.write(folder);
        Programs.run(folder, List.copyOf(PROGRAMS.keySet()), sources);
        return PROGRAMS.entrySet().stream().map(each -> DynamicTest.dynamicTest(each.getKey(),
                () -> each.getValue().check(Programs.output(folder, each.getKey()), folder)));
    }

    /** The native tests compile and run the first C block of the guide, and no other. */
    @Test
    void theOneProgramInCStandsInTheGuide() throws IOException {
        for (Document document : Document.all(ROOT)) {
            assertEquals(document.path().equals(GUIDE) ? 1 : 0, document.blocks("c").size(), () -> "C blocks of " + document);
        }
    }

    @TestFactory
    Stream<DynamicTest> everyCommandShownParses() throws IOException {
        List<String> commands = new ArrayList<>();
        for (Document document : Document.all(ROOT)) {
            commands.addAll(document.commands());
        }
        assertFalse(commands.isEmpty());
        return commands.stream().distinct().map(command -> DynamicTest.dynamicTest(command, () -> Shell.parse(command)));
    }

    @Test
    void everyOptionNamedIsOneOfSomeCommand() throws IOException {
        Set<String> options = new HashSet<>();
        add(Shell.commandLine(), options);
        String launcher = Files.readString(ROOT.resolve("tidegate"));
        List<String> unknown = new ArrayList<>();
        for (Document document : Document.all(ROOT)) {
            document.options().stream().filter(option -> !options.contains(option) && !launcher.contains(option))
                    .forEach(option -> unknown.add(document + " names " + option));
        }
        assertEquals(List.of(), unknown);
    }

    private static void add(CommandLine command, Set<String> options) {
        CommandSpec spec = command.getCommandSpec();
        spec.options().forEach(option -> options.addAll(List.of(option.names())));
        command.getSubcommands().values().forEach(below -> add(below, options));
    }

    @Test
    void everyLinkLeadsToADocumentAndAHeading() throws IOException {
        Map<Path, Document> documents = new LinkedHashMap<>();
        for (Document document : Document.all(ROOT)) {
            documents.put(document.path(), document);
        }
        List<String> dead = new ArrayList<>();
        Set<Path> linked = new HashSet<>();
        for (Document document : documents.values()) {
            for (String link : document.links()) {
                String[] parts = link.split("#", 2);
                Path target = parts[0].isEmpty() ? document.path() : document.path().resolveSibling(parts[0]).normalize();
                Document found = documents.get(target);
                if (!Files.exists(target) || parts.length > 1 && (found == null || !found.anchors().contains(parts[1]))) {
                    dead.add(document + " links to " + link);
                }
                linked.add(target);
            }
        }
        assertEquals(List.of(), dead);
        List<Path> lost = documents.keySet().stream().filter(path -> path.startsWith(ROOT.resolve("docs")) && !linked.contains(path)).toList();
        assertEquals(List.of(), lost, "documents that no other one links to");
    }
}
