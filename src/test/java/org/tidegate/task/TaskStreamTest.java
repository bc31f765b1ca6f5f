package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.State;

class TaskStreamTest {
    private final Workers workers = workers();

    private static final class Stream extends TaskStream {
        Stream(Workers workers) {
            super(workers);
        }

        Stream(Workers workers, boolean parks) {
            super(workers, parks);
        }
    }

    private static Workers workers() {
        try (Model model = Model.of("x = ids axis=text\nh = embedding x rows=3 cols=2\ny = recurrent h cell=gru size=2\n", 1)) {
            return new Workers(model.freeze(Precision.FLOAT32), 1);
        }
    }

    @AfterEach
    void close() {
        workers.close();
    }

    @Test
    void aStreamKeepsItsWorkerAndTheStateInIt() {
        try (Stream stream = new Stream(workers); Stream other = new Stream(workers)) {
            Worker mine = stream.with(worker -> worker);
            State state = stream.with(worker -> {
                worker.session().step(1);
                return worker.session().state();
            });
            assertEquals(true, other.<Boolean>with(worker -> worker != mine && worker.session().state().isEmpty()));
            assertSame(mine, stream.with(worker -> worker));
            assertEquals(state, stream.with(worker -> worker.session().state()));
        }
    }

    @Test
    void aSecondThreadIsRefusedWhileOneUsesTheStream() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Stream stream = new Stream(workers)) {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch refused = new CountDownLatch(1);
            Future<Integer> other = thread.submit(() -> stream.with(worker -> {
                inside.countDown();
                try {
                    refused.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return 7;
            }));
            inside.await();
            try {
                for (Executable call : new Executable[] {() -> stream.with(worker -> 1), stream::close}) {
                    assertTrue(assertThrows(IllegalStateException.class, call).getMessage().contains("one thread at a time"));
                }
            } finally {
                refused.countDown();
            }
            assertEquals(7, other.get());
            assertEquals("a", stream.with(worker -> "a"));
        } finally {
            thread.shutdown();
        }
    }

    @Test
    void aClosedStreamIsRefusedAndItsWorkerComesBackAsNew() {
        Stream stream = new Stream(workers);
        Worker mine = stream.with(worker -> worker);
        stream.with(worker -> worker.session().step(1));
        stream.close();
        stream.close();
        assertEquals("The stream is closed.", assertThrows(IllegalStateException.class, () -> stream.with(worker -> 1)).getMessage());
        workers.with(worker -> {
            assertSame(mine, worker);
            assertTrue(worker.session().state().isEmpty());
            return null;
        });
    }

    @Test
    void aStreamGoesOnWhereTheWorkersWereClosedMeanwhile() {
        try (Stream stream = new Stream(workers)) {
            workers.close();
            assertEquals("2", stream.with(worker -> "" + worker.session().step(1).remaining()));
        }
        assertThrows(IllegalStateException.class, () -> new Stream(workers));
    }

    @Test
    void aParkedStreamSharesTheWorkersAndKeepsItsState() {
        try (Stream held = new Stream(workers); Stream one = new Stream(workers, true); Stream two = new Stream(workers, true)) {
            for (int i = 0; i < 9; i++) {
                int id = i % 3;
                float[] expected = held.with(worker -> values(worker, id));
                assertArrayEquals(expected, one.with(worker -> values(worker, id)));
                if (i % 2 == 0) {
                    two.with(worker -> values(worker, 2 - id));
                }
                assertEquals(held.<State>with(worker -> worker.session().state()), one.<State>with(worker -> worker.session().state()));
            }
            assertSame(one.<Worker>with(worker -> worker), two.<Worker>with(worker -> worker));
            State before = one.with(worker -> worker.session().state());
            assertThrows(IllegalArgumentException.class, () -> one.with(worker -> {
                worker.session().step(1);
                throw new IllegalArgumentException("in the middle");
            }));
            assertEquals(before, one.<State>with(worker -> worker.session().state()));
        }
    }

    private static float[] values(Worker worker, int id) {
        float[] values = new float[2];
        worker.session().step(id).get(values);
        return values;
    }

    @Test
    void aParkedStreamNeedsItsWorkersOpen() {
        Stream stream = new Stream(workers, true);
        stream.with(worker -> values(worker, 1));
        workers.close();
        assertEquals("The model is closed.", assertThrows(IllegalStateException.class, () -> stream.with(worker -> 1)).getMessage());
        stream.close();
        stream.close();
        assertEquals("The stream is closed.", assertThrows(IllegalStateException.class, () -> stream.with(worker -> 1)).getMessage());
        assertThrows(IllegalStateException.class, () -> new Stream(workers, true));
    }
}
