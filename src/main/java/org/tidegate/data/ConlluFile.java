package org.tidegate.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tidegate.text.InputFile;

/**
 * Reads CoNLL-U, the format of the Universal Dependencies, from any {@link InputFile}: a word on each line in ten tab-separated columns,
 * comments that begin with #, one empty line or several after each sentence. Lines whose number is a range (1-2: a token of several words)
 * or a decimal (8.1: a word that is not in the text) are checked and skipped.
 */
public final class ConlluFile {
    private static final int COLUMNS = ConlluColumn.values().length;
    private static final Pattern RANGE = Pattern.compile("(\\d{1,6})-(\\d{1,6})");
    private static final Pattern EMPTY_NODE = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})");

    private final Path file;
    private final List<ConlluSentence> sentences = new ArrayList<>();
    private final List<ConlluSentence.Word> words = new ArrayList<>();

    private ConlluFile(Path file) {
        this.file = file;
    }

    /**
     * Reads a file. The empty line after the last sentence may be missing.
     *
     * @param file the file
     * @return its sentences, at least one
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is not CoNLL-U; the message names file, line and column
     */
    public static List<ConlluSentence> read(Path file) throws IOException {
        ConlluFile reader = new ConlluFile(file);
        int number = 0;
        for (String line : InputFile.lines(file)) {
            reader.line(++number, line);
        }
        reader.endSentence();
        if (reader.sentences.isEmpty()) {
            throw new IllegalArgumentException(file + " has no words; expected CoNLL-U: a word on each line, in ten columns");
        }
        return List.copyOf(reader.sentences);
    }

    /**
     * {@return whether a file is CoNLL-U by its name: it ends in .conllu or .conllu.gz}
     *
     * @param file the file
     */
    public static boolean isNamed(Path file) {
        return file.toString().matches("(?is).*\\.conllu(\\.gz)?");
    }

    private void line(int number, String line) {
        if (line.isEmpty()) {
            endSentence();
        } else if (!line.startsWith("#")) {
            List<String> columns = List.of(line.split("\t", -1));
            checkColumns(number, line, columns);
            if (isWord(number, columns.get(0))) {
                words.add(new ConlluSentence.Word(number, columns));
            }
        }
    }

    private void endSentence() {
        if (!words.isEmpty()) {
            sentences.add(new ConlluSentence(file, words));
            words.clear();
        }
    }

    private void checkColumns(int number, String line, List<String> columns) {
        if (columns.size() != COLUMNS) {
            String why = columns.size() == 1 && line.strip().contains(" ") ? " Its columns seem to be separated by spaces." : "";
            String count = columns.size() + (columns.size() == 1 ? " column" : " columns");
            throw wrong(number, Math.min(columns.size(), COLUMNS + 1),
                    "the line has " + count + "; expected " + COLUMNS + ", separated by tabs." + why);
        }
        for (int i = 0; i < COLUMNS; i++) {
            if (columns.get(i).isBlank()) {
                throw wrong(number, i + 1, "the column is empty; expected a value, or _ for none");
            }
        }
    }

    private boolean isWord(int number, String id) {
        int expected = words.size() + 1;
        Matcher range = RANGE.matcher(id);
        Matcher empty = EMPTY_NODE.matcher(id);
        if (range.matches()) {
            check(number, id, Integer.parseInt(range.group(1)) == expected && Integer.parseInt(range.group(2)) > expected,
                    "a range that begins with " + expected);
            return false;
        }
        if (empty.matches()) {
            check(number, id, Integer.parseInt(empty.group(1)) == words.size(), "a number after " + words.size() + ".");
            return false;
        }
        check(number, id, id.equals(Integer.toString(expected)), expected == 1
                ? "1, the first word's number" : expected + ", the next word's number (or an empty line before a new sentence)");
        return true;
    }

    private void check(int number, String id, boolean holds, String expected) {
        if (!holds) {
            throw wrong(number, 1, "the number is \"" + id + "\"; expected " + expected);
        }
    }

    private IllegalArgumentException wrong(int line, int column, String what) {
        String name = column <= COLUMNS ? " (" + ConlluColumn.values()[column - 1] + ")" : "";
        return new IllegalArgumentException(file + ", line " + line + ", column " + column + name + ": " + what);
    }
}
