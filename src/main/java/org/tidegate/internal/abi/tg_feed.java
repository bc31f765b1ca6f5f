package org.tidegate.internal.abi;

/** The data of an input. */
public final class tg_feed extends Struct {
    /** That many of them, zeroed. */
    public tg_feed(int count) {
        super(24, count);
    }

    /** Chooses the one of that number. */
    public tg_feed position(int index) {
        choose(index);
        return this;
    }

    public tg_feed value(int value) {
        intAt(0, value);
        return this;
    }

    public tg_feed data(Pointer data) {
        longAt(8, data.address);
        return this;
    }

    public tg_feed count(long count) {
        longAt(16, count);
        return this;
    }
}
