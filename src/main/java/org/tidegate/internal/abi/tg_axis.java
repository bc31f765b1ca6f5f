package org.tidegate.internal.abi;

/** Where an axis's lengths come from. */
public final class tg_axis extends Struct {
    /** That many of them, zeroed. */
    public tg_axis(int count) {
        super(40, count);
    }

    /** Chooses the one of that number. */
    public tg_axis position(int index) {
        choose(index);
        return this;
    }

    public String name() {
        return textAt(0);
    }

    public int source() {
        return intAt(8);
    }

    public long times() {
        return longAt(16);
    }

    public long add() {
        return longAt(24);
    }

    public long stride() {
        return longAt(32);
    }
}
