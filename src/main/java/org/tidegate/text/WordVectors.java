package org.tidegate.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Pretrained word vectors. Immutable.
 *
 * <p>Three forms of files are read, of any {@link InputFile}. GloVe text: a word and its numbers a line, separated by spaces or tabs.
 * word2vec text, which fastText writes too: the same after a first line "count columns". word2vec binary, where the file's name ends in
 * {@code .bin} or {@code .bin.gz}: that first line, then for each word its bytes, a space and little-endian floats, with or without a line
 * break after them.
 *
 * <p>Published files have odd lines: a word that is not valid UTF-8, another number of columns, a number that is none or not finite. They
 * are skipped and counted in {@link #skipped()}, unless they are as many as the others. Words may have spaces in them. Of a word that
 * occurs twice the first vector is kept; {@link #duplicates()} counts the others.
 */
public final class WordVectors {
    private final Map<String, float[]> vectors;
    private final int columns;
    private final int read;
    private final int skipped;
    private final int duplicates;
    private final String firstSkipped; // null: none is

    private WordVectors(Collector collector, int columns) {
        this.vectors = collector.vectors;
        this.columns = columns;
        this.read = collector.read;
        this.skipped = collector.skipped;
        this.duplicates = collector.duplicates;
        this.firstSkipped = collector.firstSkipped;
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
     * @throws IllegalArgumentException if half of the vectors are odd (the message names the first), the file has another number of
     *     words than the first line gives, is cut, or is empty
     * @throws IOException if the file cannot be read
     */
    public static WordVectors read(Path file, Predicate<String> wanted) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + " is a folder; expected a file of word vectors");
        }
        Collector collector = new Collector(wanted);
        boolean binary = file.getFileName().toString().matches("(?i).*\\.bin(\\.gz)?");
        try (InputFile in = InputFile.open(file)) {
            int columns = binary ? BinaryVectors.read(in, collector) : TextVectors.read(in, collector);
            return new WordVectors(collector, columns);
        }
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

    /** {@return the number of vectors that were skipped because they are odd} */
    public int skipped() {
        return skipped;
    }

    /** {@return what is odd about the first vector that was skipped, with its line, for messages; empty if none was} */
    public Optional<String> firstSkipped() {
        return Optional.ofNullable(firstSkipped);
    }

    /** {@return the number of vectors that were left out because their word, one of the kept, had one already} */
    public int duplicates() {
        return duplicates;
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
        private int duplicates;
        private String firstSkipped;

        Collector(Predicate<String> wanted) {
            this.wanted = wanted;
        }

        /** A word's bytes, its place for messages, and its vector, which is copied. */
        void add(byte[] bytes, int from, int to, String place, float... vector) {
            Optional<String> word = Utf8.decode(bytes, from, to);
            if (word.isEmpty()) {
                skip(place + " has a word that is not valid UTF-8");
                return;
            }
            read++;
            if (wanted.test(word.get()) && vectors.putIfAbsent(word.get(), vector.clone()) != null) {
                duplicates++;
            }
        }

        /** A vector that is odd; why names its place. */
        void skip(String why) {
            read++;
            skipped++;
            firstSkipped = firstSkipped == null ? why : firstSkipped;
        }

        void refuseIfManyAreOdd() {
            if (skipped > 0 && skipped * 2L >= read) {
                throw new IllegalArgumentException(firstSkipped + (skipped == 1 ? "" : "; " + skipped + " of " + read
                        + " vectors cannot be read"));
            }
        }

        int read() {
            return read;
        }
    }
}
