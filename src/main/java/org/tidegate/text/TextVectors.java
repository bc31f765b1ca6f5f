package org.tidegate.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Word vectors as text: a word and its numbers a line, with or without a first line "count columns". Spaces or tabs separate them. A line
 * that has other than so many finite numbers behind a word is skipped and counted; blank lines are nothing.
 */
final class TextVectors {
    /** Without a header, the width is that of most of the first lines. */
    private static final int FIRST = 100;

    private final InputFile in;
    private final WordVectors.Collector collector;
    private float[] vector;
    private String source; // of the width

    private TextVectors(InputFile in, WordVectors.Collector collector) {
        this.in = in;
        this.collector = collector;
    }

    /** Reads every vector into the collector; returns the number of columns. */
    static int read(InputFile in, WordVectors.Collector collector) throws IOException {
        return new TextVectors(in, collector).read();
    }

    private record Line(int number, byte[] text) {}

    private int read() throws IOException {
        Line first = next();
        if (first == null) {
            throw new IllegalArgumentException(in.name() + " is empty; expected word vectors, a word and its numbers a line");
        }
        int[] header = VectorHeader.parse(first.text);
        if (header != null) {
            VectorHeader.check(in.name(), header);
            vector = new float[header[1]];
            source = "as the header says";
        } else {
            List<Line> sample = new ArrayList<>();
            for (Line line = first; line != null; line = sample.size() < FIRST ? next() : null) {
                sample.add(line);
            }
            Line usual = usual(sample);
            vector = new float[fields(usual.text) - 1];
            source = "as in line " + usual.number;
            if (vector.length == 0) {
                throw new IllegalArgumentException(at(usual) + " has no numbers; expected a word and its vector, or the header \"count"
                        + " columns\"");
            }
            sample.forEach(this::add);
        }
        for (Line line = next(); line != null; line = next()) {
            add(line);
        }
        collector.refuseIfManyAreOdd();
        if (header != null && collector.read() != header[0]) {
            throw new IllegalArgumentException(in.name() + " has " + collector.read() + " vectors, but its header says " + header[0]
                    + "; is it whole?");
        }
        return vector.length;
    }

    /** The first line that is as wide as most are. */
    private static Line usual(List<Line> sample) {
        Map<Integer, Integer> counts = new HashMap<>();
        sample.forEach(line -> counts.merge(fields(line.text), 1, Integer::sum));
        int most = Collections.max(counts.values());
        return sample.stream().filter(line -> counts.get(fields(line.text)) == most).findFirst().orElseThrow();
    }

    /** The next line that is not blank, without the spaces around it; null after the last. */
    private Line next() throws IOException {
        for (byte[] line = in.lineBytes(); line != null; line = in.lineBytes()) {
            int from = collector.read() == 0 && Encoding.begins(line, 0xEF, 0xBB, 0xBF) ? 3 : 0; // a byte order mark
            int to = line.length;
            while (to > from && isSpace(line[to - 1])) {
                to--;
            }
            if (to > from) {
                return new Line(in.number(), Arrays.copyOfRange(line, from, to));
            }
        }
        return null;
    }

    // The numbers are read from the end, because a few words of published files have spaces in them (". . .").
    private void add(Line line) {
        byte[] text = line.text;
        int end = text.length;
        for (int i = vector.length - 1; i >= 0; i--) {
            int from = fieldStart(text, end);
            if (from == 0) {
                collector.skip(wrongWidth(line));
                return;
            }
            String number = new String(text, from, end - from, StandardCharsets.ISO_8859_1);
            vector[i] = number(number);
            if (!Float.isFinite(vector[i])) {
                collector.skip(fields(text) - 1 < vector.length ? wrongWidth(line) : at(line) + ", number " + (i + 1)
                        + " of the vector is \"" + number + "\"; expected " + (Float.isNaN(vector[i]) ? "a decimal number"
                                : "a number that a float can hold"));
                return;
            }
            end = spaceStart(text, from);
        }
        int from = fieldStart(text, end);
        if (end == 0 || from > 0 && !Float.isNaN(number(new String(text, from, end - from, StandardCharsets.ISO_8859_1)))) {
            collector.skip(end == 0 ? at(line) + " has no word before its numbers" : wrongWidth(line));
            return;
        }
        collector.add(text, 0, end, at(line), vector);
    }

    private String wrongWidth(Line line) {
        int given = fields(line.text) - 1;
        return at(line) + " has " + given + (given == 1 ? " number" : " numbers") + " after the word; expected " + vector.length + " "
                + source;
    }

    private String at(Line line) {
        return in.name() + ", line " + line.number;
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

    private static boolean isSpace(byte value) {
        return value == ' ' || value == '\t';
    }

    /** Where the field begins that ends there. */
    private static int fieldStart(byte[] text, int end) {
        int at = end;
        while (at > 0 && !isSpace(text[at - 1])) {
            at--;
        }
        return at;
    }

    /** Where the spaces begin that end there. */
    private static int spaceStart(byte[] text, int end) {
        int at = end;
        while (at > 0 && isSpace(text[at - 1])) {
            at--;
        }
        return at;
    }

    private static int fields(byte... text) {
        int count = 0;
        for (int i = 0; i < text.length; i++) {
            if (!isSpace(text[i]) && (i == 0 || isSpace(text[i - 1]))) {
                count++;
            }
        }
        return count;
    }
}
