package org.tidegate.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tidegate.json.JsonObject;
import org.tidegate.text.InputFile;
import org.tidegate.text.Unicode;
import org.tidegate.text.Vocabulary;

/**
 * Splits a text into words as a model's training data have them. Immutable.
 *
 * <p>{@link #WORDS} are those of {@link org.tidegate.text.WordTokenizer}, {@link #READY} what stands between spaces. A treebank has words
 * of its own: {@code do n't}, {@code dog 's}, {@code Mr.}, {@code :)}, {@code de le} for du. {@link #of(List)} learns those that it has
 * more than once, and its prefixes and suffixes with an apostrophe, which split words that it lacks; what is like nothing it has stays as
 * Unicode has it.
 */
public final class WordSplitter {
    /** The words and punctuation marks of {@link org.tidegate.text.WordTokenizer}. */
    public static final WordSplitter WORDS = new WordSplitter(Vocabulary.Unit.WORD, Map.of(), List.of(), List.of());
    /** What stands between spaces: words that are ready. */
    public static final WordSplitter READY = new WordSplitter(Vocabulary.Unit.TOKEN, Map.of(), List.of(), List.of());

    /** A piece of text that is longer is no word of a treebank. */
    private static final int MOST_TOKENS = 12;

    private final Vocabulary.Unit unit;
    /** The words of pieces of text that Unicode splits otherwise, both as {@link #key}. */
    private final Map<String, List<String>> pieces;
    private final List<String> prefixes;
    private final List<String> suffixes;

    WordSplitter(Vocabulary.Unit unit, Map<String, List<String>> pieces, Collection<String> prefixes, Collection<String> suffixes) {
        this.unit = unit;
        this.pieces = Map.copyOf(pieces);
        this.prefixes = longestFirst(prefixes);
        this.suffixes = longestFirst(suffixes);
    }

    private static List<String> longestFirst(Collection<String> affixes) {
        return affixes.stream().sorted(Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder())).toList();
    }

    /**
     * {@return a splitter as the CoNLL-U files among some files split their texts; {@link #WORDS} if there are none}
     *
     * @param files the files, known by their ending or their beginning; standard input, which is there but once, is left to its reader
     * @throws IllegalArgumentException if one is malformed; the message names file and line
     * @throws IOException if one cannot be read
     */
    public static WordSplitter of(List<Path> files) throws IOException {
        List<ConlluSentence> sentences = new ArrayList<>();
        for (Path file : files) {
            if (ConlluFile.isNamed(file) || !file.equals(InputFile.STANDARD_INPUT) && ConlluFile.begins(file)) {
                sentences.addAll(ConlluFile.read(file));
            }
        }
        return learned(sentences);
    }

    /**
     * {@return a splitter as a treebank splits its texts}
     *
     * @param sentences its sentences
     */
    public static WordSplitter learned(List<ConlluSentence> sentences) {
        return sentences.isEmpty() ? WORDS : new TreebankWords(sentences).splitter();
    }

    /** {@return whether it knows words of a treebank} */
    public boolean isLearned() {
        return !pieces.isEmpty() || !prefixes.isEmpty() || !suffixes.isEmpty();
    }

    /** {@return whether it takes what stands between spaces} */
    public boolean isReady() {
        return unit == Vocabulary.Unit.TOKEN;
    }

    /**
     * {@return the words of a text, in the composed form}
     *
     * @param text the text; line breaks only separate
     */
    public List<String> split(String text) {
        if (!isLearned()) {
            return unit.tokens(text).stream().filter(word -> !word.isBlank()).toList();
        }
        List<String> words = new ArrayList<>();
        String normalized = unit.normalized(text);
        split(normalized, (found, start, end) -> words.addAll(found));
        return words;
    }

    /** This splitter with these pieces. */
    WordSplitter with(Map<String, List<String>> known) {
        return new WordSplitter(unit, known, prefixes, suffixes);
    }

    /** Receives the words of a piece of a text. */
    @FunctionalInterface
    interface Sink {
        void piece(List<String> words, int start, int end);
    }

    /** Splits a text into pieces and each of them into words: the longest piece that is known, or else a word by its affixes. */
    void split(String text, Sink sink) {
        List<int[]> tokens = new ArrayList<>();
        unit.split(text, (start, end) -> {
            if (!text.substring(start, end).isBlank()) {
                tokens.add(new int[] {start, end});
            }
        });
        for (int first = 0, next; first < tokens.size(); first = next) {
            int start = tokens.get(first)[0];
            int most = first + 1;
            while (most < tokens.size() && most < first + MOST_TOKENS && tokens.get(most)[0] == tokens.get(most - 1)[1]) {
                most++;
            }
            List<String> words = null;
            for (next = most; next > first; next--) {
                words = pieces.get(key(text.substring(start, tokens.get(next - 1)[1])));
                if (words != null) {
                    break;
                }
            }
            next = Math.max(next, first + 1);
            int end = tokens.get(next - 1)[1];
            String piece = text.substring(start, end);
            sink.piece(words == null ? byAffixes(piece) : asWritten(piece, words), start, end);
        }
    }

    /** The words as the piece writes them, unless they are others, as those of du. */
    private static List<String> asWritten(String piece, List<String> words) {
        if (!String.join("", words).equals(key(piece)) || key(piece).length() != piece.length()) {
            return words;
        }
        List<String> written = new ArrayList<>();
        int at = 0;
        for (String word : words) {
            written.add(piece.substring(at, at + word.length()));
            at += word.length();
        }
        return written;
    }

    private List<String> byAffixes(String word) {
        String key = key(word);
        if (key.indexOf('\'') < 0 || key.length() != word.length()) {
            return List.of(word);
        }
        for (String suffix : suffixes) {
            if (key.endsWith(suffix) && key.length() > suffix.length()) {
                int cut = word.length() - suffix.length();
                return joined(byAffixes(word.substring(0, cut)), List.of(word.substring(cut)));
            }
        }
        for (String prefix : prefixes) {
            if (key.startsWith(prefix) && key.length() > prefix.length()) {
                return joined(List.of(word.substring(0, prefix.length())), byAffixes(word.substring(prefix.length())));
            }
        }
        return List.of(word);
    }

    private static List<String> joined(List<String> some, List<String> more) {
        List<String> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    /** A text to which case, the form of an apostrophe, and which digits it has do not matter: 10:30 is split as 11:45 is. */
    static String key(String text) {
        String lowerCase = Unicode.lowerCase(text);
        StringBuilder key = new StringBuilder(lowerCase.length());
        for (int i = 0; i < lowerCase.length(); i++) {
            char unit = lowerCase.charAt(i);
            key.append(unit == '\u2019' ? '\'' : unit >= '1' && unit <= '9' ? '0' : unit);
        }
        return key.toString();
    }

    /** {@return this splitter as JSON, for {@link #fromJson}} */
    public JsonObject toJson() {
        Map<String, List<String>> sorted = new TreeMap<>(pieces);
        return JsonObject.builder().put("unit", unit)
                .put("pieces", sorted.entrySet().stream().map(each -> each.getKey() + "\t" + String.join(" ", each.getValue())).toList())
                .put("prefixes", prefixes).put("suffixes", suffixes).build();
    }

    /**
     * {@return the splitter that {@link #toJson} wrote}
     *
     * @param json what {@link #toJson} returned
     * @throws IllegalArgumentException if the object is not a splitter; the message names the key
     */
    public static WordSplitter fromJson(JsonObject json) {
        json.only("unit", "pieces", "prefixes", "suffixes");
        Map<String, List<String>> pieces = new TreeMap<>();
        for (String piece : json.strings("pieces")) {
            String[] parts = piece.split("\t", -1);
            if (parts.length != 2 || parts[0].isEmpty() || parts[1].isBlank()) {
                throw json.refusal("pieces", "a piece of text, a tab, and its words with spaces between them");
            }
            pieces.put(parts[0], List.of(parts[1].split(" ")));
        }
        Vocabulary.Unit unit = json.constant("unit", Vocabulary.Unit.class);
        if (unit != Vocabulary.Unit.WORD && unit != Vocabulary.Unit.TOKEN) {
            throw json.refusal("unit", "word or token");
        }
        return new WordSplitter(unit, pieces, affixes(json, "prefixes"), affixes(json, "suffixes"));
    }

    private static List<String> affixes(JsonObject json, String key) {
        List<String> affixes = json.strings(key);
        if (affixes.contains("")) {
            throw json.refusal(key, "texts that are not empty");
        }
        return affixes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WordSplitter that && unit == that.unit && pieces.equals(that.pieces) && prefixes.equals(that.prefixes)
                && suffixes.equals(that.suffixes);
    }

    @Override
    public int hashCode() {
        return pieces.hashCode() * 31 + unit.ordinal();
    }

    /** What it splits into, in a few words. */
    @Override
    public String toString() {
        return isReady() ? "words between spaces" : isLearned() ? "the words of its treebank" : "Unicode's words";
    }
}
