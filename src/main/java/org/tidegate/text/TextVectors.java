package org.tidegate.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Word vectors as text: a word and its numbers a line, with or without a first line "count columns". */
final class TextVectors {
    private final Path file;
    private final InputStream in;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int line;

    private TextVectors(Path file, InputStream in) {
        this.file = file;
        this.in = in;
    }

    /** Reads every vector into the collector; returns the number of columns. */
    static int read(Path file, InputStream in, WordVectors.Collector collector) throws IOException {
        return new TextVectors(file, in).read(collector);
    }

    private int read(WordVectors.Collector collector) throws IOException {
        byte[] first = next();
        if (first == null) {
            throw new IllegalArgumentException(file + " is empty; expected word vectors, a word and its numbers a line");
        }
        int[] header = VectorHeader.parse(first);
        float[] vector = new float[header == null ? countSpaces(first) : VectorHeader.check(file, header)[1]];
        if (vector.length == 0) {
            throw new IllegalArgumentException(at() + " has no numbers; expected a word and its vector, or the header \"count"
                    + " columns\"");
        }
        String source = header == null ? "as in line 1" : "as the header says";
        for (byte[] each = header == null ? first : next(); each != null; each = next()) {
            int end = parse(each, vector, source);
            collector.add(each, 0, end, vector);
        }
        if (header != null && collector.read() != header[0]) {
            throw new IllegalArgumentException(file + " has " + collector.read() + " vectors, but its header says " + header[0]
                    + "; is it whole?");
        }
        return vector.length;
    }

    /** The next line without its end and the spaces before it, null after the last. */
    private byte[] next() throws IOException {
        bytes.reset();
        int value = in.read();
        if (value < 0) {
            return null;
        }
        line++;
        for (; value >= 0 && value != '\n'; value = in.read()) {
            bytes.write(value);
        }
        byte[] whole = bytes.toByteArray();
        int end = whole.length;
        while (end > 0 && (whole[end - 1] == ' ' || whole[end - 1] == '\r')) {
            end--;
        }
        return end == whole.length ? whole : Arrays.copyOf(whole, end);
    }

    // The numbers are read from the end, because a few words of published files have spaces in them (". . .").
    private int parse(byte[] text, float[] vector, String source) {
        int end = text.length;
        for (int i = vector.length - 1; i >= 0; i--) {
            int space = lastSpace(text, end);
            if (space <= 0) {
                throw wrongWidth(countSpaces(text), vector.length, source);
            }
            String number = new String(text, space + 1, end - space - 1, StandardCharsets.ISO_8859_1);
            vector[i] = number(text, number, i, vector.length, source);
            end = space;
        }
        int space = lastSpace(text, end);
        if (space > 0 && !Float.isNaN(number(new String(text, space + 1, end - space - 1, StandardCharsets.ISO_8859_1)))) {
            throw wrongWidth(countSpaces(text), vector.length, source);
        }
        return end;
    }

    private float number(byte[] text, String number, int i, int columns, String source) {
        float value = number(number);
        if (Float.isFinite(value)) {
            return value;
        }
        int given = countSpaces(text); // only in the error case: for each number it would dominate the time
        if (given < columns) {
            throw wrongWidth(given, columns, source);
        }
        throw new IllegalArgumentException(at() + ", number " + (i + 1) + " of the vector is \"" + number + "\"; expected "
                + (Float.isNaN(value) ? "a decimal number" : "a number that a float can hold"));
    }

    private IllegalArgumentException wrongWidth(int given, int expected, String source) {
        return new IllegalArgumentException(at() + " has " + given + (given == 1 ? " number" : " numbers")
                + " after the word; expected " + expected + " " + source);
    }

    private String at() {
        return file + ", line " + line;
    }

    // Float.parseFloat accepts more than decimal numbers: NaN, hexadecimal numbers, a type suffix.
    private static float number(String text) {
        for (int i = 0; i < text.length(); i++) {
            if ("0123456789.-+eE".indexOf(text.charAt(i)) < 0) {
                return Float.NaN;
            }
        }
        try {
            return Float.parseFloat(text);
        } catch (NumberFormatException e) {
            return Float.NaN;
        }
    }

    private static int lastSpace(byte[] text, int end) {
        int at = end - 1;
        while (at >= 0 && text[at] != ' ') {
            at--;
        }
        return at;
    }

    private static int countSpaces(byte... text) {
        int count = 0;
        for (byte each : text) {
            if (each == ' ') {
                count++;
            }
        }
        return count;
    }
}
