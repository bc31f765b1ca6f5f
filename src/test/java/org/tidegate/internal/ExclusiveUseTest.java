/* Who may enter, and what the next one sees. */
package org.tidegate.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ExclusiveUseTest {
    private final ExclusiveUse use = new ExclusiveUse("batch");

    @Test
    void asLongAsOneThreadIsInsideEveryOtherIsRefusedByName() throws Exception {
        use.enter();
        use.enter();
        String message = "The batch cannot be used now: thread '" + Thread.currentThread().getName() + "' is using it. "
            + "A batch belongs to one thread at a time.";
        assertEquals(message, refusal());
        use.exit();
        assertEquals(message, refusal());
        use.exit();
        assertEquals("", refusal());
        use.enter();
        use.exit();
    }

    @Test
    void theLastUseIsNoPartOfAnotherOne() {
        use.enter();
        assertEquals("The batch cannot be closed now: another call is using it. A batch belongs to one thread at a time.",
            assertThrows(IllegalStateException.class, use::enterToClose).getMessage());
        use.exit();
        use.enterToClose();
        use.exit();
    }

    @Test
    void neverAreTwoThreadsInsideAndEachSeesWhatTheLastOneWrote() throws Exception {
        long[] plain = new long[2];
        AtomicLong entered = new AtomicLong();
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            tasks.add(start(() -> {
                while (entered.get() < 500) {
                    try {
                        use.enter();
                    } catch (IllegalStateException refused) {
                        continue;
                    }
                    try {
                        assertEquals(plain[0], plain[1]);
                        plain[0]++;
                        Thread.yield();
                        plain[1]++;
                        entered.incrementAndGet();
                    } finally {
                        use.exit();
                    }
                }
                return null;
            }));
        }
        for (FutureTask<Void> task : tasks) {
            task.get(30, TimeUnit.SECONDS);
        }
        assertEquals(entered.get(), plain[0]);
    }

    /** What another thread is told, "" if it was admitted. */
    private String refusal() throws InterruptedException, ExecutionException {
        return start(() -> {
            try {
                use.enter();
            } catch (IllegalStateException refused) {
                return refused.getMessage();
            }
            use.exit();
            return "";
        }).get();
    }

    private static <T> FutureTask<T> start(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return task;
    }
}
