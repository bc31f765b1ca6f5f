package org.tidegate.onnx.graph;

/**
 * How many elements a graph may make while it is lowered: a multiple of what its file holds, so that a small file cannot ask for much memory.
 * A lowering belongs to one thread from its beginning to its end.
 */
final class Budget {
    private static final long LEAST = 1 << 21;
    private static final int TIMES = 32;
    private static final ThreadLocal<long[]> LEFT = new ThreadLocal<>();

    private Budget() {}

    static void begin(long bytes) {
        LEFT.set(new long[] {LEAST + TIMES * bytes});
    }

    static void end() {
        LEFT.remove();
    }

    /** Takes so many elements, before they are made. */
    static int take(long elements) {
        long[] left = LEFT.get();
        if (left != null && (left[0] -= elements) < 0) {
            throw new Refusal("the graph makes more numbers than a file of its size can mean");
        }
        return Math.toIntExact(elements);
    }
}
