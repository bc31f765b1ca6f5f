package org.tidegate.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static final String SPEC = "x = input axis=a cols=3\ny = linear x cols=2\n";

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("model.safetensors");
    }

    private static SafetensorsWriter ours() {
        return new SafetensorsWriter().metadata("tidegate", Checkpoint.CURRENT).metadata("spec", SPEC);
    }

    private static FloatBuffer floats(int count) {
        return FloatBuffer.allocate(count);
    }

    private String refusal(SafetensorsWriter writer) throws IOException {
        writer.write(file());
        CheckpointException refusal = assertThrows(CheckpointException.class, () -> read(new HashMap<>()));
        assertTrue(refusal.getMessage().startsWith(file().toString()), refusal.getMessage());
        return refusal.getMessage();
    }

    /** Reads the parameters of the spec into the map. */
    private void read(Map<String, float[]> into) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file())) {
            checkpoint.readParameters(List.of(target("y.weight", into, 2, 3), target("y.bias", into, 2)));
        }
    }

    private static TensorTarget target(String name, Map<String, float[]> into, long... shape) {
        int elements = (int) LongStream.of(shape).reduce(1, (a, b) -> a * b);
        return new TensorTarget(name, shape, (to, source, offset, length) -> System.arraycopy(source, offset,
                into.computeIfAbsent(name, key -> new float[elements]), (int) to, length));
    }

    private static SafetensorsWriter.Source source(float... values) {
        return (from, target, offset, length) -> System.arraycopy(values, (int) from, target, offset, length);
    }

    @Test
    void whatIsWrittenComesBackToTheBit() throws IOException {
        float[] weight = {1, -2, 3, Float.NaN, Float.NEGATIVE_INFINITY, 6};
        float[] bias = {Float.MIN_VALUE, -0f};
        new CheckpointWriter(SPEC).parameter("y.weight", source(weight), 2, 3).parameter("y.bias", source(bias), 2).metadata("note", "é")
                .extra("state", 1, 2).write(file());
        Map<String, float[]> read = new HashMap<>();
        read(read);
        assertEquals(Set.of("y.weight", "y.bias"), read.keySet());
        assertArrayEquals(weight, read.get("y.weight"));
        assertArrayEquals(bias, read.get("y.bias"));
        try (Checkpoint checkpoint = Checkpoint.open(file())) {
            assertEquals(SPEC, checkpoint.spec());
            assertEquals("é", checkpoint.require("note"));
            assertFalse(checkpoint.hasOptimizer());
            assertArrayEquals(new float[] {1, 2}, checkpoint.extra("state"));
            assertEquals(0, checkpoint.extra("none").length);
        }
    }

    @Test
    void anOptimizerMustBeThereWithItsSlotsAndSteps() throws IOException {
        new CheckpointWriter(SPEC).optimizer(12).slot("average.y.bias", source(3, 4), 2).write(file());
        Map<String, float[]> into = new HashMap<>();
        List<TensorTarget> slots = List.of(target("average.y.bias", into, 2));
        try (Checkpoint checkpoint = Checkpoint.open(file())) {
            assertTrue(checkpoint.hasOptimizer());
            assertEquals(12, checkpoint.readOptimizer("any", slots));
            assertArrayEquals(new float[] {3, 4}, into.get("average.y.bias"));
        }
        assertTrue(optimizerRefusal(new CheckpointWriter(SPEC), slots).contains("has no \"optimizer.step\""));
        assertTrue(optimizerRefusal(new CheckpointWriter(SPEC).optimizer(12), slots).contains("\"optimizer.average.y.bias\" is missing"));
        String more = optimizerRefusal(new CheckpointWriter(SPEC).optimizer(12).slot("average.y.bias", source(3, 4), 2)
                .slot("average.y.weight", source(3), 1), slots);
        assertTrue(more.contains("it has 2 tensors of an optimizer, and any has 1"), more);
        for (String steps : new String[] {"", "-1", "twelve", "18446744073709551615"}) {
            String message = optimizerRefusal(new CheckpointWriter(SPEC).metadata("optimizer.step", steps)
                    .slot("average.y.bias", source(3, 4), 2), slots);
            assertTrue(message.contains("\"optimizer.step\" is \"" + steps + "\", which is no number of steps"), message);
        }
    }

    private String optimizerRefusal(CheckpointWriter writer, List<TensorTarget> slots) throws IOException {
        writer.write(file());
        try (Checkpoint checkpoint = Checkpoint.open(file())) {
            return assertThrows(CheckpointException.class, () -> checkpoint.readOptimizer("any", slots)).getMessage();
        }
    }

    @Test
    void aForeignFileIsToldWhatItLacks() throws IOException {
        String message = refusal(new SafetensorsWriter().metadata("format", "pt").tensor("lstm.weight_ih_l0", floats(4), 2, 2));
        assertTrue(message.contains("not a model of Tidegate: its __metadata__ has no \"tidegate\". It holds 1 tensors"), message);
        assertTrue(refusal(new SafetensorsWriter().metadata("tidegate", Checkpoint.CURRENT)).contains("has no \"spec\""));
        assertTrue(refusal(new SafetensorsWriter().metadata("tidegate", "9").metadata("spec", SPEC)).contains("version \"9\""));
        String older = refusal(new SafetensorsWriter().metadata("tidegate", "1").metadata("spec", SPEC));
        assertTrue(older.contains("has version \"1\" of the model format; this Tidegate reads version 2"), older);
        assertTrue(older.contains("train the model again, with the data and the options that it was made with"), older);
    }

    @Test
    void everyParameterMustBeThereWithItsShape() throws IOException {
        String missing = refusal(ours().tensor("y.bias", floats(2), 2));
        assertTrue(missing.contains("\"y.weight\" is missing"), missing);
        String shape = refusal(ours().tensor("y.bias", floats(2), 2).tensor("y.weight", floats(6), 3, 2));
        assertTrue(shape.contains("\"y.weight\" is F32 [3, 2]; expected F32 [2, 3]"), shape);
        String flat = refusal(ours().tensor("y.bias", floats(2), 2).tensor("y.weight", floats(6), 6));
        assertTrue(flat.contains("\"y.weight\" is F32 [6]"), flat);
        String extra = refusal(ours().tensor("y.bias", floats(2), 2).tensor("y.weight", floats(6), 2, 3).tensor("z", floats(1), 1));
        assertTrue(extra.contains("\"z\" is no parameter of the model"), extra);
    }

    @Test
    void nothingOfARefusedFileIsRead() throws IOException {
        ours().tensor("y.bias", FloatBuffer.wrap(new float[] {5, 6}), 2).tensor("y.weight", floats(5), 5).write(file());
        Map<String, float[]> into = new HashMap<>();
        assertThrows(CheckpointException.class, () -> read(into));
        assertEquals(Map.of(), into);
    }
}
