package org.tidegate.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.data.Missing;
import org.tidegate.data.Series;

class SeriesCsvTest {
    @TempDir
    Path folder;

    @Test
    void numbersComeInAndOtherColumnsAreLeftOut() throws IOException {
        SeriesCsv csv = read("\"date\",rain,\"temp, max\",sky\n2012-01-01,0.0,12.8,\"grey\"\n"
            + "2012-01-02,+1e1,-.5,\"a \"\"bit\"\"\nblue\"\n");
        assertEquals(List.of("rain", "temp, max"), csv.series().names());
        assertEquals(List.of("sky"), csv.skipped());
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
    void theSeparatorIsFoundWithRegardToQuotes() throws IOException {
        for (String separator : List.of(";", "\t", "|", ",")) {
            String head = "\"Temp; max, C | \t\"" + separator + "\"Wind, \"\"avg\"\"; kt\"\n";
            SeriesCsv csv = read(head + "1.5" + separator + "2\n3" + separator + "\"4\"\n");
            assertEquals(List.of("Temp; max, C |", "Wind, \"avg\"; kt"), csv.series().names());
            assertEquals(List.of(1.5, 4.0), List.of(csv.series().value(0, 0), csv.series().value(1, 1)));
        }
        assertEquals(List.of("Temp, max", "Wind"), read("Temp, max;Wind\n1;2\n3;4\n").series().names());
        assertEquals(List.of("a, b", "c"), read("a, b;c\n1,5;7\n2,5;8\n").series().names());
        assertEquals(List.of("a", "b"), read("sep=|\na|b\n1|2\n").series().names());
        assertEquals(List.of("temp, max"), read("\"temp, max\"\n1\n5\n").series().names());
        assertEquals(List.of("Temp (°C)"), read("\"Temp\n(°C)\",b c\n1,x\n2,y\n").series().names());
    }

    @Test
    void decimalCommasAndSeparatorsOfThousandsAreReadWhereTheColumnsSayWhich() throws IOException {
        Series german = read("a;b;c\n1,5;-1.234.567,25;1.234\n2;2.000,5;2,75\n").series();
        assertEquals(List.of(1.5, 2.0), List.of(german.value(0, 0), german.value(0, 1)));
        assertEquals(List.of(-1234567.25, 2000.5), List.of(german.value(1, 0), german.value(1, 1)));
        assertEquals(List.of(1234.0, 2.75), List.of(german.value(2, 0), german.value(2, 1)));
        Series english = read("a,b,c\n\"1,234,567\",1.5,\"1,234\"\n12,\"1,000.25\",5\n").series();
        assertEquals(List.of(1234567.0, 1000.25, 1234.0), List.of(english.value(0, 0), english.value(1, 1), english.value(2, 0)));
        Series swiss = read("a;b\n1'234.5;12 345\n2.5;1\u00A0234\n").series();
        assertEquals(List.of(1234.5, 12345.0, 1234.0), List.of(swiss.value(0, 0), swiss.value(1, 0), swiss.value(1, 1)));
        assertEquals(-5, read("a\n\u22125\n1\n").series().value(0, 0));
        assertEquals(10.129, read("a;b\n10.129;1\n11.200;2\n").series().value(0, 0));
        assertEquals(List.of(0.386, 3.757), List.of(read("a;b\n0,386;1\n3,757;2\n").series().value(0, 0),
                read("a;b\n0,386;1\n3,757;2\n").series().value(0, 1)), "no thousands begin with a 0");
        fails("line 2, column 2 (b): '1,234' is 1234 with a comma between thousands, or 1.234 with a decimal comma", "a;b\n1;1,234\n");
    }

    @Test
    void columnsThatOnlyCountTheLinesAreLeftOutUnlessAskedFor() throws IOException {
        for (String name : List.of("", "\"\"", "Unnamed: 0", "index", "t")) {
            SeriesCsv csv = read(name + ",temp\n0,10.5\n1,14\n2,13\n");
            assertEquals(List.of("temp"), csv.series().names());
            assertTrue(csv.notes().get(0).startsWith("left out, as they only count the lines: "), csv.notes().toString());
        }
        assertEquals(List.of("temp"), read(",temp\n5,10.5\n7,14\n20,13\n").series().names());
        assertEquals(List.of("temp"), read("\"temp\"\n\"1\",10.5\n\"2\",14\n").series().names());
        assertEquals(List.of("column 1", "temp"), read(",temp\n3,10.5\n3,14\n20,13\n").series().names());
        assertEquals(List.of("dose", "temp"), read("dose,temp\n2,10.5\n3,14\n4,13\n").series().names());
        assertEquals(List.of("t", "temp"), read("t,temp\n0,10.5\n1,14\n2,13\n", "t", "temp").series().names());
        assertEquals(List.of("column 1"), read(",temp\n0,10.5\n1,14\n", "column 1").series().names());
        assertEquals(List.of("t"), read("t\n0\n1\n2\n").series().names());
        Path file = Files.writeString(folder.resolve("data.csv"), "t,temp\n0,10.5\n1,14\n2,13\n");
        assertEquals(List.of("t", "temp"), SeriesCsvReader.of().including(List.of("t")).read(file).series().names());
    }

    @Test
    void separatorsAndBlankLinesAtTheEndAreNoFields() throws IOException {
        assertEquals(List.of("a", "b"), read("a;b;;\n1;2,5;;\n3;4,5;;\n;;;\n;;;\n").series().names());
        assertEquals(2, read("a,b\n1,2,\n3,4,\n  \n\n").series().length());
        fails("line 3, column 1 (a): the value is missing", "a,b\n1,2\n,\n3,4\n");
    }

    @Test
    void listsOfNamesHaveQuotesAroundCommas() {
        assertEquals(List.of("Temp, max", "wind", "5\" pipe"), ColumnNames.parse(" \"Temp, max\" ,wind,,\"5\"\" pipe\","));
        assertEquals(List.of(), ColumnNames.parse(" , "));
        List<String> names = List.of("a", "b c", "d, e", "\"", "f;g");
        assertEquals(names, ColumnNames.parse(ColumnNames.list(names)));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> ColumnNames.parse("a,\"b")).getMessage().contains("character 3"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> ColumnNames.parse("\"a\"b")).getMessage().contains("quotes"));
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
        fails("line 4, column 2 (b): '1,5' is not a number; others of this column have a decimal point", "a;b\n1;2.5\n1;2.25\n3;1,5\n");
        fails("line 4, column 1 (a): '-inf' is not a finite number", "a,b\ninf,2\n".replace("inf", "5") + "6,1\n-inf,1\n");
        fails("line 2, column 1 (a): 'Infinity' is not a finite number", "a,b\nInfinity,2\n6,1\n");
        fails("line 3, column 1 (a): '1.2e301' is too large; expected a number of at most 1.0E100", "a,b\n1,2\n1.2e301,1\n");
        fails("line 3, column 1 (a): 'T' is not a number; expected one such as 12.5", "a,b\n1,2\nT,2\n3,1\n");
        fails("line 2, column 1 (a): 'mm' is not a number", "a,b\nmm,°C\n3,1\n4,2\n");
        fails("line 3, column 1 (a): '0x10' is not a number", "a,b\n1,2\n0x10,1\n");
        fails("line 3, column 1 (a): '1e999' is too large", "a,b\n1,2\n1e999,1\n");
    }

    @Test
    void aColumnOfTextThatWasAskedForIsRefusedWithThoseThatHoldNumbers() {
        fails("line 2, column 2 (sky): 'grey' is not a number; choose columns of numbers", "rain,sky\n1,grey\n2,blue\n",
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
        fails("line 1, column 1 (1): a number is no name of a column. If the line of names is missing, put one before it", "1,2\n3,4\n");
        fails("line 1, column 2 (2019): a number is no name of a column", "place,2019,2020\nrome,3,4\n");
        fails("column 2 (a): there already is", "a,a\n1,2\n");
        fails("no column of numbers", "a,b\nx,y\n");
        fails("A number stands alone, such as 12.5", "a;b\n12 °C;2 %\n");
        fails("after line 2: a value in quotes does not end", "a,b\n1,2\n\"3,4\n\"5\",6\n");
        fails("after line 2", "a,b\n1,2\n\"3,4\n" + "x".repeat(20_000_000));
    }

    @Test
    void missingValuesAreCarriedInterpolatedOrMasked() throws IOException {
        Path file = Files.writeString(folder.resolve("data.csv"), "a,b,c\nNA,1,1\n2,-,2\nnull,?,3\n4,7,4\n,NaN,5\n");
        SeriesCsvReader reader = SeriesCsvReader.of();
        assertValues(reader.missing(Missing.CARRY).read(file).series(), "a 2 2 2 4 4", "b 1 1 1 7 7", "c 1 2 3 4 5");
        assertValues(reader.missing(Missing.INTERPOLATE).read(file).series(), "a 2 2 3 4 4", "b 1 3 5 7 7", "c 1 2 3 4 5");
        SeriesCsv masked = reader.missing(Missing.MASK).read(file);
        assertValues(masked.series(), "a 2 2 2 4 4", "b 1 1 1 7 7", "c 1 2 3 4 5", "a is missing 1 0 1 0 1", "b is missing 0 1 1 0 1");
        assertEquals(List.of("a lacks 3 values, the first in line 2: carried forward, with a mask",
                "b lacks 3 values, the first in line 3: carried forward, with a mask"), masked.notes());
        assertValues(reader.missing(Missing.MASK).columns(List.of("b", "c", "c is missing", "b is missing")).read(file).series(),
                "b 1 1 1 7 7", "c 1 2 3 4 5", "c is missing 0 0 0 0 0", "b is missing 0 1 1 0 1");
        SeriesCsv other = reader.missing(Missing.MASK).columns(List.of("a", "c", "c is missing")).read(file);
        assertValues(other.series(), "a 2 2 2 4 4", "c 1 2 3 4 5", "c is missing 0 0 0 0 0");
        assertEquals(List.of("a lacks 3 values, the first in line 2: carried forward"), other.notes(), "the model has no mask of it");
        Path none = Files.writeString(folder.resolve("none.csv"), "a,b\n1,\n2,\n");
        assertEquals(List.of("a"), reader.missing(Missing.CARRY).read(none).series().names());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> reader.missing(Missing.CARRY).including(List.of("b")).read(none))
                .getMessage().contains("column 2 (b): no line has a value of this column"));
    }

    private static void assertValues(Series series, String... columns) {
        for (int c = 0; c < columns.length; c++) {
            StringBuilder text = new StringBuilder(series.names().get(c));
            for (int t = 0; t < series.length(); t++) {
                text.append(' ').append(Math.round(series.value(c, t)));
            }
            assertEquals(columns[c], text.toString());
        }
        assertEquals(columns.length, series.names().size());
    }

    @Test
    void utf16AndGzipAreRead() throws IOException {
        String text = "a;b\n1,5;2\n2,5;3\n";
        Path wide = Files.write(folder.resolve("wide.csv"), ("\uFEFF" + text).getBytes(StandardCharsets.UTF_16LE));
        assertEquals(2.5, SeriesCsv.read(wide).series().value(0, 1));
        Path packed = folder.resolve("packed.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(2.5, SeriesCsv.read(packed).series().value(0, 1));
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
