package org.tidegate.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Model;
import org.tidegate.Optimizer;
import org.tidegate.Tensor;

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
        CheckpointException refusal = assertThrows(CheckpointException.class, () -> {
            try (Checkpoint checkpoint = Checkpoint.open(file())) {
                checkpoint.newModel().close();
            }
        });
        assertTrue(refusal.getMessage().startsWith(file().toString()), refusal.getMessage());
        return refusal.getMessage();
    }

    @Test
    void parametersComeBackToTheBit() throws IOException {
        try (Model model = Model.of(SPEC, 7)) {
            model.parameter("y.bias").set(Float.MIN_VALUE, -0f);
            new CheckpointWriter(model).metadata("note", "é").write(file());
            try (Checkpoint checkpoint = Checkpoint.open(file()); Model read = checkpoint.newModel()) {
                assertEquals(model.spec(), read.spec());
                assertEquals("é", checkpoint.require("note"));
                assertFalse(checkpoint.hasOptimizer());
                for (Tensor parameter : model.parameters()) {
                    assertArrayEquals(parameter.toArray(), read.parameter(parameter.name()).toArray());
                }
            }
        }
    }

    @Test
    void anOptimizerComesBackWithItsSlotsAndSteps() throws IOException {
        try (Model model = Model.of(SPEC, 7);
                Optimizer optimizer = model.newOptimizer("adam");
                Optimizer other = model.newOptimizer("adam")) {
            int value = 0;
            for (Tensor slot : optimizer.slots()) {
                float[] values = new float[(int) slot.size()];
                Arrays.fill(values, ++value);
                slot.set(values);
            }
            optimizer.setUpdates(12);
            new CheckpointWriter(model).optimizer(optimizer).extra("state", 1, 2).write(file());
            try (Checkpoint checkpoint = Checkpoint.open(file()); Optimizer sgd = model.newOptimizer("sgd")) {
                checkpoint.readOptimizer(other);
                assertArrayEquals(new float[] {1, 2}, checkpoint.extra("state"));
                assertEquals(0, checkpoint.extra("none").length);
                String message = assertThrows(CheckpointException.class, () -> checkpoint.readOptimizer(sgd)).getMessage();
                assertTrue(message.contains("4 tensors of an optimizer, and sgd has 0"), message);
            }
            assertEquals(12, other.updates());
            for (int i = 0; i < optimizer.slots().size(); i++) {
                assertArrayEquals(optimizer.slots().get(i).toArray(), other.slots().get(i).toArray());
            }
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
    void aSpecThatCannotBeBuiltIsTheFilesFault() throws IOException {
        for (String spec : new String[] {"", "x = input axis=a cols=3\ny = wormhole x", "y = linear y cols=2",
            "x = ids axis=a\ne = embedding x rows=2000000000 cols=2000000000"}) {
            String message = refusal(new SafetensorsWriter().metadata("tidegate", Checkpoint.CURRENT).metadata("spec", spec).tensor("w", floats(1), 1));
            assertTrue(message.length() > file().toString().length() + 20, message);
        }
    }

    @Test
    void aRefusedFileLeavesTheModelAsItWas() throws IOException {
        try (Model model = Model.of(SPEC, 7)) {
            float[] before = model.parameter("y.bias").toArray();
            ours().tensor("y.bias", FloatBuffer.wrap(new float[] {5, 6}), 2).tensor("y.weight", floats(5), 5).write(file());
            try (Checkpoint checkpoint = Checkpoint.open(file())) {
                assertThrows(CheckpointException.class, () -> checkpoint.readParameters(model));
            }
            assertArrayEquals(before, model.parameter("y.bias").toArray());
        }
    }
}
