package org.tidegate.internal.abi;

/** What a call works on. */
public final class tg_batch extends Struct {
    /** That many of them, zeroed. */
    public tg_batch(int count) {
        super(32, count);
    }

    /** Chooses the one of that number. */
    public tg_batch position(int index) {
        choose(index);
        return this;
    }

    public tg_batch axes(Pointer axes) {
        longAt(0, axes.address);
        return this;
    }

    public tg_batch axes_count(int axes_count) {
        intAt(8, axes_count);
        return this;
    }

    public tg_batch feeds(Pointer feeds) {
        longAt(16, feeds.address);
        return this;
    }

    public tg_batch feeds_count(int feeds_count) {
        intAt(24, feeds_count);
        return this;
    }
}
