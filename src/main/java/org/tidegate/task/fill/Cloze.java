package org.tidegate.task.fill;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tidegate.data.ConlluFile;
import org.tidegate.data.WordSplitter;
import org.tidegate.text.InputFile;
import org.tidegate.text.Unicode;
import org.tidegate.text.Vocabulary;

/**
 * A sentence with a gap, one missing word.
 *
 * @param before the words before the gap
 * @param after the words after the gap
 */
public record Cloze(List<String> before, List<String> after) {
    private static final Pattern GAP = Pattern.compile("_{2,}");

    /**
     * Copies both lists.
     *
     * @param before the words before the gap
     * @param after the words after the gap
     */
    public Cloze {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /**
     * {@return a sentence whose missing word is written as {@code __}, two underscores or more}
     *
     * @param sentence the sentence
     * @throws IllegalArgumentException if there is no gap, or more than one
     */
    public static Cloze parse(String sentence) {
        return parse(sentence, WordSplitter.WORDS);
    }

    /**
     * {@return a sentence with a gap as {@link #parse(String)}, split into words otherwise}
     *
     * @param sentence the sentence
     * @param splitter how it becomes words
     * @throws IllegalArgumentException if there is no gap, or more than one
     */
    public static Cloze parse(String sentence, WordSplitter splitter) {
        Matcher gap = GAP.matcher(sentence);
        if (!gap.find()) {
            throw new IllegalArgumentException("\"" + sentence + "\" has no gap; write __ for the missing word:"
                    + " \"I plan to __ a new one.\"");
        }
        int start = gap.start();
        int end = gap.end();
        if (gap.find()) {
            throw new IllegalArgumentException("\"" + sentence + "\" has more than one gap; expected one __");
        }
        return new Cloze(words(sentence.substring(0, start), splitter), words(sentence.substring(end), splitter));
    }

    /**
     * {@return a sentence of ready words, one of which is the gap {@code __}, two underscores or more}
     *
     * @param words the words, in any case
     * @throws IllegalArgumentException if there is no gap, or more than one
     */
    public static Cloze of(List<String> words) {
        List<Integer> gaps = IntStream.range(0, words.size()).filter(i -> GAP.matcher(words.get(i)).matches()).boxed().toList();
        if (gaps.size() != 1) {
            throw new IllegalArgumentException("\"" + String.join(" ", words) + "\" has "
                    + (gaps.isEmpty() ? "no gap" : "more than one gap")
                    + "; expected one word __ for the missing one");
        }
        List<String> lowerCase = lowerCase(words);
        return new Cloze(lowerCase.subList(0, gaps.get(0)), lowerCase.subList(gaps.get(0) + 1, words.size()));
    }

    /** The sentence with the unknown word in the gap, whose row no gap's logits depend on. */
    List<String> sentence() {
        return Stream.of(before, List.of(Vocabulary.UNKNOWN), after).flatMap(List::stream).toList();
    }

    /**
     * {@return the words of a text by {@link org.tidegate.text.WordTokenizer}, lower-cased and without line breaks}
     *
     * @param text the text
     */
    public static List<String> words(String text) {
        return words(text, WordSplitter.WORDS);
    }

    /**
     * {@return the words of a text, lower-cased}
     *
     * @param text the text
     * @param splitter how it becomes words
     */
    public static List<String> words(String text, WordSplitter splitter) {
        return lowerCase(splitter.split(text));
    }

    private static List<String> lowerCase(List<String> words) {
        return words.stream().map(Unicode::lowerCase).toList();
    }

    /**
     * Reads the words of each sentence of files, one file after the other: of text with a sentence on each line, or of CoNLL-U in a file
     * that ends in .conllu or .conllu.gz, or begins as such. Lines without words are no sentences.
     *
     * @param files the files
     * @return the sentences
     * @throws IllegalArgumentException if a file is malformed, or there are no words
     * @throws IOException if one cannot be read
     */
    public static List<List<String>> read(List<Path> files) throws IOException {
        return read(files, WordSplitter.WORDS);
    }

    /**
     * Reads the words of each sentence of files as {@link #read(List)}, those of text split otherwise.
     *
     * @param files the files
     * @param splitter how a line of text becomes words
     * @return the sentences
     * @throws IllegalArgumentException as {@link #read(List)}
     * @throws IOException if one cannot be read
     */
    public static List<List<String>> read(List<Path> files, WordSplitter splitter) throws IOException {
        List<List<String>> sentences = new ArrayList<>();
        for (Path file : files) {
            sentences.addAll(sentences(file, InputFile.lines(file), splitter));
        }
        return notNone(sentences, files.size() == 1 ? files.get(0) + " has" : "the files have");
    }

    /**
     * Reads the words of each sentence of a file whose lines are read already, as {@link #read(List, WordSplitter)}.
     *
     * @param file the file, for messages
     * @param lines its lines
     * @param splitter how a line of text becomes words
     * @return the sentences
     * @throws IllegalArgumentException as {@link #read(List)}
     */
    public static List<List<String>> read(Path file, List<String> lines, WordSplitter splitter) {
        return notNone(sentences(file, lines, splitter), file + " has");
    }

    private static List<List<String>> sentences(Path file, List<String> lines, WordSplitter splitter) {
        return ConlluFile.isNamed(file) || ConlluFile.isConllu(lines)
                ? ConlluFile.read(file, lines).stream().map(sentence -> lowerCase(sentence.forms())).toList()
                : lines.stream().map(line -> words(line, splitter)).filter(words -> !words.isEmpty()).toList();
    }

    private static List<List<String>> notNone(List<List<String>> sentences, String what) {
        if (sentences.isEmpty()) {
            throw new IllegalArgumentException(what + " no words; expected a sentence on each line");
        }
        return sentences;
    }
}
