/* Training changes a model's parameters: meanwhile no other session of the model may run. */
package org.tidegate.internal;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Any number of readers of a model's parameters, or one writer. A reader never waits: it is refused while a writer writes or waits. A writer
 * waits for the readers that are in already; as none comes in meanwhile, its turn comes when the longest of their calls ends.
 */
final class TrainingGate {
    private static final int WRITER = -1;
    /** Beside the number of readers: a writer waits. */
    private static final int WAITING = 1 << 30;
    /** Longer than any call should take; a thread that reads and writes at once would wait for itself. */
    private static final Duration LONGEST = Duration.ofSeconds(10);
    /** Looks before the first sleep: a step of a stream ends sooner than a thread falls asleep. */
    private static final int SPINS = 100;

    private final AtomicInteger users = new AtomicInteger();
    private final boolean needed;
    private final long longest;
    private volatile Thread waiting;

    private TrainingGate(boolean needed, Duration longest) {
        this.needed = needed;
        this.longest = longest.toNanos();
    }

    /** For a model that can be trained. */
    static TrainingGate closing() {
        return closing(LONGEST);
    }

    /** For a model that can be trained; a writer waits no longer than this for the readers before it. */
    static TrainingGate closing(Duration longest) {
        return new TrainingGate(true, longest);
    }

    /** For a frozen model, which nobody changes: its readers must not even share a counter. */
    static TrainingGate open() {
        return new TrainingGate(false, LONGEST);
    }

    void read() {
        while (needed) {
            int now = users.get();
            if (isTaken(now)) {
                throw new IllegalStateException("Another session of this model is training: its parameters are changing. "
                    + "Run, freeze or save the model before or after that step, or give the other sessions a model of their own.");
            }
            if (users.compareAndSet(now, now + 1)) {
                return;
            }
        }
    }

    void readDone() {
        if (needed && users.decrementAndGet() == WAITING) {
            LockSupport.unpark(waiting);
        }
    }

    void write() {
        if (!users.compareAndSet(0, WRITER)) {
            writeAfterReaders();
        }
    }

    void writeDone() {
        users.set(0);
    }

    private static boolean isTaken(int now) {
        return now == WRITER || (now & WAITING) != 0;
    }

    private void writeAfterReaders() {
        int before = users.getAndUpdate(now -> isTaken(now) ? now : now | WAITING);
        if (isTaken(before)) {
            throw new IllegalStateException("Another session of this model is training: its parameters are changing. Train with one session"
                + " at a time, or give each a model of its own.");
        }
        waiting = Thread.currentThread();
        long begin = System.nanoTime();
        boolean interrupted = false;
        for (int looks = 0; !users.compareAndSet(WAITING, WRITER); looks++) {
            long left = longest - (System.nanoTime() - begin);
            if (left <= 0) {
                users.updateAndGet(now -> now & ~WAITING);
                waiting = null;
                throw new IllegalStateException("Another session of this model is running, or the model is being frozen or saved, for more"
                    + " than " + Duration.ofNanos(longest).toMillis() + " ms, so its parameters must not change now. Train before or after"
                    + " that, or give the other sessions a model of their own.");
            }
            if (looks < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, left);
                interrupted |= Thread.interrupted();
            }
        }
        waiting = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
