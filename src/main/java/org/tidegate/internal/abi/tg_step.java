package org.tidegate.internal.abi;

/** How an optimizer step is made. */
public final class tg_step extends Struct {
    /** That many of them, zeroed. */
    public tg_step(int count) {
        super(32, count);
    }

    /** Chooses the one of that number. */
    public tg_step position(int index) {
        choose(index);
        return this;
    }

    public tg_step learning_rate(double learning_rate) {
        doubleAt(0, learning_rate);
        return this;
    }

    public tg_step clip_norm(double clip_norm) {
        doubleAt(8, clip_norm);
        return this;
    }

    public tg_step clip_value(double clip_value) {
        doubleAt(16, clip_value);
        return this;
    }

    public tg_step norm(int norm) {
        intAt(24, norm);
        return this;
    }
}
