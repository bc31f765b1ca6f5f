package org.tidegate.internal.abi;

/** What came out of a call. */
public final class tg_metrics extends Struct {
    /** That many of them, zeroed. */
    public tg_metrics(int count) {
        super(24, count);
    }

    /** Chooses the one of that number. */
    public tg_metrics position(int index) {
        choose(index);
        return this;
    }

    public double loss() {
        return doubleAt(0);
    }

    public long targets() {
        return longAt(8);
    }

    public double gradient_norm() {
        return doubleAt(16);
    }
}
