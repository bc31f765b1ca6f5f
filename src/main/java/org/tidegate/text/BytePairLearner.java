package org.tidegate.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Learns a byte-pair encoding (R. Sennrich, B. Haddow and A. Birch: Neural machine translation of rare words with subword units, 2016): of
 * all words, which begin as code points, the most frequent pair of neighbours becomes one token, again and again. Pairs of one count are
 * ordered by the code points of their left and then their right part.
 *
 * <p>The counts of pairs are kept up to date: a merge looks at its own places only.
 */
final class BytePairLearner {
    /** A pair that occurs less often is never merged. */
    private static final int LEAST = 2;
    private static final int NONE = -1;

    private final List<String> symbols = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> merges = new ArrayList<>();
    private final Map<Long, Pair> pairs = new HashMap<>();
    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(this::compare);
    // Of each place in the words its symbol, the places beside it, and how often its word occurs. A merge takes its left place.
    private final int[] symbol;
    private final int[] next;
    private final int[] previous;
    private final long[] weight;

    /** A pair of neighbours: how often it occurs, and all places of its left part, with some where it was. */
    private static final class Pair {
        private final int left;
        private final int right;
        private long count;
        private int[] places = new int[2];
        private int size;
        private boolean learned;

        Pair(int left, int right) {
            this.left = left;
            this.right = right;
        }

        void add(int place) {
            places = size < places.length ? places : Arrays.copyOf(places, 2 * size);
            places[size++] = place;
        }
    }

    /** A pair in the queue with the count that it had then. */
    private record Waiting(Pair pair, long count) {}

    /** Words with their counts, of which the code points that are no tokens part the others. */
    BytePairLearner(Map<String, long[]> words, List<String> tokens) {
        tokens.forEach(this::number);
        int length = words.keySet().stream().mapToInt(word -> word.codePointCount(0, word.length())).sum();
        symbol = new int[length];
        next = new int[length];
        previous = new int[length];
        weight = new long[length];
        int place = 0;
        for (Map.Entry<String, long[]> word : words.entrySet()) {
            int first = place;
            for (int at = 0; at < word.getKey().length();) {
                int end = at + Character.charCount(word.getKey().codePointAt(at));
                symbol[place] = numbers.getOrDefault(word.getKey().substring(at, end), NONE);
                previous[place] = place == first ? NONE : place - 1;
                next[place] = place + 1;
                weight[place++] = word.getValue()[0];
                at = end;
            }
            if (place > first) {
                next[place - 1] = NONE;
            }
        }
        Set<Pair> found = new HashSet<>();
        for (int i = 0; i < length; i++) {
            count(i, next[i], found);
        }
        found.forEach(this::push);
    }

    /** Learns at most so many more tokens, of pairs that occur so often; returns left and right of each merge, one behind the other. */
    List<String> learn(int tokens, int minimumCount) {
        int most = (int) Math.min(Integer.MAX_VALUE, (long) symbols.size() + tokens);
        while (symbols.size() < most && !waiting.isEmpty()) {
            Waiting best = waiting.remove();
            if (best.count != best.pair.count) {
                push(best.pair);
            } else if (best.count >= Math.max(LEAST, minimumCount)) {
                merge(best.pair);
            } else {
                break;
            }
        }
        return merges;
    }

    /** The tokens after the last merge. */
    List<String> tokens() {
        return symbols;
    }

    private void merge(Pair pair) {
        String left = symbols.get(pair.left);
        String right = symbols.get(pair.right);
        if (!pair.learned) { // else another merge has made a part of it once more
            merges.add(left);
            merges.add(right);
        }
        pair.learned = true;
        int merged = number(left + right);
        Set<Pair> changed = new HashSet<>();
        int[] places = Arrays.copyOf(pair.places, pair.size);
        Arrays.sort(places); // from left to right, where pairs overlap
        pair.size = 0;
        for (int at : places) {
            int behind = symbol[at] == pair.left ? next[at] : NONE;
            if (behind == NONE || symbol[behind] != pair.right) {
                continue;
            }
            discount(previous[at], at);
            discount(at, behind);
            discount(behind, next[behind]);
            symbol[at] = merged;
            symbol[behind] = NONE;
            next[at] = next[behind];
            if (next[at] != NONE) {
                previous[next[at]] = at;
            }
            count(previous[at], at, changed);
            count(at, next[at], changed);
        }
        changed.forEach(this::push);
    }

    private void count(int left, int right, Set<Pair> changed) {
        if (isPair(left, right)) {
            Pair pair = pairs.computeIfAbsent(BytePairs.pair(symbol[left], symbol[right]), key -> new Pair(symbol[left], symbol[right]));
            pair.count += weight[left];
            pair.add(left);
            changed.add(pair);
        }
    }

    private void discount(int left, int right) {
        if (isPair(left, right)) {
            pairs.get(BytePairs.pair(symbol[left], symbol[right])).count -= weight[left];
        }
    }

    private boolean isPair(int left, int right) {
        return left != NONE && right != NONE && symbol[left] != NONE && symbol[right] != NONE;
    }

    private void push(Pair pair) {
        if (pair.count > 0) {
            waiting.add(new Waiting(pair, pair.count));
        }
    }

    private int compare(Waiting a, Waiting b) {
        if (a.count != b.count) {
            return Long.compare(b.count, a.count);
        }
        Comparator<String> order = VocabularyBuilder.BY_CODE_POINT;
        int left = order.compare(symbols.get(a.pair.left), symbols.get(b.pair.left));
        return left != 0 ? left : order.compare(symbols.get(a.pair.right), symbols.get(b.pair.right));
    }

    private int number(String token) {
        return numbers.computeIfAbsent(token, unseen -> {
            symbols.add(unseen);
            return symbols.size() - 1;
        });
    }
}
