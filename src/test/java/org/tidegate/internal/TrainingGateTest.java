package org.tidegate.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TrainingGateTest {
    private static final Duration SOON = Duration.ofMillis(20);

    @Test
    void trainingExcludesEveryOtherUseOfTheParameters() {
        TrainingGate gate = TrainingGate.closing();
        gate.read();
        gate.read();
        gate.readDone();
        gate.readDone();
        gate.write();
        assertThrows(IllegalStateException.class, gate::write);
        assertThrows(IllegalStateException.class, gate::read);
        gate.writeDone();
        gate.read();
        gate.readDone();
    }

    @Test
    void aWriterThatWaitsForItselfIsRefusedAndLeavesTheGateAsItWas() {
        TrainingGate gate = TrainingGate.closing(SOON);
        gate.read();
        String message = assertThrows(IllegalStateException.class, gate::write).getMessage();
        assertTrue(message.startsWith("Another session of this model is running") && message.contains("more than 20 ms"), message);
        gate.read();
        gate.readDone();
        gate.readDone();
        gate.write();
        gate.writeDone();
    }

    @Test
    @Timeout(20)
    void aWriterGetsItsTurnThoughReadersKeepComing() throws InterruptedException {
        TrainingGate gate = TrainingGate.closing();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger reads = new AtomicInteger();
        int readers = 4;
        CountDownLatch allRead = new CountDownLatch(readers);
        List<Thread> threads = IntStream.range(0, readers).mapToObj(i -> new Thread(() -> {
            // Each call overlaps with the others': the gate is never empty by itself.
            for (boolean first = true; !stop.get();) {
                try {
                    gate.read();
                } catch (IllegalStateException training) {
                    Thread.onSpinWait();
                    continue;
                }
                inside.incrementAndGet();
                LockSupport.parkNanos((2 + i) * 1_000_000L);
                inside.decrementAndGet();
                reads.incrementAndGet();
                gate.readDone();
                if (first) {
                    allRead.countDown();
                    first = false;
                }
            }
        })).toList();
        threads.forEach(Thread::start);
        allRead.await();
        long longest = 0;
        int before = reads.get();
        for (int step = 0; step < 30; step++) {
            long begin = System.nanoTime();
            gate.write();
            longest = Math.max(longest, System.nanoTime() - begin);
            assertEquals(0, inside.get(), "a reader beside the writer");
            gate.writeDone();
            LockSupport.parkNanos(3_000_000);
        }
        stop.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        assertTrue(reads.get() > before, "the readers went on too");
        // Its turn comes after the calls that are under way, 5 ms each; the rest is for a busy machine.
        assertTrue(longest < 2_000_000_000L, "waited for " + longest / 1_000_000 + " ms");
    }
}
