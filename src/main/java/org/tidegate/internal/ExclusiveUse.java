/* One thread at a time, and nobody waits: a second one is refused. */
package org.tidegate.internal;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Admits one thread at a time to an object. The thread that is inside may enter again; every other one gets an exception that names it.
 * What a thread has written before it leaves is seen by the next one that enters.
 */
public final class ExclusiveUse {
    private final String noun;
    private final AtomicReference<Thread> user = new AtomicReference<>();
    private int depth; // how often its user has entered; only the user touches it

    /** For an object that messages call by that noun. */
    public ExclusiveUse(String noun) {
        this.noun = noun;
    }

    /**
     * Begins a use; {@link #exit()} ends it, in a finally block.
     *
     * @throws IllegalStateException if another thread uses the object
     */
    public void enter() {
        Thread current = Thread.currentThread();
        if (user.get() != current) { // nobody else can make it, or unmake it, the current thread
            claim(current, "used");
        }
        depth++;
    }

    /**
     * As {@link #enter()} for the object's last use, which must not be part of another one.
     *
     * @throws IllegalStateException if the object is in use, by this thread or another one
     */
    void enterToClose() {
        claim(Thread.currentThread(), "closed");
        depth++;
    }

    /** Ends a use. */
    public void exit() {
        if (--depth == 0) {
            user.setRelease(null);
        }
    }

    private void claim(Thread current, String what) {
        if (!user.compareAndSet(null, current)) {
            Thread other = user.get();
            String whom = other == null || other == current ? "another call" : "thread '" + other.getName() + "'";
            throw new IllegalStateException("The " + noun + " cannot be " + what + " now: " + whom
                + " is using it. A " + noun + " belongs to one thread at a time.");
        }
    }
}
