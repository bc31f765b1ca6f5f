package org.tidegate.internal.abi;

/** A model; empty until a call makes one. */
public final class tg_model extends Pointer {
    public tg_model() {
    }
}
