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
    private static final Pattern COMMENT = Pattern.compile("# ?(sent_id|newdoc|newpar|global\\.columns)\\b.*|# ?text *=.*");
    /** The number of a sentence's first line. */
    private static final Pattern FIRST = Pattern.compile("1(-\\d{1,6})?|0\\.1");
    private static final Pattern RANGE = Pattern.compile("(\\d{1,6})-(\\d{1,6})");
    private static final Pattern EMPTY_NODE = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})");

    private final Path file;
    private final List<ConlluSentence> sentences = new ArrayList<>();
    private final List<ConlluSentence.Word> words = new ArrayList<>();
    private final List<ConlluSentence.Range> ranges = new ArrayList<>();

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
        return read(file, InputFile.lines(file));
    }

    /**
     * Reads the lines of a file, of standard input for example, which is there but once.
     *
     * @param file the file, for messages
     * @param lines its lines
     * @return its sentences, at least one
     * @throws IllegalArgumentException if they are not CoNLL-U; the message names file, line and column
     */
    public static List<ConlluSentence> read(Path file, List<String> lines) {
        ConlluFile reader = new ConlluFile(file);
        int number = 0;
        for (String line : lines) {
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

    /**
     * {@return whether lines are those of CoNLL-U: they begin with one of its comments, such as {@code # sent_id}, or the first that is no
     * comment has ten columns and is the first of a sentence}
     *
     * @param lines the lines, or the first of them
     */
    public static boolean isConllu(List<String> lines) {
        return lines.stream().filter(ConlluFile::tells).findFirst().filter(ConlluFile::isFirst).isPresent();
    }

    /** Whether a file is CoNLL-U by its first lines, as {@link #isConllu} has it. */
    static boolean begins(Path file) throws IOException {
        try (InputFile in = InputFile.open(file)) {
            String line = in.line();
            while (line != null && !tells(line)) {
                line = in.line();
            }
            return line != null && isFirst(line);
        }
    }

    /** Whether a line says what the file is: it is neither empty nor a comment of no form. */
    private static boolean tells(String line) {
        return !line.isEmpty() && !line.startsWith("#") || COMMENT.matcher(line).matches();
    }

    private static boolean isFirst(String line) {
        String[] columns = line.split("\t", -1);
        return COMMENT.matcher(line).matches() || columns.length == COLUMNS && FIRST.matcher(columns[0]).matches();
    }

    /**
     * {@return the lines of each sentence of a file, its comments, ranges and empty line among them, with other values in a column}
     *
     * @param file the file
     * @param column the column
     * @param values for each sentence the value of each word
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is not CoNLL-U, or has other sentences
     */
    public static List<List<String>> with(Path file, ConlluColumn column, List<List<String>> values) throws IOException {
        return with(file, InputFile.lines(file), column, values);
    }

    /**
     * {@return the lines of each sentence as {@link #with(Path, ConlluColumn, List)}, of lines that are read already}
     *
     * @param file the file, for messages
     * @param all its lines
     * @param column the column
     * @param values for each sentence the value of each word
     * @throws IllegalArgumentException if they are not CoNLL-U, or have other sentences
     */
    public static List<List<String>> with(Path file, List<String> all, ConlluColumn column, List<List<String>> values) {
        List<ConlluSentence> sentences = read(file, all);
        List<String> lines = new ArrayList<>(all);
        List<List<String>> changed = new ArrayList<>();
        int from = 0;
        for (int s = 0; s < sentences.size(); s++) {
            List<ConlluSentence.Word> words = sentences.get(s).words();
            if (sentences.size() != values.size() || words.size() != values.get(s).size()) {
                throw new IllegalArgumentException(file + " has " + sentences.size() + " sentences, the one of line "
                        + sentences.get(s).line() + " with " + words.size() + " words; expected a value for each word");
            }
            while (lines.get(from).isEmpty()) {
                from++;
            }
            int last = 0;
            for (int w = 0; w < words.size(); w++) {
                List<String> columns = new ArrayList<>(words.get(w).columns());
                columns.set(column.ordinal(), values.get(s).get(w));
                last = words.get(w).line();
                lines.set(last - 1, String.join("\t", columns));
            }
            while (last < lines.size() && !lines.get(last).isEmpty()) {
                last++;
            }
            List<String> sentence = new ArrayList<>(lines.subList(from, last));
            sentence.add("");
            changed.add(sentence);
            from = Math.min(last + 1, lines.size());
        }
        return changed;
    }

    private void line(int number, String line) {
        if (line.isEmpty()) {
            endSentence();
        } else if (!line.startsWith("#")) {
            List<String> columns = List.of(line.split("\t", -1));
            checkColumns(number, line, columns);
            if (isWord(number, columns)) {
                words.add(new ConlluSentence.Word(number, columns));
            }
        }
    }

    private void endSentence() {
        if (!words.isEmpty()) {
            sentences.add(new ConlluSentence(file, words, ranges));
            words.clear();
        }
        ranges.clear();
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

    private boolean isWord(int number, List<String> columns) {
        String id = columns.get(0);
        int expected = words.size() + 1;
        Matcher range = RANGE.matcher(id);
        Matcher empty = EMPTY_NODE.matcher(id);
        if (range.matches()) {
            check(number, id, Integer.parseInt(range.group(1)) == expected && Integer.parseInt(range.group(2)) > expected,
                    "a range that begins with " + expected);
            ranges.add(new ConlluSentence.Range(expected, Integer.parseInt(range.group(2)), columns));
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
