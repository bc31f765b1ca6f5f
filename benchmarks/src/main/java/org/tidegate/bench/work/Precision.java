package org.tidegate.bench.work;

/** The numbers that the weights are kept in. */
public enum Precision {
    FLOAT32(4),
    BFLOAT16(2),
    INT8(1);

    private final int bytes;

    Precision(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of a weight. */
    public int bytes() {
        return bytes;
    }
}
