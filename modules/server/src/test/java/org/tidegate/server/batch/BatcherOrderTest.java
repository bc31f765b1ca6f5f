/* The order in which a queue is emptied. */
package org.tidegate.server.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class BatcherOrderTest {
    private record Job(String name, int size, Object alone) implements QuietJob {}

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<List<String>> batches = new ArrayList<>();
    private boolean closed;

    private Batcher<Job> batcher(int items) {
        return new Batcher<>(new Batcher.Limits(1, items, 0, 100), task -> {
            if (closed) {
                throw new RejectedExecutionException();
            }
            tasks.add(task);
        }, new Statistics(), (batch, statistics) -> batches.add(batch.stream().map(Job::name).toList()));
    }

    @Test
    void aJobThatMustNotRunBesideOneThatIsPassedOverDoesNotOvertakeIt() {
        Batcher<Job> batcher = batcher(4);
        batcher.submit(new Job("a", 2, "A"));
        batcher.submit(new Job("b1", 3, "B")); // does not fit beside a
        batcher.submit(new Job("b2", 1, "B")); // would, but comes after b1
        batcher.submit(new Job("c", 1, "C"));
        while (!tasks.isEmpty()) {
            tasks.poll().run();
        }
        assertEquals(List.of(List.of("a", "c"), List.of("b1"), List.of("b2")), batches);
    }

    @Test
    void whatWaitsIsRunAlsoWhereTheThreadsAreGoing() {
        Batcher<Job> batcher = batcher(1);
        batcher.submit(new Job("a", 1, null));
        batcher.submit(new Job("b", 1, null));
        batcher.submit(new Job("c", 1, null));
        closed = true;
        tasks.poll().run();
        assertEquals(List.of(List.of("a"), List.of("b"), List.of("c")), batches);
    }
}
