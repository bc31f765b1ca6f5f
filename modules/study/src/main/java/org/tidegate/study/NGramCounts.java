package org.tidegate.study;

import java.util.Arrays;

/**
 * The n-grams of a text up to an order, as a trie: the node of "u w" is the child of "u" by the token w, and is linked to the node of
 * its suffix, the n-gram without the first token. Node 0 is the empty n-gram.
 *
 * <p>An n-gram of the highest order counts its occurrences. A shorter one counts the different tokens that it follows (its
 * continuation count, Kneser and Ney 1995); the beginning of the text counts as one of them. So every n-gram of the text has a count.
 */
final class NGramCounts {
    static final int EMPTY = 0;
    private static final int NONE = -1;
    private static final int FREE = 0;

    private final int order;
    private int nodes = 1;
    private int[] suffix = new int[1024];
    private int[] count = new int[1024];
    private byte[] length = new byte[1024];
    private int[] parent = new int[1024];
    // Open addressing over (parent, token); a slot holds a child, and 0 is free, as the empty n-gram is no child.
    private int[] token = new int[1024];
    private int[] slots = new int[4096];

    NGramCounts(int[] ids, int order) {
        this.order = order;
        // The n-grams of each length that end at this token, and at the one before; that of length 0 is the empty one.
        int[] ending = new int[order + 1];
        int[] before = new int[order + 1];
        for (int i = 0; i < ids.length; i++) {
            int[] spare = before;
            before = ending;
            ending = spare;
            int longest = Math.min(order, i + 1);
            for (int m = 1; m <= longest; m++) {
                ending[m] = childOrNew(before[m - 1], ids[i], ending[m - 1], m);
            }
            // An occurrence of the highest order, or an n-gram that follows the beginning of the text.
            count[ending[longest]]++;
        }
    }

    int order() {
        return order;
    }

    /** The number of n-grams, the empty one included: they have the numbers 0 … nodes−1. */
    int nodes() {
        return nodes;
    }

    /** The node of an n-gram with one more token, or −1 if the text does not have it. */
    int child(int node, int next) {
        int found = slots[slot(node, next)];
        return found == FREE ? NONE : found;
    }

    /** The node of an n-gram without its first token. */
    int suffix(int node) {
        return suffix[node];
    }

    /** The node of an n-gram without its last token. */
    int parent(int node) {
        return parent[node];
    }

    int length(int node) {
        return length[node];
    }

    int count(int node) {
        return count[node];
    }

    private int childOrNew(int node, int next, int itsSuffix, int itsLength) {
        int slot = slot(node, next);
        if (slots[slot] != FREE) {
            return slots[slot];
        }
        if (nodes == count.length) {
            grow();
            slot = slot(node, next);
        }
        int made = nodes++;
        slots[slot] = made;
        parent[made] = node;
        token[made] = next;
        suffix[made] = itsSuffix;
        length[made] = (byte) itsLength;
        if (itsLength > 1) {
            count[itsSuffix]++;
        }
        return made;
    }

    private int slot(int node, int next) {
        long hash = (((long) node << 32) | next) * 0x9E3779B97F4A7C15L;
        int mask = slots.length - 1;
        int slot = (int) (hash >>> 32) & mask;
        while (slots[slot] != FREE && !(parent[slots[slot]] == node && token[slots[slot]] == next)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    // Slots are four times the nodes that fit, so at most a quarter of them is taken.
    private void grow() {
        int size = Math.multiplyExact(count.length, 2);
        suffix = Arrays.copyOf(suffix, size);
        count = Arrays.copyOf(count, size);
        length = Arrays.copyOf(length, size);
        parent = Arrays.copyOf(parent, size);
        token = Arrays.copyOf(token, size);
        slots = new int[Math.multiplyExact(size, 4)];
        for (int node = 1; node < nodes; node++) {
            slots[slot(parent[node], token[node])] = node;
        }
    }
}
