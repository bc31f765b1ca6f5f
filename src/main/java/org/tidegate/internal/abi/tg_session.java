package org.tidegate.internal.abi;

/** A session; empty until a call makes one. */
public final class tg_session extends Pointer {
    public tg_session() {
    }
}
