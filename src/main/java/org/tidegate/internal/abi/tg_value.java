package org.tidegate.internal.abi;

/** What a value of the graph carries. */
public final class tg_value extends Struct {
    /** That many of them, zeroed. */
    public tg_value(int count) {
        super(40, count);
    }

    /** Chooses the one of that number. */
    public tg_value position(int index) {
        choose(index);
        return this;
    }

    public String name() {
        return textAt(0);
    }

    public int kind() {
        return intAt(8);
    }

    public int per() {
        return intAt(12);
    }

    public int axis() {
        return intAt(16);
    }

    public long cols() {
        return longAt(24);
    }

    public int input() {
        return intAt(32);
    }

    public int loss() {
        return intAt(36);
    }
}
