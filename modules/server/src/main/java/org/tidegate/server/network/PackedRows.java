/* Where the steps of sequences lie in a batch. */
package org.tidegate.server.network;

/**
 * The rows of sequences without padding, as {@link org.tidegate.Batch} has them: step 0 of all, the longer ones first, then step 1 of those
 * that have one. Sequences of one length keep their order.
 */
final class PackedRows {
    private final int[] rank;
    private final int[] offset;

    /** Of lengths of at least 1, in the caller's order. */
    PackedRows(int[] lengths) {
        int longest = 0;
        for (int length : lengths) {
            longest = Math.max(longest, length);
        }
        int[] active = new int[longest + 1]; // active[t]: the sequences that have a step t
        for (int length : lengths) {
            active[length - 1]++;
        }
        for (int t = longest - 1; t > 0; t--) {
            active[t - 1] += active[t];
        }
        offset = new int[longest + 1];
        for (int t = 0; t < longest; t++) {
            offset[t + 1] = offset[t] + active[t];
        }
        rank = new int[lengths.length];
        for (int s = 0; s < lengths.length; s++) {
            rank[s] = active[lengths[s]]++;
        }
    }

    int at(int sequence, int step) {
        return offset[step] + rank[sequence];
    }
}
