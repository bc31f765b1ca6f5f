package org.tidegate.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordVectorsTest {
    @TempDir
    Path folder;

    @Test
    void gloveTextIsRead() throws IOException {
        WordVectors vectors = WordVectors.read(text("the 0.5 -1.25e-1 3\n, 1 2 3\n. . . 7 8 9\n"));
        assertEquals(3, vectors.columns());
        assertEquals(3, vectors.size());
        assertArrayEquals(new float[] {0.5f, -0.125f, 3}, vectors.of("the").orElseThrow());
        assertArrayEquals(new float[] {7, 8, 9}, vectors.of(". . .").orElseThrow());
        assertEquals(Optional.empty(), vectors.of("cat"));
    }

    @Test
    void word2vecTextIsReadWithOrWithoutSpacesAtTheEndsOfLines() throws IOException {
        WordVectors vectors = WordVectors.read(text("2 2\nмост 1 2 \r\n3 3 4"));
        assertArrayEquals(new float[] {1, 2}, vectors.of("мост").orElseThrow());
        assertArrayEquals(new float[] {3, 4}, vectors.of("3").orElseThrow());
        assertEquals(0, vectors.skipped());
    }

    @Test
    void word2vecBinaryIsReadWithAndWithoutLineBreaksAfterAVector() throws IOException {
        for (String after : new String[] {"\n", ""}) {
            WordVectors vectors = WordVectors.read(binary("2 2\n", after, new Entry("the", 1, 2), new Entry("Größe", -0.5f, 4e-3f)));
            assertEquals(2, vectors.size());
            assertArrayEquals(new float[] {1, 2}, vectors.of("the").orElseThrow());
            assertArrayEquals(new float[] {-0.5f, 4e-3f}, vectors.of("Größe").orElseThrow());
        }
    }

    @Test
    void onlyTheWordsThatAreWantedAreKept() throws IOException {
        WordVectors vectors = WordVectors.read(text("a 1 2\nb 3 4\nc 5 6\n"), word -> word.equals("b"));
        assertEquals(1, vectors.size());
        assertEquals(3, vectors.read());
        assertArrayEquals(new float[] {3, 4}, vectors.of("b").orElseThrow());
    }

    @Test
    void theFirstVectorOfARepeatedWordCounts() throws IOException {
        WordVectors vectors = WordVectors.read(text("a 1 2\na 3 4\n"));
        assertArrayEquals(new float[] {1, 2}, vectors.of("a").orElseThrow());
        assertEquals(1, vectors.duplicates());
        assertEquals(0, vectors.skipped());
    }

    @Test
    void aWordThatIsNotUtf8IsSkippedAndCounted() throws IOException {
        byte[] latin = "caf\u00e9 1 2\n".getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("3 2\ntea 3 4\n".getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(latin);
        bytes.writeBytes("milk 5 6\n".getBytes(StandardCharsets.UTF_8));
        WordVectors vectors = WordVectors.read(Files.write(folder.resolve("latin.vec"), bytes.toByteArray()));
        assertEquals(2, vectors.size());
        assertEquals(1, vectors.skipped());
        assertEquals(3, vectors.read());
        assertArrayEquals(new float[] {5, 6}, vectors.of("milk").orElseThrow());
    }

    @Test
    void oddLinesAreSkippedAndCountedAndTheFirstIsNamed() throws IOException {
        skipped(", line 2 has 1 number after the word; expected 2 as in line 1", "a 1 2\nb 3\nc 5 6\n");
        skipped(", line 2 has 3 numbers after the word; expected 2 as in line 1", "a 1 2\nb 3 4 5\nc 5 6\n");
        skipped(", line 1 has 3 numbers after the word; expected 2 as in line 2", "b 3 4 5\na 1 2\nc 5 6\n");
        skipped(", line 3 has 1 number after the word; expected 2 as the header says", "3 2\na 1 2\nb 3\nc 5 6\n");
        skipped(", line 2, number 2 of the vector is \"x\"; expected a decimal number", "a 1 2\nb 3 x\nc 5 6\n");
        skipped(", line 2, number 1 of the vector is \"nan\"; expected a decimal number", "a 1 2\nb nan 4\nc 5 6\n");
        skipped(", line 2, number 1 of the vector is \"1e99\"; expected a number that a float can hold", "a 1 2\nb 1e99 4\nc 5 6\n");
        skipped(", line 2 has no word before its numbers", "a 1 2\n 3 4\nc 5 6\n");
    }

    @Test
    void wordsHaveSpacesAndMarksInThemAndLinesHaveTabsOrSeveralSpacesBetween() throws IOException {
        WordVectors vectors = WordVectors.read(text("\uFEFF. . . 1 2\n\na\u00a0b 3\t4 \nat name@x.org\t5  6\r\n2010 7 8\n\n \n"));
        assertEquals(4, vectors.read());
        assertEquals(0, vectors.skipped());
        assertArrayEquals(new float[] {1, 2}, vectors.of(". . .").orElseThrow());
        assertArrayEquals(new float[] {3, 4}, vectors.of("a\u00a0b").orElseThrow());
        assertArrayEquals(new float[] {5, 6}, vectors.of("at name@x.org").orElseThrow());
        assertArrayEquals(new float[] {7, 8}, vectors.of("2010").orElseThrow());
    }

    @Test
    void asManyOddVectorsAsOthersAreRefused() throws IOException {
        refused(", line 1 has no numbers; expected a word and its vector, or the header \"count columns\"", text("hello\n"));
        refused(", line 1, number 1 of the vector is \"NaN\"; expected a decimal number", text("a NaN 2\n"));
        refused(", line 1, number 1 of the vector is \"1f\"; expected a decimal number", text("a 1f 2\n"));
        refused(", line 2 has 1 number after the word; expected 2 as in line 1", text("a 1 2\nb 3\n"));
        refused(", line 2, number 1 of the vector is \"x\"; expected a decimal number; 2 of 3 vectors cannot be read",
                text("a 1 2\nb x 2\nc y 2\n"));
    }

    @Test
    void packedVectorsAreReadAsOthersAre() throws IOException {
        for (Path plain : List.of(text("the 1 2\na 3 4\n"), binary("2 2\n", "", new Entry("the", 1, 2), new Entry("a", 3, 4)))) {
            Path packed = folder.resolve(plain.getFileName() + ".gz");
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
                Files.copy(plain, out);
            }
            WordVectors vectors = WordVectors.read(packed);
            assertEquals(2, vectors.size());
            assertArrayEquals(new float[] {1, 2}, vectors.of("the").orElseThrow());
        }
    }

    @Test
    void aHeaderThatIsNotTrueIsRefused() throws IOException {
        refused(" has 1 vectors, but its header says 2; is it whole?", text("2 2\na 1 2\n"));
        refused(" has 2 vectors, but its header says 1; is it whole?", text("1 2\na 1 2\nb 3 4\n"));
        refused(", line 1 says 2 words and 0 columns; expected at least 1 of both and at most 100000 columns", text("2 0\na\n"));
        refused(" is empty; expected word vectors, a word and its numbers a line", text(""));
    }

    @Test
    void aBinaryFileThatIsNotWholeIsRefused() throws IOException {
        refused(" ends after 1 vectors; its first line says 3", binary("3 2\n", "\n", new Entry("a", 1, 2)));
        refused(" goes on after its 1 vectors; its first line says that there are no more",
                binary("1 2\n", "", new Entry("a", 1, 2), new Entry("b", 1, 2)));
        byte[] whole = Files.readAllBytes(binary("2 2\n", "", new Entry("a", 1, 2), new Entry("b", 1, 2)));
        Path cut = Files.write(folder.resolve("cut.bin"), java.util.Arrays.copyOf(whole, whole.length - 3));
        refused(" ends after 5 bytes of vector 2 of 2; expected 8 bytes, 2 floats. Is it whole?", cut);
        refused(": number 2 of vector 1 is NaN; expected finite numbers. Are there really 2 columns?",
                binary("1 2\n", "", new Entry("a", 1, Float.NaN)));
        refused(": word 1 of 1 is empty; are there really 2 columns?", binary("1 2\n", "", new Entry("", 1, 2)));
        refused(" does not begin with the line \"count columns\" of binary word vectors; if it is text, give it a name that does"
                + " not end"
                + " in .bin", Files.writeString(folder.resolve("text.bin"), "a 1 2\n"));
    }

    @Test
    void aFolderIsNoFileOfVectors() {
        String message = assertThrows(IllegalArgumentException.class, () -> WordVectors.read(folder)).getMessage();
        assertTrue(message.endsWith(" is a folder; expected a file of word vectors"), message);
    }

    private record Entry(String word, float... vector) {}

    private Path text(String text) throws IOException {
        return Files.writeString(folder.resolve("vectors.txt"), text);
    }

    private Path binary(String header, String after, Entry... entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(header.getBytes(StandardCharsets.UTF_8));
        for (Entry entry : entries) {
            bytes.writeBytes((entry.word + " ").getBytes(StandardCharsets.UTF_8));
            ByteBuffer floats = ByteBuffer.allocate(entry.vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            floats.asFloatBuffer().put(entry.vector);
            bytes.writeBytes(floats.array());
            bytes.writeBytes(after.getBytes(StandardCharsets.UTF_8));
        }
        return Files.write(folder.resolve("vectors.bin"), bytes.toByteArray());
    }

    private void skipped(String why, String text) throws IOException {
        Path file = text(text);
        WordVectors vectors = WordVectors.read(file);
        assertEquals(file + why, vectors.firstSkipped().orElseThrow());
        assertEquals(1, vectors.skipped());
        assertArrayEquals(new float[] {1, 2}, vectors.of("a").orElseThrow());
        assertArrayEquals(new float[] {5, 6}, vectors.of("c").orElseThrow());
    }

    private static void refused(String message, Path file) {
        assertEquals(file + message, assertThrows(IllegalArgumentException.class, () -> WordVectors.read(file)).getMessage());
    }
}
