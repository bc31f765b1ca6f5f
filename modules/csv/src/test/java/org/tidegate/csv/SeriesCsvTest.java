package org.tidegate.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeriesCsvTest {
    @TempDir
    Path folder;

    @Test
    void numbersComeInAndOtherColumnsAreLeftOut() throws IOException {
        SeriesCsv csv = read("\"date\",rain,\"temp, max\",sky\n2012-01-01,0.0,12.8,\"grey\"\n"
            + "2012-01-02,+1e1,-.5,\"a \"\"bit\"\"\nblue\"\n");
        assertEquals(List.of("rain", "temp, max"), csv.series().names());
        assertEquals(List.of("date", "sky"), csv.skipped());
        assertEquals(10, csv.series().value(0, 1));
        assertEquals(-0.5, csv.series().value(1, 1));
    }

    @Test
    void semicolonsTabsByteOrderMarksWindowsLinesAndBlankLinesAreUnderstood() throws IOException {
        for (String separator : List.of(";", "\t", ",")) {
            SeriesCsv csv = read("\uFEFFa" + separator + "b\r\n1" + separator + "2\r\n\r\n3" + separator + "4");
            assertEquals(List.of("a", "b"), csv.series().names());
            assertEquals(3, csv.series().value(0, 1));
        }
        assertEquals(2, read("x\n1\n2\n").series().length());
    }

    @Test
    void onlyTheWantedColumnsAreRead() throws IOException {
        SeriesCsv csv = read("a,b,c\n1,,5\n2,NA,6\n", "c", "a");
        assertEquals(List.of("c", "a"), csv.series().names());
        assertEquals(5, csv.series().value(0, 0));
        assertEquals(List.of(), csv.skipped());
    }

    @Test
    void aGapIsAnErrorWithItsLineAndColumn() {
        fails("line 3, column 2 (b): the value is missing", "a,b\n1,2\n3,\n");
        fails("line 4, column 1 (a): the value is missing ('NaN')", "a,b\n1,2\n3,4\nNaN,5\n");
        fails("line 2, column 1 (a): the value is missing", "a,b\n,2\n3,4\n");
    }

    @Test
    void textAmongNumbersIsAnErrorWithItsLineAndColumn() {
        fails("line 3, column 2 (b): '1,5' is not a number", "a;b\n1;2\n3;1,5\n");
        fails("line 3, column 1 (a): '0x10' is not a number", "a,b\n1,2\n0x10,1\n");
        fails("line 3, column 1 (a): '1e999' is too large", "a,b\n1,2\n1e999,1\n");
    }

    @Test
    void aColumnOfTextThatWasAskedForIsRefusedWithThoseThatHoldNumbers() {
        fails("line 2, column 2 (sky): 'grey' is not a number; choose columns of numbers, such as rain", "rain,sky\n1,grey\n2,blue\n",
            "sky");
        fails("has no column 'wind'; it has rain, sky", "rain,sky\n1,grey\n", "wind");
    }

    @Test
    void aRaggedLineIsAnErrorWithBothCounts() {
        fails("line 3 has 3 columns; expected 2", "a,b\n1,2\n1,2,3\n");
        fails("line 4 has 1 columns; expected 2", "a,b\n1,2\n1,2\n7\n");
    }

    @Test
    void filesThatAreNoTablesAreRefused() {
        fails("is empty", "");
        fails("no more", "a,b\n");
        fails("no names of columns", "1,2\n3,4\n");
        fails("column 2 (a): there already is", "a,a\n1,2\n");
        fails("no column of numbers", "a,b\nx,y\n");
        fails("A number is written with a point, 12.5", "a;b\n1,5;2,5\n");
        fails("after line 2: a value in quotes does not end", "a,b\n1,2\n\"3,4\n\"5\",6\n");
        fails("after line 2", "a,b\n1,2\n\"3,4\n" + "x".repeat(20_000_000));
    }

    @Test
    void bytesThatAreNotUtf8AndFoldersAreRefused() throws IOException {
        Path file = Files.write(folder.resolve("latin.csv"), new byte[] {'a', '\n', (byte) 0xE9, '\n'});
        assertTrue(assertThrows(IllegalArgumentException.class, () -> SeriesCsv.read(file)).getMessage().contains("UTF-8"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> SeriesCsv.read(folder)).getMessage().contains("folder"));
    }

    /** Without columns all of numbers are read. */
    private SeriesCsv read(String text, String... columns) throws IOException {
        Path file = Files.writeString(folder.resolve("data.csv"), text);
        return columns.length == 0 ? SeriesCsv.read(file) : SeriesCsv.read(file, List.of(columns));
    }

    private void fails(String part, String text, String... columns) {
        String message = assertThrows(IllegalArgumentException.class, () -> read(text, columns)).getMessage();
        assertTrue(message.contains(part) && message.contains("data.csv"), message);
    }
}
