package org.tidegate.internal.abi;

/** The gradient of an output. */
public final class tg_seed extends Struct {
    /** That many of them, zeroed. */
    public tg_seed(int count) {
        super(24, count);
    }

    /** Chooses the one of that number. */
    public tg_seed position(int index) {
        choose(index);
        return this;
    }

    public tg_seed value(int value) {
        intAt(0, value);
        return this;
    }

    public tg_seed data(Pointer data) {
        longAt(8, data.address);
        return this;
    }

    public tg_seed count(long count) {
        longAt(16, count);
        return this;
    }
}
