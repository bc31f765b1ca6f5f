/* Training changes a model's parameters: meanwhile no other session of the model may run. */
package org.tidegate.internal;

import java.util.concurrent.atomic.AtomicInteger;

/** Any number of readers of a model's parameters, or one writer; it never waits. */
final class TrainingGate {
    private static final int WRITER = -1;

    private final AtomicInteger users = new AtomicInteger();
    private final boolean needed;

    private TrainingGate(boolean needed) {
        this.needed = needed;
    }

    /** For a model that can be trained. */
    static TrainingGate closing() {
        return new TrainingGate(true);
    }

    /** For a frozen model, which nobody changes: its readers must not even share a counter. */
    static TrainingGate open() {
        return new TrainingGate(false);
    }

    void read() {
        while (needed) {
            int now = users.get();
            if (now == WRITER) {
                throw new IllegalStateException("Another session of this model is training: its parameters are changing. "
                    + "Run, freeze or save the model before or after that step, or give the other sessions a model of their own.");
            }
            if (users.compareAndSet(now, now + 1)) {
                return;
            }
        }
    }

    void readDone() {
        if (needed) {
            users.decrementAndGet();
        }
    }

    void write() {
        if (!users.compareAndSet(0, WRITER)) {
            throw new IllegalStateException("Another session of this model is running, or the model is being frozen or saved, so its "
                + "parameters must not change now. Train before or after that, or give the other sessions a model of their own.");
        }
    }

    void writeDone() {
        users.set(0);
    }
}
