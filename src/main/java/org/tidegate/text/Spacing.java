package org.tidegate.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tidegate.json.JsonObject;

/**
 * Where spaces stand between tokens, as the texts had them that a vocabulary was made of: whether a sign is joined to what stands before it
 * and after it ({@code c'est}, {@code Quoi ?}), and whether letters are joined to characters of languages without spaces. Signs that the
 * texts lack are written as is usual. Immutable.
 *
 * @param before the signs that are joined to the token before them
 * @param after the signs that are joined to the token after them
 * @param mixed whether a word is joined to a character of a language without spaces
 * @param singles whether straight single quotes open and close quotations ({@code he said 'no'}) among tokens of which apostrophes inside
 *     words are a part
 */
record Spacing(Set<String> before, Set<String> after, boolean mixed, boolean singles) {
    /** How many quotations there are for one apostrophe that is a token of its own (90's) where single quotes are quotation marks. */
    private static final int SINGLES_SHARE = 8;

    /** What most people write. */
    static final Spacing USUAL = new Spacing(
            Set.of(".", ",", ";", ":", "!", "?", ")", "]", "}", "%", "'", "\u2019", "-", "\u201D", "\u2026", "\u00BB", "/", "\"",
                    "\u0964", "\u0965", "\u060C", "\u061B", "\u061F", "\u06D4", "\u2010", "\u00B2", "\u00B3"),
            Set.of("(", "[", "{", "\u201C", "\u00BF", "\u00A1", "'", "\u2019", "-", "\u00AB", "/", "$", "\u00A3", "#", "@", "\"", "\u2010"),
            true, false);

    private static final String QUOTE = "\"";
    /** A quotation mark is joined on one side at a time: to what follows where it opens, to what it follows where it closes. */
    private static final double QUOTE_SHARE = 0.25;

    Spacing {
        before = Set.copyOf(before);
        after = Set.copyOf(after);
    }

    static Spacing of(JsonObject json) {
        json.only("before", "after", "mixed", "singles");
        return new Spacing(Set.copyOf(json.strings("before")), Set.copyOf(json.strings("after")), json.flag("mixed"),
                json.has("singles") && json.flag("singles"));
    }

    JsonObject toJson() {
        var json = JsonObject.builder().put("before", sorted(before)).put("after", sorted(after)).put("mixed", mixed);
        return singles ? json.put("singles", true).build() : json.build();
    }

    private static List<String> sorted(Set<String> tokens) {
        return List.copyOf(new TreeSet<>(tokens));
    }

    /** The text of tokens. */
    String join(List<String> tokens) {
        return join(tokens, false);
    }

    /** The text of tokens; goesOn: of the first ones of a text. */
    String join(List<String> tokens, boolean goesOn) {
        StringBuilder text = new StringBuilder();
        String last = "\n";
        boolean open = false;
        boolean inSingles = false;
        boolean opened = false; // whether the last token is a single quote that opens
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            boolean quote = token.equals(QUOTE) && before.contains(QUOTE);
            boolean single = singles && token.equals(QuoteMarks.SINGLE);
            boolean opens = single && QuoteMarks.opens(tokens, i, inSingles, goesOn);
            boolean joined = isGap(last) || isGap(token)
                    || (quote ? open : single ? !opens : before.contains(token) && isSign(token))
                    || (last.equals(QUOTE) && before.contains(QUOTE) ? open
                            : singles && last.equals(QuoteMarks.SINGLE) ? opened : after.contains(last) && isSign(last))
                    || isJoined(kind(last), kind(token));
            if (!joined) {
                text.append(' ');
            }
            text.append(token);
            open = open != quote && !token.equals("\n");
            inSingles = !token.equals("\n") && (opens || inSingles && !(single && QuoteMarks.closes(tokens, i)));
            opened = opens;
            last = token;
        }
        return text.toString();
    }

    private boolean isJoined(int last, int next) {
        boolean lastUnspaced = isUnspaced(last);
        boolean nextUnspaced = isUnspaced(next);
        return lastUnspaced && nextUnspaced
                || mixed && (lastUnspaced && next == UnicodeTable.LETTER || nextUnspaced && last == UnicodeTable.LETTER);
    }

    /** Whether a kind of code point is that of a language without spaces. */
    static boolean isUnspaced(int kind) {
        return kind == UnicodeTable.UNSPACED || kind == UnicodeTable.COMPLEX;
    }

    private static boolean isGap(String token) {
        return token.equals("\n") || token.equals(" ");
    }

    private static boolean isSign(String token) {
        return kind(token) == UnicodeTable.SIGN;
    }

    private static int kind(CharSequence token) {
        return token.isEmpty() ? UnicodeTable.SPACE : token.charAt(token.length() - 1) == WordTokenizer.KEYCAP ? UnicodeTable.SIGN
                : UnicodeTable.kind(Character.codePointAt(token, 0));
    }

    /** Counts where spaces stand in texts. */
    static final class Counts {
        /** Of a sign: joined before, spaced before, joined after, spaced after. */
        private final Map<String, long[]> signs = new HashMap<>();
        private long mixedJoined;
        private long mixedSpaced;
        private long singlesOpening;
        private long singlesInside;

        /** Sees the tokens of a text one after the other. */
        final class Reader {
            private final CharSequence text;
            private int last = -1; // where the last token ended
            private String lastSign; // the last token, if it is a sign
            private int lastKind;
            private boolean spacedBefore; // the last token

            Reader(CharSequence text) {
                this.text = text;
            }

            void token(int start, int end) {
                CharSequence token = text.subSequence(start, end);
                int kind = kind(token);
                if (QuoteMarks.SINGLE.equals(lastSign) && last == start && kind != UnicodeTable.SPACE && kind != UnicodeTable.SIGN) {
                    singlesOpening += spacedBefore ? 1 : 0;
                    singlesInside += spacedBefore ? 0 : 1;
                }
                spacedBefore = last != start || lastKind == UnicodeTable.SPACE || lastKind == UnicodeTable.SIGN;
                String sign = kind == UnicodeTable.SIGN ? token.toString() : null;
                // What stands beside a line break or an end says nothing.
                if (last >= 0 && kind != UnicodeTable.SPACE && lastKind != UnicodeTable.SPACE) {
                    boolean joined = last == start;
                    if (lastSign != null) {
                        signs.get(lastSign)[joined ? 2 : 3]++;
                    }
                    if (sign != null) {
                        signs.computeIfAbsent(sign, unseen -> new long[4])[joined ? 0 : 1]++;
                    }
                    if (isUnspaced(kind) && lastKind == UnicodeTable.LETTER || isUnspaced(lastKind) && kind == UnicodeTable.LETTER) {
                        mixedJoined += joined ? 1 : 0;
                        mixedSpaced += joined ? 0 : 1;
                    }
                } else if (sign != null) {
                    signs.computeIfAbsent(sign, unseen -> new long[4]);
                }
                last = end;
                lastSign = sign;
                lastKind = kind;
            }
        }

        /** The spacing of the texts. */
        Spacing spacing() {
            Set<String> before = new HashSet<>();
            Set<String> after = new HashSet<>();
            List<String> all = new ArrayList<>(signs.keySet());
            all.addAll(USUAL.before);
            all.addAll(USUAL.after);
            for (String sign : all) {
                long[] seen = signs.getOrDefault(sign, new long[4]);
                if (sign.equals(QUOTE)) {
                    long joined = Math.max(seen[0], seen[2]);
                    long spaced = joined == seen[0] ? seen[1] : seen[3];
                    add(before, sign, joined + spaced == 0 || joined >= QUOTE_SHARE * (joined + spaced));
                    continue;
                }
                add(before, sign, seen[0] == seen[1] ? USUAL.before.contains(sign) : seen[0] > seen[1]);
                add(after, sign, seen[2] == seen[3] ? USUAL.after.contains(sign) : seen[2] > seen[3]);
            }
            return new Spacing(before, after, mixedJoined >= mixedSpaced, singlesOpening > SINGLES_SHARE * singlesInside);
        }

        private static void add(Set<String> to, String sign, boolean joined) {
            if (joined) {
                to.add(sign);
            }
        }
    }
}
