/* What the thread that reads runs by itself. */
package org.tidegate.server.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class BatcherReaderTest {
    private record Job(long bytes, Executor reader, int size, String group) implements QuietJob {
        Job(long bytes, Executor reader) {
            this(bytes, reader, 1, "");
        }
    }

    private final Deque<Runnable> workers = new ArrayDeque<>();
    private final Deque<Runnable> reader = new ArrayDeque<>();
    private final List<Integer> batches = new ArrayList<>();
    private long takes; // milliseconds

    private final Batcher<Job> batcher = new Batcher<>(new Batcher.Limits(1, 64, 0, 100), workers::add, new Statistics(), (batch, statistics) -> {
        batches.add(batch.size());
        try {
            Thread.sleep(takes);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    });

    private static void run(Deque<Runnable> tasks) {
        while (!tasks.isEmpty()) {
            tasks.poll().run();
        }
    }

    /** The machine may be busy: until a run was short often enough to be known as short. */
    private void untilItIsKnownAsShort() {
        for (int i = 0; i < 1000 && reader.isEmpty(); i++) {
            run(workers);
            batcher.submit(new Job(1, reader::add));
        }
        assertEquals(List.of(1, 0), List.of(reader.size(), workers.size()));
    }

    @Test
    void aJobWhoseTimeIsNotKnownIsLeftToAWorker() {
        batcher.submit(new Job(1, reader::add));
        assertEquals(List.of(0, 1), List.of(reader.size(), workers.size()));
    }

    @Test
    void aShortJobThatIsAloneIsRunByTheThreadThatReads() {
        untilItIsKnownAsShort();
        batches.clear();
        run(reader);
        assertEquals(List.of(1), batches);
        assertTrue(workers.isEmpty() && batcher.isIdle());
    }

    @Test
    void whatIsReadTogetherIsRunTogetherByAWorker() {
        untilItIsKnownAsShort();
        batcher.submit(new Job(1, reader::add));
        batcher.submit(new Job(1, reader::add));
        batches.clear();
        run(reader);
        assertEquals(List.of(), batches);
        run(workers);
        assertEquals(List.of(3), batches);
        assertTrue(batcher.isIdle());
    }

    @Test
    void whatTakesLongIsLeftToAWorkerAlsoWhereItIsAlone() {
        takes = 5;
        for (int i = 0; i < 3; i++) {
            batcher.submit(new Job(1, reader::add));
            run(workers);
        }
        takes = 0;
        assertTrue(reader.isEmpty());
        untilItIsKnownAsShort();
        run(reader);
        batcher.submit(new Job(1L << 40, reader::add)); // as each byte takes its time
        assertEquals(List.of(0, 1), List.of(reader.size(), workers.size()));
    }

    @Test
    void aJobOfAThreadThatReadsForNobodyIsLeftToAWorker() {
        untilItIsKnownAsShort();
        run(reader);
        batcher.submit(new Job(1, null));
        assertEquals(1, workers.size());
    }

    @Test
    void whereMostHaveCompanyTheThreadThatReadsOnlyReads() {
        untilItIsKnownAsShort();
        run(reader);
        for (int i = 0; i < 30; i++) {
            batcher.submit(new Job(1, reader::add));
            batcher.submit(new Job(1, reader::add));
            run(reader);
            run(workers);
        }
        batcher.submit(new Job(1, reader::add));
        assertEquals(List.of(0, 1), List.of(reader.size(), workers.size()));
        run(workers);
        for (int i = 0; i < 100; i++) { // then they come one by one again
            batcher.submit(new Job(1, null));
            run(workers);
        }
        untilItIsKnownAsShort();
    }

    @Test
    void theThreadThatReadsRunsNoOtherJobThanTheOneThatItWasAskedFor() {
        Batcher<Job> two = new Batcher<>(new Batcher.Limits(2, 64, 0, 100), workers::add, new Statistics(),
                (batch, statistics) -> batches.add(batch.size()));
        for (int i = 0; i < 1000 && reader.isEmpty(); i++) {
            run(workers);
            two.submit(new Job(1, reader::add));
        }
        two.submit(new Job(1, reader::add, 64, ""));
        workers.poll().run(); // takes the short one; the long one is alone now
        batches.clear();
        run(reader);
        assertEquals(List.of(), batches);
        run(workers);
        assertEquals(List.of(1), batches);
        assertTrue(two.isIdle());
    }

    @Test
    void aJobOfAnotherGroupIsNotTakenToBeShort() {
        untilItIsKnownAsShort();
        run(reader);
        batcher.submit(new Job(1, reader::add, 1, "beam 32"));
        assertEquals(List.of(0, 1), List.of(reader.size(), workers.size()));
    }

    @Test
    void aJobIsRunAlsoWhereNoThreadCanBeHad() {
        Batcher<Job> poor = new Batcher<>(new Batcher.Limits(1, 64, 0, 100), task -> {
            throw new OutOfMemoryError("unable to create native thread");
        }, new Statistics(), (batch, statistics) -> batches.add(batch.size()));
        poor.submit(new Job(1, null));
        poor.submit(new Job(1, null));
        assertEquals(List.of(1, 1), batches);
        assertTrue(poor.isIdle());
    }
}
