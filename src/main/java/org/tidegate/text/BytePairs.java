package org.tidegate.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Spells words with the tokens of a byte-pair encoding (R. Sennrich, B. Haddow and A. Birch, 2016): a word begins as its code points, and
 * of the pairs of neighbours that were merged in learning the one that was merged first is merged next, from left to right. A code point that
 * is no token is spelled by the bytes of its UTF-8. Immutable but for its memory of words; may be shared by threads.
 */
final class BytePairs {
    /** Words that are remembered, and the most chars of one. */
    private static final int REMEMBERED = 1 << 16;
    private static final int LONGEST = 64;
    private static final int ASCII = 0x80;
    static final int BYTES = 0x100;
    /** The bytes that UTF-8 has: all but C0, C1 and F5 to FF. */
    static final int COUNT = 0x100 - 13;

    private final Map<String, Integer> ids;
    private final Map<Long, Integer> ranks = new HashMap<>();
    private final int[] merged; // by rank: the id of what the pair becomes
    private final int[] bytes = new int[BYTES]; // of each byte its id, or -1
    private final Map<String, int[]> remembered = new ConcurrentHashMap<>();

    /**
     * Byte pairs over the tokens of a vocabulary.
     *
     * @param merges left and right of each merge, one behind the other
     * @param ids of all tokens
     */
    BytePairs(List<String> merges, Map<String, Integer> ids) {
        this.ids = ids;
        merged = new int[merges.size() / 2];
        for (int rank = 0; rank < merged.length; rank++) {
            String left = merges.get(2 * rank);
            String right = merges.get(2 * rank + 1);
            if (!ids.containsKey(left) || !ids.containsKey(right) || !ids.containsKey(left + right)) {
                throw new IllegalArgumentException("the merge of \"" + left + "\" and \"" + right
                        + "\" is none of two tokens that give a third");
            }
            ranks.putIfAbsent(pair(ids.get(left), ids.get(right)), rank);
            merged[rank] = ids.get(left + right);
        }
        for (int octet = 0; octet < BYTES; octet++) {
            bytes[octet] = ids.getOrDefault(name(octet), -1);
        }
    }

    /** The token of a byte; no word has it, as it is of signs and letters. */
    static String name(int octet) {
        return String.format(Locale.ROOT, "<0x%02X>", octet);
    }

    static boolean isAscii(String character) {
        return character.charAt(0) < ASCII;
    }

    /** Whether UTF-8 has the byte, and it is no character that is a token itself. */
    static boolean isNeeded(int octet, Set<String> characters) {
        return octet < ASCII ? !characters.contains(Character.toString(octet)) : octet < 0xC0 || octet >= 0xC2 && octet <= 0xF4;
    }

    /** Whether tokens can spell every character. */
    static boolean canSpell(List<String> tokens) {
        Set<String> all = Set.copyOf(tokens);
        return IntStream.range(0, BYTES).filter(octet -> isNeeded(octet, all)).allMatch(octet -> all.contains(name(octet)));
    }

    static long pair(int left, int right) {
        return (long) left << Integer.SIZE | right;
    }

    /** The ids of a word, not to be changed. */
    int[] encode(String word) {
        int[] known = remembered.get(word);
        if (known == null) {
            known = merged(start(word));
            if (word.length() <= LONGEST && remembered.size() < REMEMBERED) {
                remembered.put(word, known);
            }
        }
        return known;
    }

    /** Code points, or bytes. */
    private int[] start(String word) {
        int[] start = new int[3 * word.length()];
        int size = 0;
        for (int at = 0; at < word.length();) {
            int codePoint = word.codePointAt(at);
            int next = at + Character.charCount(codePoint);
            int id = ids.getOrDefault(word.substring(at, next), -1);
            if (id >= 0) {
                start[size++] = id;
            } else {
                // Half of a surrogate pair is no character, and has no bytes.
                int spelled = next == at + 1 && Character.isSurrogate(word.charAt(at)) ? Utf8.REPLACEMENT : codePoint;
                for (byte octet : Character.toString(spelled).getBytes(StandardCharsets.UTF_8)) {
                    start[size++] = bytes[octet & 0xFF];
                }
            }
            at = next;
        }
        return Arrays.copyOf(start, size);
    }

    /** A merge takes the place of its left part; the right part is −1 then. */
    private int[] merged(int... symbols) {
        int[] next = new int[symbols.length];
        int[] previous = new int[symbols.length];
        PriorityQueue<Long> waiting = new PriorityQueue<>(); // by rank, then by place
        for (int i = 0; i < symbols.length; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
            push(waiting, symbols, i, i + 1);
        }
        while (!waiting.isEmpty()) {
            long first = waiting.remove();
            int left = (int) first;
            int rank = (int) (first >> Integer.SIZE);
            int right = symbols[left] < 0 ? symbols.length : next[left];
            if (right < symbols.length && rank == ranks.getOrDefault(pair(symbols[left], symbols[right]), -1)) {
                symbols[left] = merged[rank];
                symbols[right] = -1;
                next[left] = next[right];
                if (next[left] < symbols.length) {
                    previous[next[left]] = left;
                }
                push(waiting, symbols, previous[left], left);
                push(waiting, symbols, left, next[left]);
            }
        }
        return Arrays.stream(symbols).filter(symbol -> symbol >= 0).toArray();
    }

    private void push(PriorityQueue<Long> waiting, int[] symbols, int left, int right) {
        if (left >= 0 && right < symbols.length) {
            int rank = ranks.getOrDefault(pair(symbols[left], symbols[right]), -1);
            if (rank >= 0) {
                waiting.add(pair(rank, left));
            }
        }
    }

    /** The text of tokens one behind the other; bytes that are no UTF-8 are U+FFFD. */
    static String text(List<String> tokens) {
        StringBuilder text = new StringBuilder();
        ByteArrayOutputStream spelled = new ByteArrayOutputStream();
        for (String token : tokens) {
            int octet = octet(token);
            if (octet >= 0) {
                spelled.write(octet);
            } else {
                text.append(spelled.toString(StandardCharsets.UTF_8)).append(token);
                spelled.reset();
            }
        }
        return text.append(spelled.toString(StandardCharsets.UTF_8)).toString();
    }

    /** How many tokens at the end are the beginning of a character, 0 to 3. */
    static int unfinished(List<String> tokens) {
        for (int count = 1; count <= Math.min(3, tokens.size()); count++) {
            int octet = octet(tokens.get(tokens.size() - count));
            if (octet < ASCII) {
                return 0;
            }
            if (octet >= 0xC0) {
                int length = octet < 0xE0 ? 2 : octet < 0xF0 ? 3 : 4;
                return count < length ? count : 0;
            }
        }
        return 0;
    }

    /** The byte of a token, or −1. */
    private static int octet(String token) {
        return token.length() == 6 && token.startsWith("<0x") && token.endsWith(">") ? Integer.parseInt(token.substring(3, 5), 16) : -1;
    }
}
