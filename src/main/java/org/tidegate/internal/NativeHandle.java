/* One owner for one native object: who may use it, when it is freed.
 *
 * Invariants. The memory is counted: the open handle holds one count, every child object one, every call in progress and every raw
 * view one; the native object is destroyed when the count reaches zero, and only then gives back the count that it holds on its
 * parent. So children may outlive their closed parent, and no order of closing can free memory in use. */
package org.tidegate.internal;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The lifetime of a native object. */
public final class NativeHandle {
    private static final AtomicLong ALIVE = new AtomicLong();
    /** Whether each object remembers where it was made, to say so if nobody closes it. */
    private static final boolean LEAKS = Boolean.getBoolean("tidegate.leaks");

    private final String noun;
    private final ExclusiveUse use; // null for an object that threads share
    private final Memory memory;
    private final Cleaner.Cleanable cleanable;
    private volatile boolean closed;

    private NativeHandle(String noun, ExclusiveUse use, NativeHandle parent, Runnable destroy) {
        this.noun = noun;
        this.use = use;
        this.memory = new Memory(parent == null ? null : parent.memory, destroy, LEAKS ? new Forgotten(noun) : null);
        this.cleanable = Cleaning.register(this, memory);
    }

    /** A handle that any number of threads may use at once. destroy frees the native object and must not refer to the handle. */
    static NativeHandle shared(String noun, Runnable destroy) {
        return new NativeHandle(noun, null, null, destroy);
    }

    /** As {@link #shared(String, Runnable)}, of what needs its parent, which the caller must have entered. */
    static NativeHandle shared(String noun, NativeHandle parent, Runnable destroy) {
        parent.memory.retain();
        return new NativeHandle(noun, null, parent, destroy);
    }

    /**
     * A handle that one thread at a time may use. The caller must have entered the parent, whose memory then lives until this
     * one's is freed.
     */
    static NativeHandle exclusive(String noun, NativeHandle parent, Runnable destroy) {
        parent.memory.retain();
        return new NativeHandle(noun, new ExclusiveUse(noun), parent, destroy);
    }

    /** What becomes true when the cleaner has come to an object that nobody has, made by this call. */
    static AtomicBoolean forgottenForNow() {
        AtomicBoolean cleaned = new AtomicBoolean();
        Cleaning.register(new Object(), () -> cleaned.set(true));
        return cleaned;
    }

    /** How many native objects of this process have not been destroyed yet, closed or not. */
    public static long alive() {
        return ALIVE.get();
    }

    /**
     * Begins a use; {@link #exit()} ends it, in a finally block. The thread that uses it may enter again.
     *
     * @throws IllegalStateException if the object is closed or, where it belongs to one thread at a time, in use
     */
    public void enter() {
        if (use == null) {
            if (closed || !memory.retainIfAlive()) {
                throw closedException();
            }
        } else {
            use.enter();
            if (closed) {
                use.exit();
                throw closedException();
            }
        }
    }

    /** Ends a use. */
    public void exit() {
        if (use == null) {
            memory.release();
        } else {
            use.exit();
        }
    }

    /**
     * Closes the object; closing it again does nothing.
     *
     * @throws IllegalStateException if an object that belongs to one thread at a time is in use
     */
    public void close() {
        if (use == null) {
            closed = true;
        } else {
            use.enterToClose();
            closed = true;
            use.exit(); // whoever enters from now on sees that it is closed
        }
        memory.forgotten = null;
        cleanable.clean();
    }

    public boolean isClosed() {
        return closed;
    }

    /** Keeps the memory until the view is unreachable. The caller must have entered. */
    void keepFor(Object view) {
        memory.retain();
        Cleaning.register(view, new Release(memory));
    }

    private IllegalStateException closedException() {
        return new IllegalStateException("The " + noun + " is closed.");
    }

    private record Release(Memory kept) implements Runnable {
        @Override
        public void run() {
            kept.release();
        }
    }

    /** The counted memory; it knows nothing of the handle, so that the handle can be collected. */
    private static final class Memory implements Runnable {
        private final Memory parent;
        private final Runnable destroy;
        private final AtomicInteger count = new AtomicInteger(1);
        private volatile Forgotten forgotten; // null once it is closed, and where nobody asked

        Memory(Memory parent, Runnable destroy, Forgotten forgotten) {
            this.parent = parent;
            this.destroy = destroy;
            this.forgotten = forgotten;
            ALIVE.incrementAndGet();
        }

        void retain() {
            count.incrementAndGet();
        }

        boolean retainIfAlive() {
            for (int now = count.get(); now > 0; now = count.get()) {
                if (count.compareAndSet(now, now + 1)) {
                    return true;
                }
            }
            return false;
        }

        void release() {
            if (count.decrementAndGet() == 0) {
                destroy.run();
                ALIVE.decrementAndGet();
                if (parent != null) {
                    parent.release();
                }
            }
        }

        /** Run once, by {@link #close()} or by the cleaner. */
        @Override
        public void run() {
            if (forgotten != null) {
                System.getLogger("org.tidegate").log(System.Logger.Level.WARNING, forgotten.told, forgotten);
            }
            release();
        }
    }

    /** Where an object was made that nobody closed. */
    private static final class Forgotten extends Exception {
        private static final long serialVersionUID = 1;

        private final String told;

        Forgotten(String noun) {
            super("it was made here");
            told = "A " + noun + " was never closed; the garbage collector found it.";
        }
    }
}
