package org.tidegate.text;

import java.util.List;
import java.util.Locale;

/**
 * A straight single quote among the tokens of a line: the apostrophe of a plural ({@code dogs' tails}), or a mark that opens or closes. One
 * that opens has a partner behind it.
 */
final class QuoteMarks {
    static final String SINGLE = "'";

    private QuoteMarks() {}

    /**
     * Whether the token opens a quotation; where it does not, it is joined to what stands before it.
     *
     * @param open whether a quotation is open
     * @param goesOn whether more tokens follow, among which there may be a partner
     */
    static boolean opens(List<String> tokens, int at, boolean open, boolean goesOn) {
        boolean wordBefore = at > 0 && Character.isLetterOrDigit(last(tokens.get(at - 1)));
        boolean wordBehind = at + 1 < tokens.size() && Character.isLetterOrDigit(tokens.get(at + 1).codePointAt(0));
        if (open || wordBefore && !wordBehind && !(goesOn && at + 1 == tokens.size())) {
            return false;
        }
        int partners = partners(tokens, at);
        if (wordBefore && partners == 0) {
            return goesOn && !isPlural(tokens.get(at - 1));
        }
        return !wordBefore || !isPlural(tokens.get(at - 1)) || partners % 2 == 1 && !allPlural(tokens, at);
    }

    /** Whether the token closes the quotation that is open: the apostrophe of a plural inside it leaves one to close it. */
    static boolean closes(List<String> tokens, int at) {
        return at == 0 || !isPlural(tokens.get(at - 1)) || partners(tokens, at) % 2 == 0;
    }

    private static int partners(List<String> tokens, int at) {
        int found = 0;
        for (int i = at + 1; i < tokens.size() && !tokens.get(i).equals("\n"); i++) {
            found += tokens.get(i).equals(SINGLE) ? 1 : 0;
        }
        return found;
    }

    /** Whether what follows are apostrophes of plurals as well. */
    private static boolean allPlural(List<String> tokens, int at) {
        for (int i = at + 1; i < tokens.size() && !tokens.get(i).equals("\n"); i++) {
            if (tokens.get(i).equals(SINGLE) && !isPlural(tokens.get(i - 1))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlural(String word) {
        return word.toLowerCase(Locale.ROOT).endsWith("s");
    }

    private static int last(String token) {
        return token.isEmpty() ? ' ' : token.codePointBefore(token.length());
    }
}
