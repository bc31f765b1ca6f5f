package org.tidegate.task.fill;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tidegate.data.ConlluFile;
import org.tidegate.text.InputFile;
import org.tidegate.text.Unicode;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.WordTokenizer;

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
        return new Cloze(words(sentence.substring(0, start)), words(sentence.substring(end)));
    }

    /** The sentence with the unknown word in the gap, whose row no gap's logits depend on. */
    List<String> sentence() {
        return Stream.of(before, List.of(Vocabulary.UNKNOWN), after).flatMap(List::stream).toList();
    }

    /**
     * {@return the words of a text by {@link WordTokenizer}, lower-cased and without line breaks}
     *
     * @param text the text
     */
    public static List<String> words(String text) {
        return Vocabulary.Unit.WORD.tokens(Unicode.lowerCase(text)).stream().filter(word -> !word.isBlank()).toList();
    }

    /**
     * Reads the words of each sentence of files, one file after the other: of text with a sentence on each line, or of CoNLL-U in a file
     * that ends in .conllu or .conllu.gz. Lines without words are no sentences.
     *
     * @param files the files
     * @return the sentences
     * @throws IllegalArgumentException if a file is malformed, or there are no words
     * @throws IOException if one cannot be read
     */
    public static List<List<String>> read(List<Path> files) throws IOException {
        List<List<String>> sentences = new ArrayList<>();
        for (Path file : files) {
            if (ConlluFile.isNamed(file)) {
                ConlluFile.read(file).forEach(sentence -> sentences.add(
                        sentence.forms().stream().map(Unicode::lowerCase).toList()));
            } else {
                InputFile.lines(file).stream().map(Cloze::words).filter(words -> !words.isEmpty()).forEach(sentences::add);
            }
        }
        if (sentences.isEmpty()) {
            throw new IllegalArgumentException((files.size() == 1 ? files.get(0) + " has" : "the files have")
                    + " no words; expected a sentence on each line");
        }
        return sentences;
    }
}
