package org.tidegate.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Builds a {@link Vocabulary}: counts the tokens of texts and keeps the most frequent ones. */
public final class VocabularyBuilder {
    // Orders by code point; String's own order compares UTF-16 units, which puts U+10000 before U+FFFF.
    private static final Comparator<String> BY_CODE_POINT = (a, b) -> {
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
     * Counts one token without splitting it: a word of tokenised text, a label.
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
        String visible = Tokens.normalized(unit, token);
        String normalized = visible.isEmpty() ? token : visible;
        if (unit == Vocabulary.Unit.CODE_POINT && normalized.codePointCount(0, normalized.length()) != 1) {
            throw new IllegalArgumentException("the token \"" + token + "\" is no single character");
        }
        counts.computeIfAbsent(normalized, added -> new long[1])[0]++;
        return this;
    }

    /**
     * Sets the minimum count of a token, 1 by default: rarer ones are left out.
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
     * Sets the maximum size of the vocabulary, special tokens included; the most frequent tokens are kept.
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
     * Leaves {@code <unk>} out: encoding a text with an unknown token is then an error that names it and its position.
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
        List<String> special = specials();
        List<String> tokens = new ArrayList<>(special);
        int specials = tokens.size();
        counts.entrySet().stream()
                .filter(entry -> entry.getValue()[0] >= minimumCount && !special.contains(entry.getKey()))
                .sorted(Comparator.<Map.Entry<String, long[]>>comparingLong(entry -> -entry.getValue()[0])
                        .thenComparing(Map.Entry::getKey, BY_CODE_POINT))
                .limit(Math.max(0, maximumSize - specials))
                .forEach(entry -> tokens.add(entry.getKey()));
        int kept = tokens.size() - specials;
        if (kept == 0) {
            throw new IllegalArgumentException(counts.isEmpty()
                    ? "the text is empty: there is nothing to make a vocabulary of"
                    : "no token is left: " + counts.size() + " were found, none with minimum count " + minimumCount
                            + (maximumSize == Integer.MAX_VALUE ? ""
                            : " and maximum size " + maximumSize + " (" + specials + " special)")
                            + "; expected at least one. Ask for less");
        }
        if (!unknown && kept < counts.size()) {
            throw new IllegalArgumentException("minimum count and maximum size drop " + (counts.size() - kept)
                    + " tokens of the text itself; that needs <unk>, so do not refuse unknown tokens");
        }
        return new Vocabulary(unit, specials, tokens, unit.isWords() ? spacing.spacing() : Spacing.USUAL);
    }

    private List<String> specials() {
        List<String> tokens = new ArrayList<>();
        if (padding) {
            tokens.add(Vocabulary.PAD);
        }
        if (unknown) {
            tokens.add(Vocabulary.UNKNOWN);
        }
        if (ends) {
            tokens.add(Vocabulary.BEGIN);
            tokens.add(Vocabulary.END);
        }
        return tokens;
    }
}
