/* The room of each task. */
package org.tidegate.server.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tidegate.Precision;
import org.tidegate.onnx.OnnxReading;
import org.tidegate.server.model.Asked;
import org.tidegate.server.model.Serving;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.task.Answers;
import org.tidegate.task.TaskFormat;
import org.tidegate.task.Tasks;
import org.tidegate.task.translate.TranslatorAnswers;
import org.tidegate.task.translate.TranslatorReading;

class RoomsTest {
    private static final int REQUESTS = 20;

    @TempDir
    Path folder;

    @SuppressWarnings("unchecked")
    private Serving<Object, Object> open(TaskModels model) throws Exception {
        model.save(folder.resolve("model.safetensors"));
        return (Serving<Object, Object>) Servings.of(Tasks.open(folder.resolve("model.safetensors"), Precision.FLOAT32));
    }

    private static InferenceRequest request(TaskModels.Asked asked) {
        return new InferenceRequest("m", "", "", asked.parameters(), asked.inputs(), List.of());
    }

    private static InferenceRequest request(Map<String, Object> parameters, InferenceTensor... inputs) {
        return new InferenceRequest("m", "", "", parameters, List.of(inputs), List.of());
    }

    /** Networks that were imported have a room too, and tests of their own. */
    @Test
    void everyTaskHasARoom() {
        assertEquals(Tasks.all().stream().map(TaskFormat::task).filter(task -> !task.equals(OnnxReading.TASK)).collect(Collectors.toSet()),
                Arrays.stream(TaskModels.values()).map(TaskModels::task).collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @EnumSource(TaskModels.class)
    void answersAreTheLibrarysAloneAndInABatch(TaskModels model) throws Exception {
        try (Serving<Object, Object> serving = open(model);
                Answers<?> library = Tasks.open(folder.resolve("model.safetensors"), Precision.FLOAT32)) {
            Random random = new Random(7);
            List<TaskModels.Asked> asked = new ArrayList<>();
            List<Object> inputs = new ArrayList<>();
            Map<Object, List<Integer>> groups = new HashMap<>();
            for (int i = 0; i < REQUESTS; i++) {
                asked.add(model.ask(library, random));
                inputs.add(serving.read(request(asked.get(i))));
                groups.computeIfAbsent(serving.group(inputs.get(i)), group -> new ArrayList<>()).add(i);
                assertEquals(asked.get(i).inputs().get(0).count(), serving.size(inputs.get(i)));
                assertEquals(serving.readsSlowly(), serving.held(inputs.get(i)) > 0); // what is unpacked is counted
            }
            Set<InferenceTensor> different = new HashSet<>();
            for (List<Integer> group : groups.values()) {
                List<Object> together = run(serving, group.stream().map(inputs::get).toList());
                for (int i = 0; i < group.size(); i++) {
                    int number = group.get(i);
                    InferenceRequest request = request(asked.get(number));
                    // What was read is run once; another reading of the same request is run alone.
                    Object again = serving.read(request);
                    checkEqual(asked.get(number), serving.write(request, inputs.get(number), together.get(i)));
                    checkEqual(asked.get(number), serving.write(request, again, run(serving, List.of(again)).get(0)));
                    different.addAll(asked.get(number).expected().values());
                }
            }
            assertTrue(different.stream().map(InferenceTensor::data).distinct().count() > REQUESTS / 2, "the answers are all alike");
        }
    }

    /** What is found; what is not finished is run again, with the others that are not. */
    private static List<Object> run(Serving<Object, Object> serving, List<Object> inputs) {
        List<Object> found = new ArrayList<>(serving.run(inputs));
        while (found.contains(null)) {
            List<Integer> left = IntStream.range(0, inputs.size()).filter(i -> found.get(i) == null).boxed().toList();
            List<Object> more = serving.run(left.stream().map(inputs::get).toList());
            for (int i = 0; i < left.size(); i++) {
                found.set(left.get(i), more.get(i));
            }
        }
        return found;
    }

    private static void checkEqual(TaskModels.Asked asked, List<InferenceTensor> outputs) {
        assertEquals(List.copyOf(asked.expected().keySet()), outputs.stream().map(InferenceTensor::name).toList());
        for (InferenceTensor output : outputs) {
            InferenceTensor expected = asked.expected().get(output.name());
            assertEquals(expected.datatype(), output.datatype());
            assertArrayEquals(expected.shape(), output.shape(), output.name());
            assertEquals(expected.data(), output.data(), output.name());
        }
    }

    @ParameterizedTest
    @EnumSource(TaskModels.class)
    void theMetadataAreThoseOfTheTensors(TaskModels model) throws Exception {
        try (Serving<Object, Object> serving = open(model);
                Answers<?> library = Tasks.open(folder.resolve("model.safetensors"), Precision.FLOAT32)) {
            TaskModels.Asked asked = model.ask(library, new Random(1));
            for (InferenceTensor tensor : asked.inputs()) {
                checkFits(serving.inputs(), tensor);
            }
            for (InferenceTensor tensor : asked.expected().values()) {
                checkFits(serving.outputs(), tensor);
            }
            assertEquals(model.task(), serving.properties().get("task"));
        }
    }

    private static void checkFits(List<TensorMetadata> all, InferenceTensor tensor) {
        TensorMetadata metadata = all.stream().filter(each -> each.name().equals(tensor.name())).findFirst().orElseThrow();
        assertEquals(metadata.datatype(), tensor.datatype());
        assertEquals(metadata.shape().size(), tensor.rank(), tensor.name());
        for (int i = 0; i < tensor.rank(); i++) {
            assertTrue(metadata.shape().get(i) == -1 || metadata.shape().get(i) == tensor.dim(i), tensor.name());
        }
    }

    @ParameterizedTest
    @EnumSource(TaskModels.class)
    void whatIsNoInputOfTheTaskIsRefusedBeforeItRuns(TaskModels model) throws Exception {
        try (Serving<Object, Object> serving = open(model)) {
            String input = serving.inputs().get(0).name();
            for (InferenceTensor wrong : List.of(InferenceTensor.of(input, List.of(), 0), InferenceTensor.of(input, List.of(""), 1),
                    InferenceTensor.of(input, new float[] {1}, 1), InferenceTensor.of("other", List.of("a"), 1),
                    InferenceTensor.ofBytes(input, List.of(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 1}), 1))) {
                RuntimeException refused = assertThrows(RuntimeException.class, () -> serving.read(request(Map.of(), wrong)));
                assertTrue(refused instanceof ProtocolException || refused instanceof IllegalArgumentException, () -> refused.toString());
                assertTrue(!refused.getMessage().contains(folder.toString()), refused.getMessage());
            }
        }
    }

    @Test
    void aForecastOfNumbersIsThatOfTheirTable() throws Exception {
        try (Serving<Object, Object> serving = open(TaskModels.FORECAST)) {
            double[] values = new Random(1).doubles(2 * 15 * 2).toArray();
            StringBuilder table = new StringBuilder("tide,wind\n");
            for (int t = 15; t < 30; t++) {
                table.append(values[2 * t]).append(',').append(values[2 * t + 1]).append('\n');
            }
            InferenceRequest numbers = request(Map.of(), InferenceTensor.of("values", values, 2, 15, 2));
            InferenceRequest text = request(Map.of(), InferenceTensor.of("series", List.of(table.toString()), 1));
            double[] both = forecast(serving, numbers);
            assertArrayEquals(forecast(serving, text), Arrays.copyOfRange(both, 3, 6));
            values[7] = Double.NaN;
            assertThrows(RuntimeException.class,
                    () -> serving.read(request(Map.of(), InferenceTensor.of("values", values, 2, 15, 2))), "a missing value");
            assertThrows(ProtocolException.class,
                    () -> serving.read(request(Map.of(), InferenceTensor.of("values", new double[22], 1, 11, 2))), "shorter than the window");
            assertThrows(ProtocolException.class, () -> serving.read(request(Map.of(), numbers.inputs().get(0), text.inputs().get(0))));
        }
    }

    private static double[] forecast(Serving<Object, Object> serving, InferenceRequest request) {
        Object input = serving.read(request);
        return serving.write(request, input, serving.run(List.of(input)).get(0)).get(0).doubles();
    }

    @Test
    void aPictureThatIsTooLargeIsRefusedByItsHeader() throws Exception {
        try (Serving<Object, Object> serving = open(TaskModels.CAPTION)) {
            byte[] header = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 1, 0, 0, 0, 1, 0, 0, 8, 0, 0, 0, 0,
                0, 0, 0, 0};
            ProtocolException refused = assertThrows(ProtocolException.class,
                    () -> serving.read(request(Map.of(), InferenceTensor.ofBytes("image", List.of(header), 1))));
            assertEquals("image 0 has 65536 x 65536 pixels; this model takes at most 3 x 4", refused.getMessage());
        }
    }

    @Test
    void aForecasterNamesItsTimesAndItsInterval() throws Exception {
        TaskModels.saveForecasterOfDays(folder.resolve("days.safetensors"));
        try (Serving<?, ?> serving = Servings.open(folder.resolve("days.safetensors"), Precision.FLOAT32);
                Serving<Object, Object> without = open(TaskModels.FORECAST)) {
            Map<String, String> properties = serving.properties();
            assertEquals(List.of("day", "date", "day", "0.8"), Stream.of("time", "time_form", "step", "interval").map(properties::get).toList());
            assertEquals("0.8", without.properties().get("interval"));
            assertTrue(Stream.of("time", "time_form", "step").noneMatch(without.properties()::containsKey));
        }
    }

    @Test
    void whereATranslatorLookedIsToldToThoseWhoAskForItByName() throws Exception {
        List<String> names = List.of("source_tokens", "source_tokens.lengths", "target_tokens", "target_tokens.lengths", "attention",
                "attention.lengths");
        List<String> texts = List.of("tide Turns", "moon", "the tide, at dawn!");
        try (Serving<Object, Object> serving = open(TaskModels.TRANSLATE);
                TranslatorAnswers library = (TranslatorAnswers) Tasks.open(folder.resolve("model.safetensors"), Precision.FLOAT32)) {
            assertEquals(String.join("\n", names), serving.properties().get("only_by_name"));
            InferenceRequest plain = request(Map.of(), InferenceTensor.of("text", List.of("dawn"), 1));
            InferenceRequest asks = new InferenceRequest("m", "", "", Map.of(), List.of(InferenceTensor.of("text", texts, 3)),
                    names.stream().map(name -> new InferenceRequest.Output(name, Map.of())).toList());
            List<Object> inputs = List.of(serving.read(plain), serving.read(asks), serving.read(plain));
            List<Object> found = serving.run(inputs);
            assertEquals(List.of("translation", "score"), serving.write(plain, inputs.get(2), found.get(2)).stream()
                    .map(InferenceTensor::name).toList());
            List<InferenceTensor> outputs = serving.write(asks, inputs.get(1), found.get(1));
            assertEquals(names, outputs.stream().map(InferenceTensor::name).toList());
            outputs.forEach(output -> checkFits(serving.outputs(), output));
            List<String> read = new ArrayList<>();
            List<String> written = new ArrayList<>();
            List<Double> weights = new ArrayList<>();
            for (String text : texts) {
                List<String> words = library.translate(text).words();
                read.addAll(TranslatorReading.words(text));
                read.add("<eos>");
                written.addAll(words);
                written.add("<eos>");
                Arrays.stream(library.attention(text, words)).flatMapToDouble(Arrays::stream).forEach(weights::add);
            }
            assertEquals(read, outputs.get(0).texts());
            assertEquals(written, outputs.get(2).texts());
            assertArrayEquals(weights.stream().mapToDouble(Double::doubleValue).toArray(), outputs.get(4).doubles());
            int[] sources = outputs.get(1).ints();
            int[] targets = outputs.get(3).ints();
            int[] lengths = outputs.get(5).ints();
            assertArrayEquals(new int[] {3, 2, 7}, sources);
            for (int i = 0; i < lengths.length; i++) {
                assertEquals(sources[i] * targets[i], lengths[i]);
            }
        }
    }
}
