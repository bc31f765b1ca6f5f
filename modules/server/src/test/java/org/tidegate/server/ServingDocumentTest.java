/* What docs/serving.md shows is run as it stands there; its Java by the command line's test of all documents. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.audio.Audio;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.protocol.ModelMetadata;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.task.TaskModels;
import org.tidegate.task.classify.Classifier;
import org.tidegate.task.classify.LabelledText;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.task.translate.SentencePair;
import org.tidegate.task.translate.Translator;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;
import picocli.CommandLine;

class ServingDocumentTest {
    private static final Path ROOT = Path.of(System.getProperty("tidegate.root"));
    private static final Path PROTO = ROOT.resolve("modules/server/src/main/proto/open_inference_grpc.proto");
    private static final String PYTHON = System.getProperty("tidegate.python", "python3");
    private static final Pattern FENCE = Pattern.compile("^```([^\n`]*)\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    @TempDir
    static Path folder;

    private static Server server;

    @BeforeAll
    static void start() throws Exception {
        List<LabelledText> examples = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            examples.addAll(List.of(new LabelledText("good", "a lovely day"), new LabelledText("bad", "an awful night"),
                    new LabelledText("good", "what a lovely song"), new LabelledText("bad", "what an awful noise")));
        }
        Path models = Files.createDirectory(folder.resolve("models"));
        try (Classifier classifier = Classifier.builder(examples).hidden(16).embedding(16).seed(1).build()) {
            classifier.train(examples, Training.epochs(60));
            classifier.save(models.resolve("mood.safetensors"));
        }
        try (LanguageModel notes = LanguageModel.builder(Vocabulary.ofCodePoints("Today we are at sea.\n")).hidden(8).embedding(4).seed(1).build()) {
            notes.save(models.resolve("notes.safetensors"));
        }
        TaskModels.VOICE.save(models.resolve("voice.safetensors"));
        Files.write(folder.resolve("talk.wav"), TaskModels.wav(talk()));
        try (Translator french = Translator.builder(List.of(new SentencePair("I am cold.", "j'ai froid."))).minimumCount(1).encoder(4).hidden(6)
                .embedding(5).seed(1).build()) {
            french.save(models.resolve("french.safetensors"));
        }
        Files.copy(PROTO, folder.resolve(PROTO.getFileName()));
        server = Server.builder().models(models).port(0).grpcPort(0).start();
    }

    /** Loud from 0.4 to 0.9 of its 1.3 seconds. */
    private static Audio talk() {
        float[] samples = new float[20_800];
        for (int i = 6_400; i < 14_400; i++) {
            samples[i] = (float) (0.5 * Math.sin(0.2 * i));
        }
        return new Audio(samples, 16_000);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String document() throws IOException {
        return Files.readString(ROOT.resolve("docs/serving.md"));
    }

    private static List<MatchResult> blocks() throws IOException {
        return FENCE.matcher(document()).results().toList();
    }

    @TestFactory
    Stream<DynamicTest> theProgramsDoWhatTheyAreShownFor() throws IOException {
        assertEquals(Set.of("java", "js", "python", "python grpc", "python voice", "sh"), blocks().stream().map(block -> block.group(1)).collect(Collectors.toSet()));
        return blocks().stream().filter(block -> !block.group(1).equals("java"))
                .map(block -> DynamicTest.dynamicTest(block.group(1) + ": " + block.group(2).lines().skip(1).findFirst().orElse(""),
                        () -> run(block.group(1), block.group(2).replace("localhost:8080", "127.0.0.1:" + server.port())
                                .replace("localhost:8081", "127.0.0.1:" + server.grpcPort()))));
    }

    private static void run(String language, String program) throws Exception {
        String[] command = switch (language) {
            case "sh" -> new String[] {"sh", "-e", "-c"};
            case "js" -> new String[] {"node", "-e"};
            default -> new String[] {PYTHON, "-c"};
        };
        String asks = switch (language) {
            case "sh" -> "curl --version";
            case "js" -> "if (!globalThis.fetch) process.exit(1)";
            case "python grpc" -> "import grpc, grpc_tools";
            default -> "";
        };
        assumeTrue(Foreign.works(with(command, asks)), "skipped: " + command[0] + " cannot do this: " + asks);
        Foreign.Result result = Foreign.run(folder, with(command, program));
        assertEquals(0, result.exit(), result::output);
        if (language.equals("sh")) {
            assertFalse(result.output().contains("\"error\""), result::output);
        } else {
            assertEquals(language.equals("python voice") ? "0.40 s: somebody speaks\n0.90 s: silence" : "good", result.output().strip());
        }
    }

    private static String[] with(String[] command, String program) {
        return Stream.concat(Stream.of(command), Stream.of(program)).toArray(String[]::new);
    }

    @Test
    void theTableOfErrorsHasEveryStatus() throws IOException {
        String table = document().substring(document().indexOf("## Errors"));
        for (Status status : Status.values()) {
            assertTrue(Pattern.compile("^\\| [\\d, ]*\\b" + status.http() + "\\b", Pattern.MULTILINE).matcher(table).find(), status::toString);
        }
    }

    @Test
    void theTableOfTasksHasEveryTensorOfTheModelsShown() throws IOException {
        for (ServedModel model : server.service().models("", "")) {
            ModelMetadata metadata = model.metadata(List.of());
            String row = document().lines().filter(line -> line.startsWith("| `" + metadata.properties().get("task") + "` |")).findFirst().orElseThrow();
            metadata.outputs().forEach(output -> assertTrue(row.contains("`" + output.name() + "` " + output.datatype()), row));
        }
    }

    @Test
    void theTableOfOptionsHasEveryOneOfTheCommand() throws IOException {
        String table = document().substring(document().indexOf("## Operations"), document().indexOf("### TLS and tokens"));
        new CommandLine(new ServeCommand()).getCommandSpec().options().forEach(option ->
                assertTrue(table.contains("`" + option.longestName() + "`"), option::longestName));
    }

    @Test
    void theTableOfMetricsHasEveryOneThatIsShown() throws Exception {
        String part = document().substring(document().indexOf("### Metrics"));
        Pattern metric = Pattern.compile("^# TYPE (tidegate_\\w+)", Pattern.MULTILINE);
        List<String> shown = metric.matcher(new RestClient(server.port()).get("/metrics").text()).results().map(found -> found.group(1)).toList();
        assertTrue(shown.size() > 10, shown::toString);
        shown.forEach(name -> assertTrue(part.contains("`" + name + "`"), name));
    }
}
