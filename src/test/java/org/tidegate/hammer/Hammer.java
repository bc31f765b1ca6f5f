/* Many threads on one object: whatever they do, nothing breaks and no answer is wrong. */
package org.tidegate.hammer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Lets threads draw named operations at random and run them on objects that they share, for {@code tidegate.hammer.seconds} (1 by default).
 * An operation checks the answers that it gets; it may end with an exception that it allows. Anything else fails the test, and so does an
 * operation that never succeeds, or a thread that does not come back.
 */
public final class Hammer {
    private static final int THREADS = 32;
    private static final int FEW = 4; // work alone for half of the time: on a small machine few threads meet in narrower places than many
    private static final long SHORT = 1; // more is a soak, whose figures are shown
    private static final long SECONDS = Long.getLong("tidegate.hammer.seconds", SHORT);
    private static final long PATIENCE = 60; // seconds that a thread may take to come back from its last operation

    private final List<Named> operations = new ArrayList<>();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final AtomicReference<Throwable> outside = new AtomicReference<>();
    private final String subject;
    private volatile boolean stop;

    /** What a thread does over and over; wrong answers are AssertionErrors. */
    @FunctionalInterface
    public interface Operation {
        /** Runs once, with a source of random numbers of the thread's own. */
        void run(SplittableRandom random) throws Exception;
    }

    private static final class Named {
        final String name;
        final Operation operation;
        final List<Class<? extends Exception>> allowed;
        final AtomicLong succeeded = new AtomicLong();
        final AtomicLong refused = new AtomicLong();
        final AtomicLong failed = new AtomicLong();
        final AtomicReference<Throwable> firstFailure = new AtomicReference<>();

        Named(String name, Operation operation, List<Class<? extends Exception>> allowed) {
            this.name = name;
            this.operation = operation;
            this.allowed = allowed;
        }

        void run(SplittableRandom random) {
            try {
                operation.run(random);
                succeeded.incrementAndGet();
            } catch (Throwable thrown) {
                if (allowed.stream().anyMatch(type -> type.isInstance(thrown))) {
                    refused.incrementAndGet();
                } else {
                    failed.incrementAndGet();
                    firstFailure.compareAndSet(null, thrown);
                }
            }
        }

        @Override
        public String toString() {
            return "'" + name + "': " + succeeded + " succeeded, " + refused + " were refused, " + failed + " went wrong";
        }
    }

    /** Hammers {@code subject}, as the figures of a soak name it. */
    public Hammer(String subject) {
        this.subject = subject;
    }

    /** Adds an operation and the exceptions with which it may be refused. An operation added twice is drawn twice as often. */
    @SafeVarargs
    public final Hammer operation(String name, Operation operation, Class<? extends Exception>... allowed) {
        operations.add(new Named(name, operation, List.of(allowed)));
        return this;
    }

    /** Something that each thread has of its own, closed when all threads are back. */
    public <T extends AutoCloseable> ThreadLocal<T> perThread(Supplier<T> open) {
        return ThreadLocal.withInitial(() -> {
            T made = open.get();
            synchronized (opened) {
                opened.push(made);
            }
            return made;
        });
    }

    /** Runs the operations, and throws an AssertionError that lists them if something was wrong. */
    public void run() throws Exception {
        long seed = Long.getLong("tidegate.hammer.seed", System.nanoTime());
        CountDownLatch half = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom random = new SplittableRandom(seed + i);
            boolean waits = i >= FEW;
            Thread thread = new Thread(() -> {
                try {
                    if (waits) {
                        half.await();
                    }
                    while (!stop) {
                        operations.get(random.nextInt(operations.size())).run(random);
                    }
                } catch (Throwable thrown) {
                    outside.compareAndSet(null, thrown);
                }
            }, "hammer-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        Thread.sleep(TimeUnit.SECONDS.toMillis(SECONDS) / 2);
        half.countDown();
        Thread.sleep(TimeUnit.SECONDS.toMillis(SECONDS) / 2);
        stop = true;
        awaitAll(threads);
        report(seed);
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private static void awaitAll(List<Thread> threads) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
        for (Thread thread : threads) {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        }
        List<Thread> hanging = threads.stream().filter(Thread::isAlive).toList();
        if (!hanging.isEmpty()) {
            throw new AssertionError(hanging.size() + " threads did not come back within " + PATIENCE + " s; the first stands at "
                + Arrays.toString(hanging.get(0).getStackTrace()));
        }
    }

    private void report(long seed) {
        List<Named> wrong = operations.stream().filter(each -> each.failed.get() > 0 || each.succeeded.get() == 0).toList();
        if (wrong.isEmpty() && outside.get() == null) {
            if (SECONDS > SHORT) {
                Soak.report("%s: %d threads, %d s, %,d calls right, %,d refused, none wrong", subject, THREADS, SECONDS,
                        operations.stream().mapToLong(each -> each.succeeded.get()).sum(),
                        operations.stream().mapToLong(each -> each.refused.get()).sum());
            }
            return;
        }
        StringBuilder text = new StringBuilder(THREADS + " threads, " + SECONDS + " s, tidegate.hammer.seed=" + seed + ":");
        operations.forEach(each -> text.append("\n  ").append(each));
        AssertionError failure = new AssertionError(text.toString(), outside.get());
        for (Named each : wrong) {
            Throwable first = each.firstFailure.get();
            failure.addSuppressed(first == null ? new AssertionError("'" + each.name + "' never succeeded") : first);
        }
        throw failure;
    }
}
