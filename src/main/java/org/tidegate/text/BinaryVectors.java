package org.tidegate.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * word2vec's binary vectors: the line "count columns", then for each word its bytes, a space and columns little-endian floats. The
 * original tool writes a line break after a vector and others do not, so line breaks before a word are skipped.
 */
final class BinaryVectors {
    /** The limit of a word, in bytes: a longer one means a damaged file. */
    private static final int LONGEST_WORD = 1 << 16;

    private final String file;
    private final InputStream in;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int count;
    private final int columns;

    private BinaryVectors(InputFile input) throws IOException {
        file = input.name();
        in = input.bytes();
        for (int value = in.read(); value >= 0 && value != '\n' && bytes.size() < LONGEST_WORD; value = in.read()) {
            bytes.write(value);
        }
        int[] header = VectorHeader.parse(bytes.toByteArray());
        if (header == null) {
            throw new IllegalArgumentException(file + " does not begin with the line \"count columns\" of binary word vectors; if"
                    + " it is text, give it a name that does not end in .bin");
        }
        VectorHeader.check(file, header);
        count = header[0];
        columns = header[1];
    }

    /** Reads every vector into the collector; returns the number of columns. */
    static int read(InputFile in, WordVectors.Collector collector) throws IOException {
        BinaryVectors reader = new BinaryVectors(in);
        reader.read(collector);
        return reader.columns;
    }

    private void read(WordVectors.Collector collector) throws IOException {
        byte[] raw = new byte[columns * Float.BYTES];
        FloatBuffer floats = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        float[] vector = new float[columns];
        for (int i = 1; i <= count; i++) {
            byte[] word = word(i);
            int got = in.readNBytes(raw, 0, raw.length);
            if (got < raw.length) {
                throw new IllegalArgumentException(file + " ends after " + got + " bytes of vector " + i + " of " + count
                        + "; expected " + raw.length + " bytes, " + columns + " floats. Is it whole?");
            }
            floats.rewind().get(vector);
            int odd = 0;
            while (odd < columns && Float.isFinite(vector[odd])) {
                odd++;
            }
            if (odd < columns) {
                collector.skip(file + ": number " + (odd + 1) + " of vector " + i + " is " + vector[odd]
                        + "; expected finite numbers. Are there really " + columns + " columns?");
            } else {
                collector.add(word, 0, word.length, file + ": word " + i, vector);
            }
        }
        collector.refuseIfManyAreOdd();
        for (int value = in.read(); value >= 0; value = in.read()) {
            if (value != '\n') {
                throw new IllegalArgumentException(file + " goes on after its " + count
                        + " vectors; its first line says that there are no"
                        + " more");
            }
        }
    }

    private byte[] word(int i) throws IOException {
        bytes.reset();
        int value = in.read();
        while (value == '\n') {
            value = in.read();
        }
        for (; value >= 0 && value != ' ' && bytes.size() < LONGEST_WORD; value = in.read()) {
            bytes.write(value);
        }
        if (value < 0) {
            throw new IllegalArgumentException(file + " ends after " + (i - 1) + " vectors; its first line says " + count);
        }
        if (value != ' ' || bytes.size() == 0) {
            throw new IllegalArgumentException(file + ": word " + i + " of " + count + " is "
                    + (value == ' ' ? "empty" : "longer than " + LONGEST_WORD + " bytes") + "; are there really " + columns
                            + " columns?");
        }
        return bytes.toByteArray();
    }
}
