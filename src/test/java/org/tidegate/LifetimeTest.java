/* Closing, using after close, threads: exceptions or harmless, never a crash. */
package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.tidegate.internal.NativeHandle;

@Timeout(60)
class LifetimeTest {
    private static final Update STEP = Update.of(0.01);

    @Test
    void closingTwiceIsHarmless() {
        Model model = Model.of(Networks.WORDS, 1);
        Session session = model.newTrainingSession(1);
        Optimizer optimizer = model.newOptimizer("adam");
        for (AutoCloseable closeable : List.of(session, optimizer, model, session, optimizer, model)) {
            assertDoesNotThrow(closeable::close);
        }
        assertTrue(model.isClosed());
    }

    @Test
    void useAfterCloseIsAnException() {
        Model model = Model.of(Networks.WORDS, 1);
        Session session = model.newTrainingSession(1);
        Optimizer optimizer = model.newOptimizer("adam");
        Batch batch = Networks.words(model, 1, 3, 2);
        session.train(batch, optimizer, STEP);
        Tensor parameter = model.parameters().get(0);
        Tensor output = session.output("y");
        Tensor slot = optimizer.slots().get(0);

        optimizer.close();
        assertClosed("optimizer", () -> session.train(batch, optimizer, STEP));
        assertClosed("optimizer", optimizer::updates);
        assertClosed("optimizer", optimizer::slots);
        assertClosed("optimizer", slot::toArray);
        session.close();
        assertClosed("session", () -> session.forward(batch));
        assertClosed("session", session::state);
        assertClosed("session", session::reset);
        assertClosed("session", () -> session.setThreads(1));
        assertClosed("session", () -> session.output("y"));
        assertClosed("session", output::buffer);
        assertClosed("session", output::toArray);
        model.close();
        assertClosed("model", model::parameters);
        assertClosed("model", () -> model.parameter("y.bias"));
        assertClosed("model", model::newSession);
        assertClosed("model", () -> model.newOptimizer("sgd"));
        assertClosed("model", parameter::toArray);
        assertClosed("model", parameter::buffer);
    }

    @Test
    void aClosedModelLivesOnInItsSessionsAndOptimizers() {
        Model model = Model.of(Networks.WORDS, 1);
        Session session = model.newTrainingSession(1);
        Session second = model.newSession();
        Optimizer optimizer = model.newOptimizer("adam");
        Batch batch = Networks.words(model, 1, 4, 2, 2);
        model.close();
        double before = session.train(batch, optimizer, STEP).loss();
        for (int i = 0; i < 20; i++) {
            session.train(batch, optimizer, STEP);
        }
        assertTrue(second.forward(batch).loss() < before);
        assertFalse(optimizer.slots().isEmpty());
        session.close();
        second.forward(batch);
        second.close();
        assertEquals(21, optimizer.updates());
        optimizer.close();
    }

    @Test
    void aShownBufferOutlivesItsOwner() {
        Model model = Model.of(Networks.WORDS, 1);
        Session session = model.newSession();
        session.forward(Networks.words(model, 1, 3));
        FloatBuffer weights = model.parameter("y.weight").buffer();
        FloatBuffer scores = session.output("y").buffer();
        float weight = weights.get(7);
        float score = scores.get(7);
        session.close();
        model.close();
        churn();
        assertEquals(weight, weights.get(7));
        assertEquals(score, scores.get(7));
    }

    @Test
    void forgottenObjectsAreFreedWithoutClose() throws Exception {
        long before = NativeHandle.alive();
        for (int i = 0; i < 300; i++) {
            trainAndForget(i);
        }
        churn(); // whatever order the collector frees them in must not crash
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (NativeHandle.alive() > before) {
            assertTrue(System.nanoTime() < deadline, NativeHandle.alive() + " native objects live, " + before + " did before: forgotten ones leak.");
            System.gc();
            Thread.sleep(10);
        }
    }

    private static void trainAndForget(long seed) {
        Model model = Model.of(Networks.WORDS, seed);
        Session session = model.newTrainingSession(1);
        session.train(Networks.words(model, 1, 3, 1), model.newOptimizer("adam"), STEP);
        session.output("y").buffer();
    }

    @Test
    void aSessionInUseRefusesASecondThreadAndItsClose() throws Exception {
        try (Model model = Model.of("""
                x = input axis=time cols=64
                h = recurrent x cell=lstm size=256
                """, 1)) {
            AtomicReference<Session> session = new AtomicReference<>(model.newSession());
            Batch batch = model.newBatch();
            AtomicBoolean stop = new AtomicBoolean();
            CountDownLatch running = new CountDownLatch(1);
            Thread owner = new Thread(() -> {
                while (!stop.get()) {
                    try {
                        batch.equalLengths("time", 8, 100).writableReals("x");
                        session.get().forward(batch);
                        running.countDown();
                    } catch (IllegalStateException refused) { // the other thread had it for a moment, or closed it in one
                        if (refused.getMessage().contains("closed")) {
                            session.set(model.newSession());
                        }
                    }
                }
            }, "owner");
            owner.start();
            running.await();
            try {
                String busy = "The batch cannot be used now: thread 'owner' is using it. A batch belongs to one thread at a time.";
                assertRefusedSoon(busy, batch::clear);
                assertRefusedSoon(busy, () -> batch.equalLengths("time", 1, 1));
                assertRefusedSoon(busy, () -> batch.rows("time"));
                try (Session second = model.newSession()) {
                    assertRefusedSoon(busy, () -> second.forward(batch));
                }
                assertRefusedSoon("The session cannot be used now: thread 'owner'", () -> session.get().bytes());
                assertRefusedSoon("The session cannot be closed now: thread 'owner'", () -> session.get().close());
            } finally {
                stop.set(true);
                owner.join();
            }
            session.get().forward(batch.equalLengths("time", 1, 1).reals("x", new float[64]));
            session.get().close();
        }
    }

    @Test
    void noSessionRunsWhileAnotherTrainsTheModel() throws Exception {
        try (Model model = Model.of("""
                x = input axis=time cols=64
                target = input axis=time cols=128
                h = recurrent x cell=lstm size=128
                loss = mse h target
                """, 1); Session trains = model.newTrainingSession(1); Session reads = model.newSession();
                Optimizer optimizer = model.newOptimizer("sgd")) {
            Batch large = model.newBatch().equalLengths("time", 16, 100);
            large.writableReals("x");
            large.writableReals("target");
            Batch small = model.newBatch().equalLengths("time", 1, 1);
            small.writableReals("x");
            AtomicBoolean stop = new AtomicBoolean();
            Thread trainer = new Thread(() -> {
                while (!stop.get()) {
                    try {
                        trains.train(large, optimizer, STEP);
                    } catch (IllegalStateException refused) {
                        continue; // the reader was at work
                    }
                }
            });
            trainer.start();
            try {
                assertRefusedSoon("Another session of this model is training", () -> reads.forward(small));
            } finally {
                stop.set(true);
                trainer.join();
            }
            reads.forward(small);
        }
    }

    @Test
    void anyNumberOfThreadsInferOverOneModel() throws Exception {
        try (Model model = Model.of(Networks.WORDS, 1)) {
            double expected;
            try (Session session = model.newSession()) {
                expected = session.forward(Networks.words(model, 3, 5, 4, 1)).loss();
            }
            AtomicInteger right = new AtomicInteger();
            List<Thread> threads = java.util.stream.IntStream.range(0, 8).mapToObj(i -> new Thread(() -> {
                try (Session session = model.newSession()) {
                    Batch batch = Networks.words(model, 3, 5, 4, 1);
                    for (int round = 0; round < 50; round++) {
                        right.addAndGet(session.forward(batch).loss() == expected ? 1 : 0);
                    }
                }
            })).toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(8 * 50, right.get());
        }
    }

    /** The call must be refused with that text within some seconds; whatever else comes of it is tried again. */
    private static void assertRefusedSoon(String text, Executable call) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        Throwable last = null;
        while (System.nanoTime() < deadline) {
            try {
                call.execute();
                last = null;
            } catch (IllegalStateException refused) {
                if (refused.getMessage().contains(text)) {
                    return;
                }
                last = refused;
            } catch (Throwable other) {
                throw new AssertionError(other);
            }
        }
        throw new AssertionError("No call was refused with '" + text + "' within 20 s; the last one "
            + (last == null ? "succeeded." : "was refused with '" + last.getMessage() + "'."), last);
    }

    private static void assertClosed(String noun, Executable call) {
        IllegalStateException thrown = assertThrows(IllegalStateException.class, call);
        assertEquals("The " + noun + " is closed.", thrown.getMessage());
    }

    private static void churn() {
        for (int i = 0; i < 5; i++) {
            System.gc();
            try (Model model = Model.of(Networks.WORDS, i); Session session = model.newSession()) {
                session.forward(Networks.words(model, i, 50, 3));
            }
        }
    }
}
