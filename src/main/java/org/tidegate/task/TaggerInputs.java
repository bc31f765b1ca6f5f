package org.tidegate.task;

import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.tidegate.Batch;
import org.tidegate.text.Vocabulary;

/**
 * How sentences become a tagger's inputs: an id for each word, and the letters of each distinct word once, however often it occurs in
 * the batch. Immutable.
 */
final class TaggerInputs {
    /** The axis of the sentences, a step a word. */
    static final String SENTENCES = "sentences";
    /** The axis of the distinct words, a step a letter. */
    static final String SPELLINGS = "spellings";
    /** The graph's input of word ids, on the axis of the sentences. */
    static final String WORDS = "words";
    /** The graph's input of letters, on the axis of the spellings. */
    static final String LETTERS = "letters";
    /** The graph's input of the number of each word's spelling, on the axis of the sentences. */
    static final String SPELLED = "spelled";

    /** A longer word (an address, mostly) is spelled by its beginning and its end: both tell more than its middle. */
    private static final int LONGEST = 64;

    private final Vocabulary forms;
    private final Vocabulary words;
    private final Vocabulary letters;
    private final double wordDropout;

    /**
     * The inputs of a tagger.
     *
     * @param forms all words seen in training, exactly as they were written
     * @param words those that have an embedding, in lower case: the letters tell how a word is written
     * @param letters the letters seen in training
     * @param wordDropout the share of words that training calls unknown
     */
    TaggerInputs(Vocabulary forms, Vocabulary words, Vocabulary letters, double wordDropout) {
        this.forms = forms;
        this.words = words;
        this.letters = letters;
        this.wordDropout = wordDropout;
    }

    Vocabulary forms() {
        return forms;
    }

    Vocabulary words() {
        return words;
    }

    Vocabulary letters() {
        return letters;
    }

    double wordDropout() {
        return wordDropout;
    }

    /** Whether training saw a word exactly like this one. */
    boolean isSeen(String word) {
        return forms.id(word) >= forms.specials();
    }

    /** Writes sentences; with a source of randomness, words are dropped. */
    void fill(Batch batch, List<List<String>> sentences, RandomGenerator random) {
        batch.lengths(SENTENCES, sentences.stream().mapToInt(List::size).toArray());
        IntBuffer ids = batch.writableIds(WORDS);
        IntBuffer spelled = batch.writableIds(SPELLED);
        Map<String, Integer> distinct = new LinkedHashMap<>();
        for (int s = 0; s < sentences.size(); s++) {
            List<String> sentence = sentences.get(s);
            for (int t = 0; t < sentence.size(); t++) {
                String word = sentence.get(t);
                int row = batch.row(SENTENCES, s, t);
                boolean dropped = random != null && random.nextDouble() < wordDropout;
                ids.put(row, dropped ? words.unknownId() : id(word));
                Integer number = distinct.putIfAbsent(word, distinct.size());
                spelled.put(row, number == null ? distinct.size() - 1 : number);
            }
        }
        spell(batch, distinct.keySet().stream().map(this::spelling).toArray(int[][]::new));
    }

    private void spell(Batch batch, int[][] spellings) {
        batch.lengths(SPELLINGS, Arrays.stream(spellings).mapToInt(spelling -> spelling.length).toArray());
        batch.ids(LETTERS, spellings);
    }

    private int id(String word) {
        int id = words.id(word.toLowerCase(Locale.ROOT));
        return id < words.specials() ? words.unknownId() : id;
    }

    private int[] spelling(String word) {
        int[] codePoints = word.codePoints().toArray();
        int length = Math.min(codePoints.length, LONGEST);
        int[] spelling = new int[length];
        for (int i = 0; i < length; i++) {
            int codePoint = codePoints[i < LONGEST / 2 ? i : codePoints.length - length + i];
            int id = letters.id(Character.toString(codePoint));
            spelling[i] = id < letters.specials() ? letters.unknownId() : id;
        }
        return spelling;
    }
}
