package org.tidegate.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tidegate.json.JsonObject;
import org.tidegate.json.JsonObjectBuilder;

/**
 * A bijection of tokens and ids, 0 … size−1. Tokens are code points, words, parts of words, or strings between spaces, of texts in the
 * composed form NFC ({@link Unicode#nfc}): é is the same however it was typed.
 *
 * <p>Special tokens come first ({@code <pad>}, {@code <unk>}, {@code <bos>}, {@code <eos>}, those that it has, in this order), then the
 * tokens by decreasing count; equal counts are ordered by code point. In a byte-pair encoding they are bytes, {@code <0x0A>}, then
 * characters by decreasing count, then what was merged of them, in this order. The same texts give the same ids on every machine. Immutable.
 */
public final class Vocabulary {
    /** The special token that pads shorter sequences. */
    public static final String PAD = "<pad>";
    /** The special token that stands for everything outside the vocabulary. */
    public static final String UNKNOWN = "<unk>";
    /** The special token that begins a sequence. */
    public static final String BEGIN = "<bos>";
    /** The special token that ends a sequence. */
    public static final String END = "<eos>";

    private static final String LINE_BREAK = "\n";
    private static final String NORMALIZATION = "NFC";
    private static final List<String> SPECIALS = List.of(PAD, UNKNOWN, BEGIN, END);

    /** What a token is. */
    public enum Unit {
        /** One Unicode code point. */
        CODE_POINT,
        /** A word, a punctuation mark or a line break, as {@link WordTokenizer} splits them. */
        WORD,
        /** As {@link #WORD}, but an apostrophe inside a word is a token of its own: l ' homme, don ' t. */
        WORD_PART,
        /** A string between white space, for text that is tokenised already. */
        TOKEN,
        /**
         * As {@link #TOKEN}, and a line break is a token, too: what papers on language models count in their corpora, of which a line is a
         * sentence or a paragraph.
         */
        WHITESPACE,
        /**
         * A part of a word, learned by byte-pair encoding: frequent words are tokens, rare ones are spelled by their parts, characters and,
         * at last, bytes, so that there is no unknown word, and texts are spelled as they stand, spaces and all. A space is of the token that
         * begins the word behind it. What {@link #split} gives are the words that are spelled, of which a vocabulary knows the parts:
         * {@link Vocabulary#tokens}.
         */
        BPE;

        /**
         * Tokenises a text as it stands.
         *
         * @param text a text
         * @param sink receives the tokens in order
         */
        public void split(CharSequence text, WordTokenizer.Sink sink) {
            Tokens.of(this, text, sink);
        }

        /**
         * {@return the tokens of a text in the form that a vocabulary has them: composed, and words without soft hyphens and marks of
         * direction}
         *
         * @param text a text
         */
        public List<String> tokens(String text) {
            String normalized = normalized(text);
            List<String> tokens = new ArrayList<>();
            split(normalized, (start, end) -> tokens.add(normalized.substring(start, end)));
            return tokens;
        }

        /**
         * {@return a text in the form that {@link #tokens} splits}
         *
         * @param text a text
         */
        public String normalized(String text) {
            return Tokens.normalized(this, text);
        }

        /** {@return what one token is called in texts for people: "character", "word", or "token" for a part of a word} */
        public String noun() {
            return this == CODE_POINT ? "character" : this == BPE ? "token" : "word";
        }

        /** Whether tokens have all of a text, so that side by side they are the text. */
        boolean isWhole() {
            return this == CODE_POINT || this == BPE;
        }

        /** Whether texts are split at the boundaries of words. */
        boolean isWords() {
            return this == WORD || this == WORD_PART;
        }
    }

    private final Unit unit;
    private final int specials;
    private final List<String> tokens;
    private final Map<String, Integer> ids;
    private final Spacing spacing;
    private final List<String> merges; // of each byte pair its left and right, one behind the other
    private final BytePairs pairs; // null but for BPE

    Vocabulary(Unit unit, int specials, List<String> tokens, Spacing spacing, List<String> merges) {
        this.unit = unit;
        this.spacing = spacing;
        this.specials = specials;
        this.tokens = List.copyOf(tokens);
        this.ids = new HashMap<>(tokens.size() * 2);
        for (int id = 0; id < tokens.size(); id++) {
            if (ids.put(tokens.get(id), id) != null) {
                throw new IllegalArgumentException("the token \"" + tokens.get(id) + "\" occurs twice in the vocabulary");
            }
        }
        this.merges = List.copyOf(merges);
        this.pairs = unit == Unit.BPE ? new BytePairs(merges, ids) : null;
    }

    /**
     * {@return the vocabulary of all code points of a text, with {@code <unk>} for those that other texts may have}
     *
     * @param text a text
     * @throws IllegalArgumentException if the text is empty
     */
    public static Vocabulary ofCodePoints(CharSequence text) {
        return builder(Unit.CODE_POINT).add(text).build();
    }

    /**
     * {@return the vocabulary of all words of a text, with {@code <unk>} for those that other texts may have} For a language model {@code
     * builder(Unit.WORD).minimumCount(2)} is the usual choice: it learns little of a word that occurs once.
     *
     * @param text a text
     * @throws IllegalArgumentException if the text has no words
     */
    public static Vocabulary ofWords(CharSequence text) {
        return builder(Unit.WORD).add(text).build();
    }

    /**
     * {@return a builder that counts the tokens of one or more texts}
     *
     * @param unit the unit of its tokens
     */
    public static VocabularyBuilder builder(Unit unit) {
        return new VocabularyBuilder(unit);
    }

    /** {@return the number of tokens, special ones included} */
    public int size() {
        return tokens.size();
    }

    /** {@return what a token is} */
    public Unit unit() {
        return unit;
    }

    /** {@return the number of special tokens; they have the ids 0 … specials−1} */
    public int specials() {
        return specials;
    }

    /** {@return the id of {@code <unk>}, or −1 if this vocabulary refuses unknown tokens} */
    public int unknownId() {
        return special(UNKNOWN);
    }

    /** {@return the id of {@code <pad>}, or −1} */
    public int padId() {
        return special(PAD);
    }

    /** {@return the id of {@code <bos>}, or −1} */
    public int beginId() {
        return special(BEGIN);
    }

    /** {@return the id of {@code <eos>}, or −1} */
    public int endId() {
        return special(END);
    }

    /**
     * {@return the id of a token, or −1 if the vocabulary does not have it}
     *
     * @param token a token
     */
    public int id(String token) {
        int id = ids.getOrDefault(token, -1);
        return id >= 0 ? id : ids.getOrDefault(Tokens.normalized(unit, token), -1);
    }

    /**
     * {@return the token of an id}
     *
     * @param id from 0 to size − 1
     * @throws IllegalArgumentException if the id is not between 0 and size−1
     */
    public String token(int id) {
        if (id < 0 || id >= tokens.size()) {
            throw new IllegalArgumentException("id " + id + " is outside the vocabulary; expected 0 to " + (tokens.size() - 1));
        }
        return tokens.get(id);
    }

    /**
     * {@return the ids of a text} Tokens outside the vocabulary become {@code <unk>}.
     *
     * @param text a text
     * @throws IllegalArgumentException if the text has an unknown token and the vocabulary has no {@code <unk>}; the message names it
     *     and its position
     */
    public int[] encode(CharSequence text) {
        return encode(text, unknownId());
    }

    /**
     * {@return the ids of a text without unknown tokens, a prompt for example}
     *
     * @param text a text
     * @throws IllegalArgumentException if the vocabulary lacks a token of the text; the message names it and its position
     */
    public int[] encodeKnown(CharSequence text) {
        return encode(text, -1);
    }

    /**
     * {@return the tokens of a text, composed, as they are before {@code <unk>} takes the place of some}
     *
     * @param text a text
     */
    public List<String> tokens(String text) {
        return unit == Unit.BPE ? Arrays.stream(encode(text)).mapToObj(tokens::get).toList() : unit.tokens(text);
    }

    /**
     * {@return the ids of ready tokens} Those outside the vocabulary become {@code <unk>}.
     *
     * @param words the tokens
     * @throws IllegalArgumentException if one is unknown and the vocabulary has no {@code <unk>}
     */
    public int[] encodeTokens(List<String> words) {
        int unknown = unknownId();
        return words.stream().mapToInt(word -> {
            int id = id(word);
            if (id < specials && unknown < 0) {
                throw new IllegalArgumentException("the word \"" + word + "\" is not in the vocabulary of " + this
                        + ". Leave it out, or train with text that has it.");
            }
            return id < specials ? unknown : id;
        }).toArray();
    }

    /**
     * {@return the text of ids: code points and parts of words side by side, tokens with spaces between them, words with the spaces that
     * the texts had which this vocabulary was made of} Bytes that are no character are U+FFFD.
     *
     * @param sequence the ids
     */
    public String decode(int... sequence) {
        return text(words(sequence));
    }

    /**
     * {@return the text of tokens, spaced as {@link #decode} does it}
     *
     * @param words the tokens; the vocabulary need not have them
     */
    public String text(List<String> words) {
        return joined(words, false);
    }

    /**
     * {@return what ids add to the text of a token that stands before them}
     *
     * @param before the token's id; where it is a byte, a character ends with it
     * @param sequence the ids
     */
    public String decodeAfter(int before, int... sequence) {
        if (unit.isWhole()) {
            return decode(sequence);
        }
        int[] all = new int[sequence.length + 1];
        all[0] = before;
        System.arraycopy(sequence, 0, all, 1, sequence.length);
        return decode(all).substring(token(before).length());
    }

    /**
     * {@return how many of these ids have a text that stays as it is, whatever follows} All, but that a single quotation mark among words
     * is spaced otherwise once its partner follows, and that a character may be there in a part of its bytes.
     *
     * @param sequence the ids
     */
    public int settled(int... sequence) {
        List<String> words = words(sequence);
        int quote = unit.isWords() ? words.indexOf(QuoteMarks.SINGLE) : -1;
        return quote >= 0 ? quote : words.size() - (unit == Unit.BPE ? BytePairs.unfinished(words) : 0);
    }

    private List<String> words(int... sequence) {
        List<String> words = new ArrayList<>(sequence.length);
        for (int id : sequence) {
            words.add(token(id));
        }
        return words;
    }

    /**
     * {@return a text with one more token behind it, spaced as {@link #decode} does it}
     *
     * @param text a text
     * @param token the token
     */
    public String continued(String text, String token) {
        if (unit.isWhole()) {
            return unit == Unit.BPE && text.endsWith(" ") && token.startsWith(" ") ? text + token.substring(1) : text + token;
        }
        List<String> all = unit.tokens(text);
        all.add(token);
        // What stands before may be written otherwise once a quotation is closed; whether the token is spaced is asked alone.
        String joined = joined(all, true);
        int start = joined.length() - token.length();
        boolean spaced = start > 0 && joined.charAt(start - 1) == ' ' && !all.get(all.size() - 2).equals(" ");
        int lineStart = text.lastIndexOf(LINE_BREAK) + 1;
        return text.substring(0, lineStart) + text.substring(lineStart).stripTrailing() + (spaced ? " " : "") + token;
    }

    private String joined(List<String> words, boolean goesOn) {
        return switch (unit) {
            case CODE_POINT -> String.join("", words);
            case WORD, WORD_PART -> spacing.join(words, goesOn);
            case TOKEN -> String.join(" ", words);
            case WHITESPACE -> lines(words);
            case BPE -> BytePairs.text(words);
        };
    }

    private static String lines(List<String> words) {
        StringBuilder text = new StringBuilder();
        String before = LINE_BREAK;
        for (String word : words) {
            text.append(before.equals(LINE_BREAK) || word.equals(LINE_BREAK) ? "" : " ").append(word);
            before = word;
        }
        return text.toString();
    }

    /**
     * {@return this vocabulary as JSON, for {@link #fromJson}} {@code {"unit":"code_point","unicode":"15.0","normalization":"NFC",
     * "specials":["<unk>"],"tokens":["e","t",…]}}, tokens in the order of their ids. One of words also has a {@code spacing}, one of a
     * byte-pair encoding its {@code merges}, of each the left and the right token.
     */
    public JsonObject toJson() {
        JsonObjectBuilder json = JsonObject.builder().put("unit", unit).put("unicode", Unicode.VERSION)
                .put("normalization", NORMALIZATION);
        if (unit.isWords()) {
            json.put("spacing", spacing.toJson());
        }
        if (unit == Unit.BPE) {
            json.put("merges", merges);
        }
        return json.put("specials", tokens.subList(0, specials)).put("tokens", tokens.subList(specials, tokens.size())).build();
    }

    /**
     * {@return the vocabulary that {@link #toJson} wrote}
     *
     * @param json what {@link #toJson} returned
     * @throws IllegalArgumentException if the object is not a vocabulary; the message names the key
     */
    public static Vocabulary fromJson(JsonObject json) {
        json.only("unit", "unicode", "normalization", "spacing", "merges", "specials", "tokens");
        if (!json.has("unicode")) {
            throw new IllegalArgumentException("it is of an earlier Tidegate, which split texts into words otherwise: train the model"
                    + " again, with the data and the options that it was made with");
        }
        if (!json.string("unicode").equals(Unicode.VERSION) || !json.string("normalization").equals(NORMALIZATION)) {
            throw new IllegalArgumentException("its texts are split by the tables of Unicode " + json.string("unicode")
                    + " in the normalization form " + json.string("normalization") + ", and this Tidegate has " + Unicode.VERSION + " and "
                    + NORMALIZATION + "; use the version that the model was made with, or train it again");
        }
        List<String> specials = json.strings("specials");
        List<String> tokens = json.strings("tokens");
        if (!SPECIALS.containsAll(specials)) {
            throw json.refusal("specials", "some of " + SPECIALS);
        }
        if (tokens.isEmpty()) {
            throw json.refusal("tokens", "at least one token");
        }
        List<String> all = new ArrayList<>(specials);
        all.addAll(tokens);
        Unit unit = json.constant("unit", Unit.class);
        Spacing spacing = unit.isWords() ? Spacing.of(json.object("spacing")) : Spacing.USUAL;
        if (unit != Unit.BPE) {
            return new Vocabulary(unit, specials.size(), all, spacing, List.of());
        }
        if (!BytePairs.canSpell(tokens)) {
            throw json.refusal("tokens", "a token for each byte of UTF-8 or its character");
        }
        List<String> merges = json.strings("merges");
        if (merges.size() % 2 != 0) {
            throw json.refusal("merges", "the left and the right token of each merge");
        }
        return new Vocabulary(unit, specials.size(), all, spacing, merges);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vocabulary that && unit == that.unit && specials == that.specials && tokens.equals(that.tokens)
                && spacing.equals(that.spacing) && merges.equals(that.merges);
    }

    @Override
    public int hashCode() {
        return tokens.hashCode() * 31 + unit.ordinal();
    }

    /** {@return how many tokens there are besides the special ones, for people: "3,996 parts of words"} */
    public String describe() {
        return String.format(Locale.ROOT, "%,d %s", size() - specials, noun());
    }

    @Override
    public String toString() {
        return size() + " " + noun();
    }

    private String noun() {
        return unit == Unit.BPE ? "parts of words" : unit.noun() + "s";
    }

    private int special(String name) {
        int id = ids.getOrDefault(name, -1);
        return id < specials ? id : -1;
    }

    private int[] encode(CharSequence given, int unknown) {
        String text = Tokens.normalized(unit, given);
        IntSink sink = new IntSink(unit == Unit.CODE_POINT ? text.length() : text.length() / 4 + 16);
        if (unit == Unit.BPE) {
            Tokens.of(unit, text, (start, end) -> {
                for (int id : pairs.encode(text.substring(start, end))) {
                    sink.add(id);
                }
            });
            return sink.toArray();
        }
        Tokens.of(unit, text, (start, end) -> {
            int id = ordinary(text, start, end);
            if (id < 0 && unknown < 0) {
                throw new IllegalArgumentException(Tokens.describe(unit, text, start, end) + " is not in the vocabulary of " + this
                        + ". Leave it out, or train with text that has it.");
            }
            sink.add(id < 0 ? unknown : id);
        });
        return sink.toArray();
    }

    // A special token is never found in running text, even where the text spells one out.
    private int ordinary(CharSequence text, int start, int end) {
        int id = ids.getOrDefault(text.subSequence(start, end).toString(), -1);
        return id >= specials ? id : -1;
    }

    private static final class IntSink {
        private int[] values;
        private int size;

        IntSink(int capacity) {
            values = new int[Math.max(capacity, 1)];
        }

        void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, size + (size >> 1) + 16);
            }
            values[size++] = value;
        }

        int[] toArray() {
            return size == values.length ? values : Arrays.copyOf(values, size);
        }
    }
}
