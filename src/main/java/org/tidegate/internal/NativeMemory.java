/* The native memory of the process: how much is in use, its limit, and what is done before it runs out. */
package org.tidegate.internal;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.tidegate.internal.abi.tidegate;

/**
 * Asks for a garbage collection where native memory is short, as the JVM does for direct buffers: objects that nobody closed and nobody can
 * reach hold native memory of which the collector knows nothing.
 */
public final class NativeMemory {
    /** The system property of the limit: bytes, or with k, m or g. */
    static final String LIMIT = "tidegate.memory";
    /** Of the memory that the process may have, the part that native memory may take however large the heap may become. */
    private static final int LEAST_PART = 4;
    /** What the JVM takes beside heap and native objects: code, classes, stacks, buffers. */
    private static final long JVM = 128L << 20;
    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(1);
    private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(20);

    private static final Object COLLECTING = new Object();
    private static volatile long collections;
    /** Beyond it the next object that is made asks for a collection. As for direct buffers it begins at the size of the heap. */
    private static volatile long mark = Runtime.getRuntime().maxMemory();

    private NativeMemory() {
    }

    /** Bytes in use. */
    public static long used() {
        return tidegate.tg_memory_used();
    }

    /** Bytes that may be in use. */
    public static long limit() {
        return tidegate.tg_memory_limit();
    }

    /** Sets the limit; returns a status number. */
    public static int limit(long bytes) {
        return tidegate.tg_set_memory_limit(bytes);
    }

    /** Sets the limit that the user asks for, or else leaves room for the heap and the JVM. */
    static void configure() {
        String wanted = System.getProperty(LIMIT);
        tidegate.tg_set_memory_limit(wanted == null ? share(tidegate.tg_memory_available(), Runtime.getRuntime().maxMemory())
                : bytes(wanted));
    }

    /** Of the bytes that a process may have those of native memory, where the heap may have so many. */
    static long share(long available, long heap) {
        return Math.max(1, Math.max(available / LEAST_PART, available - heap - JVM));
    }

    /** The bytes of a text such as 512m. */
    static long bytes(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        int unit = lower.isEmpty() ? -1 : "kmg".indexOf(lower.charAt(lower.length() - 1));
        String digits = unit < 0 ? lower : lower.substring(0, lower.length() - 1);
        long most = Long.MAX_VALUE >> 10 * (unit + 1);
        if (!digits.matches("[0-9]{1,18}") || Long.parseLong(digits) < 1 || Long.parseLong(digits) > most) {
            throw new IllegalArgumentException("-D" + LIMIT + "=" + text + " is no limit of the native memory; expected a number of bytes, "
                + "or one with k, m or g: 512m");
        }
        return Long.parseLong(digits) << 10 * (unit + 1);
    }

    /** To be called when a native object was made: where they have become many, those that were forgotten are looked for. */
    static void made() {
        if (used() > mark) {
            synchronized (COLLECTING) {
                if (used() > mark) {
                    collect();
                    mark = Math.max(Runtime.getRuntime().maxMemory(), 2 * used());
                }
            }
        }
    }

    /** After a call for which memory ran out: whether some was freed, so that it may be made again. */
    static boolean freed() {
        long before = collections;
        synchronized (COLLECTING) {
            return collections != before || collect(); // another thread may have done it while this one waited
        }
    }

    private static boolean collect() {
        long before = used();
        AtomicBoolean cleaning = NativeHandle.forgottenForNow();
        System.gc();
        long end = System.nanoTime() + LONGEST_WAIT;
        long least = before;
        long since = System.nanoTime();
        // Until the cleaner, a thread of its own, has begun and had nothing more to free for a moment.
        for (long now = since; now < end && !(cleaning.get() && now - since > MOMENT) && !Thread.currentThread().isInterrupted();
                now = System.nanoTime()) {
            LockSupport.parkNanos(MOMENT / 10);
            if (used() < least || !cleaning.get()) {
                least = Math.min(least, used());
                since = System.nanoTime();
            }
        }
        collections++;
        return least < before;
    }
}
