package org.tidegate.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TsvFileTest {
    @TempDir
    Path folder;

    @Test
    void columnsAreChosenByNumberInAnyOrder() throws IOException {
        Path file = write("a \"quoted\" text\t7\tgood\nGröße\t8\tbad\r\n");
        assertEquals(List.of(new TsvFile.Row(1, List.of("good", "a \"quoted\" text")), new TsvFile.Row(2, List.of("bad", "Größe"))),
                TsvFile.read(file, List.of("3", "1"), false));
    }

    @Test
    void columnsAreChosenByTheNamesOfAHeader() throws IOException {
        Path file = write("text\tlabel\nit is\tgood\n");
        List<TsvFile.Row> expected = List.of(new TsvFile.Row(2, List.of("good", "it is")));
        assertEquals(expected, TsvFile.read(file, List.of("label", "text"), true));
        assertEquals(expected, TsvFile.read(file, List.of("2", "1"), true));
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstField() throws IOException {
        assertEquals(List.of("good"), TsvFile.read(write("\uFEFFgood\tyes\n"), List.of("1"), false).get(0).fields());
    }

    @Test
    void aRaggedLineIsNamed() throws IOException {
        Path file = write("good\tyes\nbad\n");
        refused(file + ", line 2 has 1 column; expected 2 as in line 1. Columns are separated by tabs, so a text must not have one.",
                file, "1", "2");
        refused(file + ", line 2 has 3 columns; expected 2 as in line 1. Columns are separated by tabs, so a text must not have one.",
                write("good\tyes\nbad\tso\tso\n"), "1", "2");
        refused(file + ", line 2 has 1 column; expected 2 as in line 1. Columns are separated by tabs, so a text must not have one.",
                write("good\tyes\n\nbad\tno\n"), "1", "2");
    }

    @Test
    void anEmptyFieldIsNamedIfItsColumnIsRead() throws IOException {
        Path file = write("good\tyes\n \tno\n");
        refused(file + ", line 2, column 1 is empty; expected text. Take the line out, or fill it in.", file, "1", "2");
        assertEquals(2, TsvFile.read(file, List.of("2"), false).size());
        write("label\ttext\ngood\t\n");
        String message = assertThrows(IllegalArgumentException.class, () -> TsvFile.read(file, List.of("text"), true)).getMessage();
        assertEquals(file + ", line 2, column 2 (text) is empty; expected text. Take the line out, or fill it in.", message);
    }

    @Test
    void aColumnThatIsNotThereIsNamed() throws IOException {
        Path file = write("good\tyes\n");
        refused(file + " has no column 3: line 1 has 2 columns", file, "3");
        refused(file + " has no column 0: line 1 has 2 columns", file, "0");
        refused("the column \"label\" is no number, and " + file + " was not said to have a header that names its columns;"
                + " expected a number from 1 to 2", file, "label");
        String message = assertThrows(IllegalArgumentException.class, () -> TsvFile.read(file, List.of("label"), true)).getMessage();
        assertEquals(file + " has a header and nothing after it; expected lines of tab-separated columns", message);
        refused(file + " has no column 2: line 1 has 1 column. Are they separated by tabs?", write("good yes\n"), "2");
    }

    @Test
    void aColumnThatTheHeaderLacksIsNamedBesideThoseThatItHas() throws IOException {
        Path file = write("label\ttext\ngood\tyes\n");
        String message = assertThrows(IllegalArgumentException.class, () -> TsvFile.read(file, List.of("sentence"), true))
                .getMessage();
        assertEquals(file + " has no column \"sentence\"; its header names label, text", message);
    }

    @Test
    void whatIsNoTextFileIsRefused() throws IOException {
        refused(folder.resolve("data.tsv") + " is empty; expected lines of tab-separated columns", write(""), "1");
        refused(folder + " is a folder; expected a file of tab-separated text", folder, "1");
        Path latin = Files.write(folder.resolve("latin.tsv"), "good\tyes\nbad\tcaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        String message = assertThrows(IllegalArgumentException.class, () -> TsvFile.read(latin, List.of("1"), false)).getMessage();
        assertEquals(latin + " is not valid UTF-8: byte 0xE9 at offset 16 (line 2) cannot stand there.", message.split(" If ")[0]);
        assertThrows(NoSuchFileException.class, () -> TsvFile.read(folder.resolve("no.tsv"), List.of("1"), false));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("data.tsv"), text);
    }

    private static void refused(String message, Path file, String... columns) {
        assertEquals(message,
                assertThrows(IllegalArgumentException.class, () -> TsvFile.read(file, List.of(columns), false)).getMessage());
    }
}
