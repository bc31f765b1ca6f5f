package org.tidegate.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PrefetcherTest {
    private static boolean running() {
        return Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().equals("tidegate-prefetch") && t.isAlive());
    }

    @Test
    void batchesComeInOrderAndTakeTurns() {
        try (Prefetcher<long[]> prefetcher = new Prefetcher<>(new long[1], new long[1], 5, (step, batch) -> batch[0] = step)) {
            long[] last = null;
            for (long step = 5; step < 500; step++) {
                long[] batch = prefetcher.take();
                assertEquals(step, batch[0]);
                assertNotSame(last, batch);
                last = batch;
            }
        }
    }

    @Test
    void theNextBatchIsFilledWhileThisOneIsInUse() throws InterruptedException {
        CountDownLatch secondFilled = new CountDownLatch(2);
        try (Prefetcher<long[]> prefetcher = new Prefetcher<>(new long[1], new long[1], 0, (step, batch) -> {
            batch[0] = step;
            secondFilled.countDown();
        })) {
            long[] batch = prefetcher.take();
            assertTrue(secondFilled.await(5, TimeUnit.SECONDS));
            assertEquals(0, batch[0], "the batch in use is left alone");
        }
    }

    @Test
    void whatTheFillingThrowsComesOutOfTake() {
        IllegalStateException failure = new IllegalStateException("no data");
        try (Prefetcher<long[]> prefetcher = new Prefetcher<>(new long[1], new long[1], 0, (step, batch) -> {
            if (step == 2) {
                throw failure;
            }
        })) {
            prefetcher.take();
            prefetcher.take();
            assertSame(failure, assertThrows(IllegalStateException.class, prefetcher::take));
            assertSame(failure, assertThrows(IllegalStateException.class, prefetcher::take));
        }
        IOException checked = new IOException("disk");
        try (Prefetcher<long[]> prefetcher = new Prefetcher<>(new long[1], new long[1], 0, (step, batch) -> {
            throw checked;
        })) {
            assertSame(checked, assertThrows(IllegalStateException.class, prefetcher::take).getCause());
        }
    }

    @Test
    void closingEndsTheThreadWhereverItIs() throws InterruptedException {
        Prefetcher<long[]> untouched = new Prefetcher<>(new long[1], new long[1], 0, (step, batch) -> batch[0] = step);
        untouched.close();
        untouched.close();
        CountDownLatch filling = new CountDownLatch(1);
        Prefetcher<long[]> waiting = new Prefetcher<>(new long[1], new long[1], 0, (step, batch) -> {
            filling.countDown();
            Thread.sleep(60_000);
        });
        filling.await();
        waiting.close();
        assertFalse(running());
        assertThrows(IllegalStateException.class, waiting::take);
    }
}
