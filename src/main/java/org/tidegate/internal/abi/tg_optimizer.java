package org.tidegate.internal.abi;

/** An optimizer; empty until a call makes one. */
public final class tg_optimizer extends Pointer {
    public tg_optimizer() {
    }
}
