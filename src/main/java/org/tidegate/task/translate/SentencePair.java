package org.tidegate.task.translate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.tidegate.data.TsvFile;

/**
 * A sentence and its translation.
 *
 * @param source the source sentence
 * @param target the target sentence
 */
public record SentencePair(String source, String target) {

    /**
     * Checks that both are there.
     *
     * @param source the source sentence
     * @param target the target sentence
     */
    public SentencePair {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(target, "target");
    }

    /**
     * Reads the pairs of files, one file after the other: lines of a sentence, a tab and its translation, in UTF-8.
     *
     * @param files the files
     * @return the pairs
     * @throws IllegalArgumentException if a file is malformed, or a sentence has no word; the message names file, line and column, as
     *     {@link TsvFile#read}
     * @throws IOException if one cannot be read
     */
    public static List<SentencePair> read(List<Path> files) throws IOException {
        List<SentencePair> pairs = new ArrayList<>();
        for (Path file : files) {
            for (TsvFile.Row row : TsvFile.read(file, List.of("1", "2"), false)) {
                for (int column = 0; column < 2; column++) {
                    if (TranslatorReading.words(row.fields().get(column)).isEmpty()) {
                        throw new IllegalArgumentException(file + ", line " + row.line() + ", column " + (column + 1) + " has no word");
                    }
                }
                pairs.add(new SentencePair(row.fields().get(0), row.fields().get(1)));
            }
        }
        return pairs;
    }
}
