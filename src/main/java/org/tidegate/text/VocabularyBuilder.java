package org.tidegate.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Builds a {@link Vocabulary}: counts the tokens of texts and keeps the most frequent ones. */
public final class VocabularyBuilder {
    /** The maximum size by default where tokens are learned ({@link Vocabulary.Unit#BPE}). */
    public static final int LEARNED = 4000;

    // Orders by code point; String's own order compares UTF-16 units, which puts U+10000 before U+FFFF.
    static final Comparator<String> BY_CODE_POINT = (a, b) -> {
        int i = 0;
        while (i < a.length() && i < b.length()) {
            int left = a.codePointAt(i);
            int right = b.codePointAt(i);
            if (left != right) {
                return Integer.compare(left, right);
            }
            i += Character.charCount(left);
        }
        return Integer.compare(a.length(), b.length());
    };

    private static final String EMPTY = "the text is empty: there is nothing to make a vocabulary of";

    private final Vocabulary.Unit unit;
    private final Map<String, long[]> counts = new HashMap<>();
    private final Spacing.Counts spacing = new Spacing.Counts();
    private int minimumCount = 1;
    private int maximumSize = Integer.MAX_VALUE;
    private boolean unknown = true;
    private boolean padding;
    private boolean ends;

    VocabularyBuilder(Vocabulary.Unit unit) {
        this.unit = unit;
    }

    /**
     * Counts the tokens of a text.
     *
     * @param text a text
     * @return this builder
     * @throws IllegalArgumentException if the text has half of a surrogate pair, which no file can hold
     */
    public VocabularyBuilder add(CharSequence text) {
        String normalized = Tokens.normalized(unit, text);
        Spacing.Counts.Reader reader = spacing.new Reader(normalized);
        Tokens.of(unit, normalized, (start, end) -> {
            checkPairs(normalized, start, end);
            counts.computeIfAbsent(normalized.substring(start, end), token -> new long[1])[0]++;
            if (unit.isWords()) {
                reader.token(start, end);
            }
        });
        return this;
    }

    private static void checkPairs(String text, int start, int end) {
        for (int at = start; at < end; at++) {
            if (Character.isSurrogate(text.charAt(at))) {
                if (Character.charCount(text.codePointAt(at)) == 1) {
                    throw new IllegalArgumentException(Tokens.describe(Vocabulary.Unit.CODE_POINT, text, at, end)
                            + " is half of a surrogate pair and no character");
                }
                at++;
            }
        }
    }

    /**
     * Counts one token without splitting it: a word of tokenised text, a label. A byte-pair encoding learns of it as of a text.
     *
     * @param token the token
     * @return this builder
     * @throws IllegalArgumentException if it is empty, has half of a surrogate pair, or is no single code point where the unit is one
     */
    public VocabularyBuilder addToken(String token) {
        if (token.isEmpty() || !StandardCharsets.UTF_16.newEncoder().canEncode(token)) {
            throw new IllegalArgumentException(token.isEmpty() ? "a token is empty"
                    : "the token \"" + token + "\" has half of a surrogate pair, which is no character");
        }
        if (unit == Vocabulary.Unit.BPE) {
            return add(token);
        }
        String visible = Tokens.normalized(unit, token);
        String normalized = visible.isEmpty() ? token : visible;
        if (unit == Vocabulary.Unit.CODE_POINT && normalized.codePointCount(0, normalized.length()) != 1) {
            throw new IllegalArgumentException("the token \"" + token + "\" is no single character");
        }
        counts.computeIfAbsent(normalized, added -> new long[1])[0]++;
        return this;
    }

    /**
     * Sets the minimum count of a token, 1 by default: rarer ones are left out. In a byte-pair encoding rarer characters are spelled by
     * their bytes, and rarer pairs, or those that occur once, are not merged.
     *
     * @param count 1 or more
     * @return this builder
     * @throws IllegalArgumentException if count is not positive
     */
    public VocabularyBuilder minimumCount(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("the minimum count is " + count + "; expected 1 or more");
        }
        minimumCount = count;
        return this;
    }

    /**
     * Sets the maximum size of the vocabulary, special tokens included; the most frequent tokens are kept. It is unlimited by default, and
     * {@link #LEARNED} for a byte-pair encoding.
     *
     * @param size 1 or more
     * @return this builder
     * @throws IllegalArgumentException if size is not positive
     */
    public VocabularyBuilder maximumSize(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("the maximum size is " + size + "; expected 1 or more");
        }
        maximumSize = size;
        return this;
    }

    /**
     * Leaves {@code <unk>} out: encoding a text with an unknown token is then an error that names it and its position. A byte-pair encoding
     * has no unknown tokens, and never {@code <unk>}.
     *
     * @return this builder
     */
    public VocabularyBuilder refuseUnknown() {
        unknown = false;
        return this;
    }

    /**
     * Adds {@code <pad>} with the id 0.
     *
     * @return this builder
     */
    public VocabularyBuilder padding() {
        padding = true;
        return this;
    }

    /**
     * Adds {@code <bos>} and {@code <eos>}.
     *
     * @return this builder
     */
    public VocabularyBuilder sequenceEnds() {
        ends = true;
        return this;
    }

    /**
     * {@return the vocabulary}
     *
     * @throws IllegalArgumentException if no token is left, or refused tokens would leave holes in the texts that were counted
     */
    public Vocabulary build() {
        if (unit == Vocabulary.Unit.BPE) {
            return learned();
        }
        List<String> special = specials();
        List<String> tokens = new ArrayList<>(special);
        int specials = tokens.size();
        byCount(counts).filter(entry -> !special.contains(entry.getKey()))
                .limit(Math.max(0, maximumSize - specials))
                .forEach(entry -> tokens.add(entry.getKey()));
        int kept = tokens.size() - specials;
        if (kept == 0) {
            throw new IllegalArgumentException(counts.isEmpty()
                    ? EMPTY
                    : "no token is left: " + counts.size() + " were found, none with minimum count " + minimumCount
                            + (maximumSize == Integer.MAX_VALUE ? ""
                            : " and maximum size " + maximumSize + " (" + specials + " special)")
                            + "; expected at least one. Ask for less");
        }
        if (!unknown && kept < counts.size()) {
            throw new IllegalArgumentException("minimum count and maximum size drop " + (counts.size() - kept)
                    + " tokens of the text itself; that needs <unk>, so do not refuse unknown tokens");
        }
        return new Vocabulary(unit, specials, tokens, unit.isWords() ? spacing.spacing() : Spacing.USUAL, List.of());
    }

    /** Special tokens, the bytes, the characters by decreasing count, and what was merged of them, in this order. */
    private Vocabulary learned() {
        if (counts.isEmpty()) {
            throw new IllegalArgumentException(EMPTY);
        }
        List<String> characters = characters();
        List<String> tokens = specials();
        int specials = tokens.size();
        int size = maximumSize == Integer.MAX_VALUE ? LEARNED : maximumSize;
        int room = size - specials - BytePairs.COUNT;
        if (room < 0) {
            throw new IllegalArgumentException("the maximum size is " + size + "; expected " + (size - room)
                    + " or more, for the special tokens and the bytes by which any character can be spelled");
        }
        List<String> kept = new ArrayList<>();
        for (String character : characters) { // one of ASCII takes the place of its byte
            if (BytePairs.isAscii(character) || room-- > 0) {
                kept.add(character);
            }
        }
        Set<String> spelled = new HashSet<>(kept);
        IntStream.range(0, BytePairs.BYTES).filter(octet -> BytePairs.isNeeded(octet, spelled)).mapToObj(BytePairs::name)
                .forEach(tokens::add);
        tokens.addAll(kept);
        BytePairLearner learner = new BytePairLearner(counts, tokens);
        List<String> merges = learner.learn(size - tokens.size(), minimumCount);
        return new Vocabulary(unit, specials, learner.tokens(), Spacing.USUAL, merges);
    }

    /** Those that occur often enough, by decreasing count. */
    private List<String> characters() {
        Map<String, long[]> characters = new HashMap<>();
        counts.forEach((word, count) -> word.codePoints()
                .forEach(each -> characters.computeIfAbsent(Character.toString(each), unseen -> new long[1])[0] += count[0]));
        return byCount(characters).map(Map.Entry::getKey).toList();
    }

    /** Those that occur often enough, by decreasing count, then by code point. */
    private Stream<Map.Entry<String, long[]>> byCount(Map<String, long[]> counted) {
        return counted.entrySet().stream().filter(entry -> entry.getValue()[0] >= minimumCount)
                .sorted(Comparator.<Map.Entry<String, long[]>>comparingLong(entry -> -entry.getValue()[0])
                        .thenComparing(Map.Entry::getKey, BY_CODE_POINT));
    }

    private List<String> specials() {
        List<String> tokens = new ArrayList<>();
        if (padding) {
            tokens.add(Vocabulary.PAD);
        }
        if (unknown && unit != Vocabulary.Unit.BPE) {
            tokens.add(Vocabulary.UNKNOWN);
        }
        if (ends) {
            tokens.add(Vocabulary.BEGIN);
            tokens.add(Vocabulary.END);
        }
        return tokens;
    }
}
