package org.tidegate.internal.abi;

/** A named array, as the core describes it. */
public final class tg_tensor extends Struct {
    /** That many of them, zeroed. */
    public tg_tensor(int count) {
        super(48, count);
    }

    /** Chooses the one of that number. */
    public tg_tensor position(int index) {
        choose(index);
        return this;
    }

    public String name() {
        return textAt(0);
    }

    public int rank() {
        return intAt(8);
    }

    public int trainable() {
        return intAt(32);
    }

    public long data() {
        return longAt(40);
    }

    public long dims(int index) {
        return longAt(16 + index * Long.BYTES);
    }
}
