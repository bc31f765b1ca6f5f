package org.tidegate.internal.abi;

/** Many streams of one model; empty until a call makes them. */
public final class tg_streams extends Pointer {
    public tg_streams() {
    }
}
