package org.tidegate.internal.abi;

/** The sequences of an axis. */
public final class tg_axis_lengths extends Struct {
    /** That many of them, zeroed. */
    public tg_axis_lengths(int count) {
        super(16, count);
    }

    /** Chooses the one of that number. */
    public tg_axis_lengths position(int index) {
        choose(index);
        return this;
    }

    public tg_axis_lengths axis(int axis) {
        intAt(0, axis);
        return this;
    }

    public tg_axis_lengths sequences(int sequences) {
        intAt(4, sequences);
        return this;
    }

    public tg_axis_lengths lengths(Pointer lengths) {
        longAt(8, lengths.address);
        return this;
    }
}
