package org.tidegate.text;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Pretrained word vectors. Immutable.
 *
 * <p>Three forms of files are read. GloVe text: a word and its numbers a line, separated by spaces. word2vec text, which fastText
 * writes too: the same after a first line "count columns". word2vec binary, where the file's name ends in {@code .bin}: that first
 * line, then for each word its bytes, a space and little-endian floats, with or without a line break after them.
 *
 * <p>Malformed files are refused, with one exception: a word that is not valid UTF-8, as published files have some, is skipped with its
 * vector and counted in {@link #skipped()}. Of a word that occurs twice the first vector is kept.
 */
public final class WordVectors {
    private static final int BUFFER = 1 << 16;

    private final Map<String, float[]> vectors;
    private final int columns;
    private final int read;
    private final int skipped;

    private WordVectors(Map<String, float[]> vectors, int columns, int read, int skipped) {
        this.vectors = vectors;
        this.columns = columns;
        this.read = read;
        this.skipped = skipped;
    }

    /**
     * Reads all vectors of a file.
     *
     * @param file the file
     * @return the vectors
     * @throws IllegalArgumentException as {@link #read(Path, Predicate)}
     * @throws IOException if the file cannot be read
     */
    public static WordVectors read(Path file) throws IOException {
        return read(file, word -> true);
    }

    /**
     * Reads the vectors of some words: a published file may be many times as large as what a vocabulary needs of it.
     *
     * @param file the file
     * @param wanted the words to keep; the vectors of others are checked but not kept
     * @return the vectors
     * @throws IllegalArgumentException if a vector has another number of columns than the first line gives, a number is malformed, the
     *     file has another number of words than the first line gives, or is empty; the message names the line, or in a binary file the
     *     word, and what was expected
     * @throws IOException if the file cannot be read
     */
    public static WordVectors read(Path file, Predicate<String> wanted) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + " is a folder; expected a file of word vectors");
        }
        Collector collector = new Collector(wanted);
        boolean binary = file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".bin");
        int columns;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            columns = binary ? BinaryVectors.read(file, in, collector) : TextVectors.read(file, in, collector);
        }
        return new WordVectors(collector.vectors, columns, collector.read, collector.skipped);
    }

    /** {@return the number of columns of a vector} */
    public int columns() {
        return columns;
    }

    /** {@return the number of words} */
    public int size() {
        return vectors.size();
    }

    /**
     * The number of vectors in the file, including those not kept or skipped.
     *
     * @return the vectors
     */
    public int read() {
        return read;
    }

    /** {@return the number of words skipped because they are not valid UTF-8} */
    public int skipped() {
        return skipped;
    }

    /**
     * {@return a copy of a word's vector, {@code [columns]}; empty if there is none}
     *
     * @param word a word
     */
    public Optional<float[]> of(String word) {
        return Optional.ofNullable(vectors.get(word)).map(float[]::clone);
    }

    /** The number of words and columns. */
    @Override
    public String toString() {
        return size() + " word vectors of " + columns + " numbers";
    }

    /** Collects the vectors of a reader. */
    static final class Collector {
        private final Map<String, float[]> vectors = new LinkedHashMap<>();
        private final Predicate<String> wanted;
        private int read;
        private int skipped;

        Collector(Predicate<String> wanted) {
            this.wanted = wanted;
        }

        /** A word's bytes and its vector, which is copied. */
        void add(byte[] bytes, int from, int to, float... vector) {
            read++;
            Optional<String> word = Utf8.decode(bytes, from, to);
            if (word.isEmpty()) {
                skipped++;
            } else if (wanted.test(word.get())) {
                vectors.putIfAbsent(word.get(), vector.clone());
            }
        }

        int read() {
            return read;
        }
    }
}
