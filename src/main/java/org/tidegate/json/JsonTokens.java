/* The tokens of a JSON text (RFC 8259), one after another, with the place at which they stand. */
package org.tidegate.json;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads a text strictly: no comments, no other quotes, no commas at an end, no key twice in an object, at most 127 objects and lists within
 * each other. A violation is an {@link IllegalArgumentException} that names line and column.
 */
final class JsonTokens {
    private static final int MAXIMUM_DEPTH = 127;
    /** More digits than any number needs, and few enough to be read in a moment. */
    private static final int MAXIMUM_DIGITS = 1000;

    enum Token { START_OBJECT, END_OBJECT, START_LIST, END_LIST, KEY, TEXT, NUMBER, TRUE, FALSE, NULL, END }

    private final String json;
    private int at;
    private Token token; // null before the first
    private String text; // of a key, a text or a number

    // Of the objects and lists around, from the outermost: whether it is a list, its items or keys so far, its last key, all its keys.
    private int depth;
    private boolean[] isList = new boolean[8];
    private int[] count = new int[8];
    private String[] key = new String[8];
    private Object[] keys = new Object[8];

    JsonTokens(String json) {
        this.json = json;
    }

    Token token() {
        return token;
    }

    String text() {
        return text;
    }

    /** How many objects and lists the token stands in; of the beginning of one, with that itself. */
    int depth() {
        return depth;
    }

    boolean isList(int level) {
        return isList[level];
    }

    /** The number of the item in the list of that level, from 0; -1 before the first. */
    int index(int level) {
        return count[level] - 1;
    }

    String key(int level) {
        return key[level];
    }

    Token next() {
        skipBlanks();
        if (depth == 0) {
            if (token != null && at < json.length()) {
                throw invalid("something follows the object");
            }
            return token = at == json.length() ? Token.END : value();
        }
        if (token == Token.KEY) {
            if (current() != ':') {
                throw unexpected("a colon");
            }
            at++;
            skipBlanks();
            return token = value();
        }
        int level = depth - 1;
        if (current() == (isList[level] ? ']' : '}')) {
            at++;
            depth--;
            return token = isList[level] ? Token.END_LIST : Token.END_OBJECT;
        }
        if (count[level]++ > 0) {
            if (current() != ',') {
                throw unexpected(isList[level] ? "a comma or ]" : "a comma or }");
            }
            at++;
            skipBlanks();
        }
        return token = isList[level] ? value() : key();
    }

    private Token key() {
        if (current() != '"') {
            throw unexpected("a key in double quotes");
        }
        text = string();
        int level = depth - 1;
        if (!isNew(level)) {
            throw invalid("Duplicate key \"" + text + "\"");
        }
        key[level] = text;
        return Token.KEY;
    }

    @SuppressWarnings("unchecked")
    private boolean isNew(int level) {
        if (keys[level] == null) {
            keys[level] = new HashSet<String>();
        }
        return ((Set<String>) keys[level]).add(text);
    }

    private Token value() {
        char c = current();
        switch (c) {
            case '{':
                enter(false);
                return Token.START_OBJECT;
            case '[':
                enter(true);
                return Token.START_LIST;
            case '"':
                text = string();
                return Token.TEXT;
            case 't':
                return word("true", Token.TRUE);
            case 'f':
                return word("false", Token.FALSE);
            case 'n':
                return word("null", Token.NULL);
            default:
                if (c == '-' || isDigit(c)) {
                    text = number();
                    return Token.NUMBER;
                }
                throw unexpected("a value");
        }
    }

    private void enter(boolean list) {
        if (depth == MAXIMUM_DEPTH) {
            throw invalid("more than " + MAXIMUM_DEPTH + " objects and lists within each other");
        }
        at++;
        if (depth == isList.length) {
            isList = Arrays.copyOf(isList, 2 * depth);
            count = Arrays.copyOf(count, 2 * depth);
            key = Arrays.copyOf(key, 2 * depth);
            keys = Arrays.copyOf(keys, 2 * depth);
        }
        isList[depth] = list;
        count[depth] = 0;
        keys[depth++] = null;
    }

    private Token word(String word, Token value) {
        if (!json.startsWith(word, at)) {
            throw unexpected("a value");
        }
        at += word.length();
        return value;
    }

    private String number() {
        int begin = at;
        if (current() == '-') {
            at++;
        }
        if (current() == '0') {
            at++;
        } else {
            digits();
        }
        if (at < json.length() && json.charAt(at) == '.') {
            at++;
            digits();
        }
        if (at < json.length() && (json.charAt(at) | 0x20) == 'e') {
            at++;
            if (current() == '+' || current() == '-') {
                at++;
            }
            digits();
        }
        if (at - begin > MAXIMUM_DIGITS) {
            throw invalid("a number of more than " + MAXIMUM_DIGITS + " characters");
        }
        return json.substring(begin, at);
    }

    private void digits() {
        if (!isDigit(current())) {
            throw unexpected("a digit");
        }
        while (at < json.length() && isDigit(json.charAt(at))) {
            at++;
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private String string() {
        int begin = ++at;
        StringBuilder unescaped = null;
        for (char c = current(); c != '"'; c = current()) {
            if (c < ' ') {
                throw invalid("a control character in a text, which takes an escape such as \\n or \\u0001");
            }
            if (c == '\\') {
                unescaped = (unescaped == null ? new StringBuilder() : unescaped).append(json, begin, at++);
                unescaped.append(escaped());
                begin = at;
            } else {
                at++;
            }
        }
        String rest = json.substring(begin, at++);
        String whole = unescaped == null ? rest : unescaped.append(rest).toString();
        if (!isPaired(whole)) {
            throw invalid("a text has half of a surrogate pair");
        }
        return whole;
    }

    private char escaped() {
        char c = current();
        at++;
        switch (c) {
            case '"', '\\', '/':
                return c;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                int code = 0;
                for (int i = 0; i < 4; i++, at++) {
                    int digit = current() > 'f' ? -1 : Character.digit(current(), 16);
                    if (digit < 0) {
                        throw unexpected("a hexadecimal digit");
                    }
                    code = code << 4 | digit;
                }
                return (char) code;
            default:
                at--;
                throw unexpected("one of \" \\ / b f n r t u behind a backslash");
        }
    }

    /** Whether no half of a surrogate pair stands alone; such a half, which only an escape can write, is no Unicode text. */
    static boolean isPaired(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    private void skipBlanks() {
        while (at < json.length()) {
            char c = json.charAt(at);
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                return;
            }
            at++;
        }
    }

    private char current() {
        if (at == json.length()) {
            throw invalid("the text ends too early");
        }
        return json.charAt(at);
    }

    private IllegalArgumentException unexpected(String expected) {
        int found = json.codePointAt(at);
        boolean shown = found > ' ' && found != 0x7F && (found < 0x80 || Character.isLetterOrDigit(found));
        return invalid("found " + (shown ? Character.toString(found) : "U+" + hexadecimal(found)) + ", expected " + expected);
    }

    /** Four digits or more. */
    static String hexadecimal(int code) {
        String digits = Integer.toHexString(code).toUpperCase(java.util.Locale.ROOT);
        return "0".repeat(Math.max(0, 4 - digits.length())) + digits;
    }

    /** What is wrong at the place that was reached. */
    IllegalArgumentException invalid(String reason) {
        int line = 1;
        int begin = 0;
        for (int i = 0; i < at; i++) {
            char c = json.charAt(i);
            if (c == '\n' || c == '\r' && !(i + 1 < json.length() && json.charAt(i + 1) == '\n')) {
                line++;
                begin = i + 1;
            }
        }
        return new IllegalArgumentException("not valid JSON at line " + line + ", column " + (at - begin + 1) + ": " + reason);
    }
}
