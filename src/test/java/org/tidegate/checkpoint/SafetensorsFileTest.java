package org.tidegate.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

class SafetensorsFileTest {
    private static final Path FILES = resource("/safetensors");
    private static final float[] ONE_TO_SIX = {1, 2, 3, 4, 5, 6};

    @TempDir
    Path folder;

    private record Case(String file, String what, boolean accept) {}

    private static Path resource(String name) {
        try {
            return Path.of(SafetensorsFileTest.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Case> cases() throws IOException {
        return JsonObject.parse(Files.readString(FILES.resolve("manifest.json"))).objects("cases").stream()
                .map(c -> new Case(c.string("file"), c.string("what"), c.string("expect").equals("accept"))).toList();
    }

    private static float[] floats(SafetensorsFile file, String name) throws IOException {
        float[] values = new float[(int) file.tensor(name).elements()];
        file.readFloats(name, FloatBuffer.wrap(values));
        return values;
    }

    private static SafetensorsFile accepted(String name) throws IOException {
        return SafetensorsFile.open(FILES.resolve("accepted").resolve(name + ".safetensors"));
    }

    @TestFactory
    Stream<DynamicTest> everyFileOfTheManifestIsTreatedAsTheFormatSays() throws IOException {
        List<Case> cases = cases();
        assertTrue(cases.size() >= 46, "the manifest lists " + cases.size());
        return cases.stream().map(c -> dynamicTest((c.accept() ? "accepts " : "rejects ") + c.file() + ": " + c.what(),
                () -> assertTimeoutPreemptively(Duration.ofSeconds(10), () -> treat(c))));
    }

    private static void treat(Case c) throws IOException {
        Path path = FILES.resolve(c.file());
        if (!c.accept()) {
            CheckpointException refusal = assertThrows(CheckpointException.class, () -> SafetensorsFile.open(path).close());
            assertTrue(refusal.getMessage().startsWith(path + " is not a usable safetensors file: "), refusal.getMessage());
            return;
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            for (TensorEntry tensor : file.tensors().values()) {
                assertEquals(tensor.end() - tensor.begin(), file.readBytes(tensor.name()).remaining());
            }
        }
    }

    @Test
    void acceptedFilesGiveTheValuesStoredInThem() throws IOException {
        for (String name : List.of("spaces-after", "spaces-around", "unaligned-header", "extra-metadata", "zero-dim", "name-order")) {
            try (SafetensorsFile file = accepted(name)) {
                float[] expected = name.equals("name-order") ? new float[] {6, 5, 4, 3, 2, 1} : ONE_TO_SIX;
                assertArrayEquals(expected, floats(file, "a"), name);
                assertTrue(file.tensor("a").hasShape(2, 3));
            }
        }
        try (SafetensorsFile file = accepted("unaligned-header-odd")) {
            assertArrayEquals(ONE_TO_SIX, floats(file, "n"));
        }
        try (SafetensorsFile file = accepted("name-order")) {
            assertArrayEquals(ONE_TO_SIX, floats(file, "z"));
            assertEquals(-7, file.readBytes("m").getLong());
        }
        try (SafetensorsFile file = accepted("utf8-names")) {
            assertArrayEquals(ONE_TO_SIX, floats(file, "中文.weight"));
        }
        try (SafetensorsFile file = accepted("odd-names")) {
            assertArrayEquals(new float[] {1}, floats(file, ""));
            assertArrayEquals(new float[] {2, 3}, floats(file, "a.b/c d"));
            assertArrayEquals(new float[] {4, 5, 6}, floats(file, "é中\uD83D\uDE00"));
        }
    }

    @Test
    void scalarsAndEmptyTensorsHaveOneAndNoElement() throws IOException {
        try (SafetensorsFile file = accepted("scalar")) {
            assertArrayEquals(new float[] {2.5f}, floats(file, "s"));
            assertEquals(0, file.tensor("s").shape().length);
        }
        try (SafetensorsFile file = accepted("zero-dim-middle")) {
            assertArrayEquals(new float[] {1, 2}, floats(file, "a"));
            assertArrayEquals(new float[0], floats(file, "z"));
            assertArrayEquals(new float[] {3, 4, 5, 6}, floats(file, "b"));
        }
    }

    @Test
    void otherTypesGiveTheirBytes() throws IOException {
        try (SafetensorsFile file = accepted("many-dtypes")) {
            assertEquals(Set.of("bf16", "u8", "i32", "f16", "bool", "f64"), file.tensors().keySet());
            assertEquals(-5, file.readBytes("i32").getInt());
            assertEquals(0.1, file.readBytes("f64").getDouble());
            assertEquals((short) 0x3F80, file.readBytes("bf16").getShort());
            String message = assertThrows(CheckpointException.class, () -> floats(file, "f64")).getMessage();
            assertTrue(message.contains("\"f64\" is F64 [1]; expected F32"), message);
        }
    }

    @Test
    void metadataAreReadAsWritten() throws IOException {
        try (SafetensorsFile file = accepted("extra-metadata")) {
            assertEquals("café \"quoted\" ☃", file.metadata().get("note"));
            assertEquals("empty key", file.metadata().get(""));
        }
        try (SafetensorsFile file = accepted("metadata-only")) {
            assertEquals("pt", file.metadata().get("format"));
            assertTrue(file.tensors().isEmpty());
        }
        try (SafetensorsFile file = accepted("empty-object")) {
            assertTrue(file.metadata().isEmpty() && file.tensors().isEmpty());
        }
    }

    private Path file(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        return Files.write(folder.resolve("file"), bytes.putLong(json.length).put(json).array());
    }

    @Test
    void furtherFieldsOfAnEntryAreSkipped() throws IOException {
        String header = "{\"a\":{\"dtype\":\"F32\",\"note\":{\"by\":[1,{\"x\":null}]},\"shape\":[1],\"data_offsets\":[0,4]}}";
        try (SafetensorsFile file = SafetensorsFile.open(file(header, 4))) {
            assertArrayEquals(new float[] {0}, floats(file, "a"));
        }
        Path twice = file(header.replace("\"by\"", "\"by\":1,\"by\""), 4);
        assertThrows(CheckpointException.class, () -> SafetensorsFile.open(twice));
    }

    @Test
    void anEscapedHalfOfASurrogatePairIsRefused() throws IOException {
        for (String name : List.of("\\ud83d", "\\ud83d:", "\\ude00\\ud83d", "x\\ude00")) {
            Path path = file("{\"" + name + "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4);
            assertThrows(CheckpointException.class, () -> SafetensorsFile.open(path), name);
            Path metadata = file("{\"__metadata__\":{\"k\":\"" + name + "\"}}", 0);
            assertThrows(CheckpointException.class, () -> SafetensorsFile.open(metadata), name);
        }
    }

    @Test
    void aShapeWithAZeroMayBeLargeButNotOverflowBeforeIt() throws IOException {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[0,0]}}";
        try (SafetensorsFile file = SafetensorsFile.open(file(String.format(header, "4294967296,2147483648,0"), 0))) {
            assertEquals(0, file.tensor("a").elements());
            assertArrayEquals(new float[0], floats(file, "a"));
        }
        Path overflow = file(String.format(header, "4294967296,4294967296,0"), 0);
        assertThrows(CheckpointException.class, () -> SafetensorsFile.open(overflow));
    }

    @Test
    void noFlippedBitMakesTheReaderFailInAnotherWay() throws IOException {
        Path base = FILES.resolve("accepted/extra-metadata.safetensors");
        byte[] bytes = Files.readAllBytes(base);
        int refused = 0;
        for (int bit = 0; bit < 8 * (bytes.length - 24); bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Path path = Files.write(folder.resolve("flipped"), bytes);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                file.tensors().keySet().forEach(name -> assertEquals(24, read(file, name)));
            } catch (CheckpointException e) {
                refused++;
            }
        }
        assertTrue(refused > 500, refused + " refused");
    }

    private static int read(SafetensorsFile file, String name) {
        try {
            return file.readBytes(name).remaining();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aTensorThatIsNotThereIsNamed() throws IOException {
        try (SafetensorsFile file = accepted("scalar")) {
            String message = assertThrows(CheckpointException.class, () -> file.tensor("t")).getMessage();
            assertTrue(message.endsWith("has no tensor \"t\""), message);
        }
    }

    @Test
    void tensorsBehindTheFirstTwoGibibytesAreReadFromTheirPlace() throws IOException {
        // A sparse file: it has no blocks on the disk but for its two ends.
        Path path = folder.resolve("big.safetensors");
        long big = 3L << 30;
        String header = "{\"big\":{\"dtype\":\"U8\",\"shape\":[" + big + "],\"data_offsets\":[0," + big + "]},"
                + "\"last\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[" + big + "," + (big + 4) + "]}}";
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.writeLong(Long.reverseBytes(header.length()));
            file.writeBytes(header);
            file.seek(8 + header.length() + big);
            file.writeInt(Integer.reverseBytes(Float.floatToIntBits(2.5f)));
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertArrayEquals(new float[] {2.5f}, floats(file, "last"));
            assertEquals(big, file.tensor("big").elements());
            assertThrows(CheckpointException.class, () -> file.readBytes("big"));
        }
        Files.delete(path);
    }
}
