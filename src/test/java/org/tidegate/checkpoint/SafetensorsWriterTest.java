package org.tidegate.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        Path path = folder.resolve("a.safetensors");
        float[] large = new float[700_001];
        Random random = new Random(3);
        for (int i = 0; i < large.length; i++) {
            large[i] = Float.intBitsToFloat(random.nextInt());
        }
        new SafetensorsWriter().metadata("note", "\"é\" \\ \n世界")
                .tensor("large", FloatBuffer.wrap(large), large.length)
                .tensor("b.weight_ih_l0", FloatBuffer.wrap(new float[] {1, 2, 3, 4, 5, 6}), 3, 2)
                .tensor("empty", FloatBuffer.allocate(0), 0, 4)
                .tensor("scalar", FloatBuffer.wrap(new float[] {-0f}))
                .write(path);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals("\"é\" \\ \n世界", file.metadata().get("note"));
            float[] read = new float[large.length];
            file.readFloats("large", FloatBuffer.wrap(read));
            for (int i = 0; i < large.length; i++) {
                assertEquals(Float.floatToRawIntBits(large[i]), Float.floatToRawIntBits(read[i]));
            }
            assertArrayEquals(new long[] {3, 2}, file.tensor("b.weight_ih_l0").shape());
            assertArrayEquals(new long[] {0, 4}, file.tensor("empty").shape());
            assertEquals(4, file.readBytes("scalar").remaining());
        }
    }

    @Test
    void theDataBeginAtAMultipleOfEightBytes() throws IOException {
        for (int length = 0; length < 9; length++) {
            Path path = folder.resolve("p" + length);
            new SafetensorsWriter().metadata("k", "x".repeat(length)).tensor("a", FloatBuffer.allocate(2), 2).write(path);
            assertEquals(0, Files.size(path) % 8);
        }
    }

    @Test
    void theOrderOfAddingDoesNotChangeTheBytes() throws IOException {
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        FloatBuffer a = FloatBuffer.wrap(new float[] {1, 2});
        FloatBuffer b = FloatBuffer.wrap(new float[] {3});
        new SafetensorsWriter().tensor("a", a, 2).tensor("b", b, 1).write(one);
        new SafetensorsWriter().tensor("b", b, 1).tensor("a", a, 2).write(two);
        assertArrayEquals(Files.readAllBytes(one), Files.readAllBytes(two));
    }

    @Test
    void aPartOfABufferIsWrittenAndTheBufferStaysAsItWas() throws IOException {
        FloatBuffer buffer = FloatBuffer.wrap(new float[] {9, 1, 2, 9}).position(1).limit(3);
        Path path = folder.resolve("part");
        new SafetensorsWriter().tensor("a", buffer, 2).write(path);
        assertEquals(1, buffer.position());
        float[] read = new float[2];
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            file.readFloats("a", FloatBuffer.wrap(read));
        }
        assertArrayEquals(new float[] {1, 2}, read);
    }

    @Test
    void halfOfASurrogatePairIsNotWritten() {
        Path path = folder.resolve("half");
        SafetensorsWriter text = new SafetensorsWriter().metadata("k", "x\uD83D");
        SafetensorsWriter name = new SafetensorsWriter().tensor("\uDE00", FloatBuffer.allocate(1), 1);
        assertThrows(IllegalArgumentException.class, () -> text.write(path));
        assertThrows(IllegalArgumentException.class, () -> name.write(path));
        assertFalse(Files.exists(path));
    }

    @Test
    void wrongSizesAndTakenNamesAreRefused() {
        SafetensorsWriter writer = new SafetensorsWriter().tensor("a", FloatBuffer.allocate(2), 2);
        assertThrows(IllegalArgumentException.class, () -> writer.tensor("b", FloatBuffer.allocate(5), 2, 3));
        assertThrows(IllegalArgumentException.class, () -> writer.tensor("a", FloatBuffer.allocate(2), 2));
        assertThrows(IllegalArgumentException.class, () -> writer.tensor("__metadata__", FloatBuffer.allocate(1), 1));
    }
}
