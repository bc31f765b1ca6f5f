/* What a failure leaves of a queue. */
package org.tidegate.server.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tidegate.server.protocol.Failures;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Thrown;

class BatcherFailureTest {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<String> ended = new ArrayList<>();

    private final class Job implements QuietJob {
        final String name;
        final boolean deaf; // its client's connection fails as it is told

        Job(String name, boolean deaf) {
            this.name = name;
            this.deaf = deaf;
        }

        @Override
        public Object alone() {
            return name;
        }

        @Override
        public void answer(InferenceResponse response) {
            ended.add(name);
        }

        @Override
        public void fail(ProtocolException failure) {
            ended.add(name + ": " + failure.getMessage());
            if (deaf) {
                throw new IllegalStateException("the connection is gone");
            }
        }

        @Override
        public boolean isCancelled() {
            return name.startsWith("cancelled");
        }
    }

    private Batcher<Job> batcher(Consumer<List<Job>> run) {
        return new Batcher<>(new Batcher.Limits(1, 4, 0, 100), tasks::add, new Statistics(), (batch, statistics) -> run.accept(batch));
    }

    private void work() {
        while (!tasks.isEmpty()) {
            tasks.poll().run();
        }
    }

    @Test
    void aClientThatCannotBeToldOfItsFailureStopsNobody() {
        Batcher<Job> batcher = batcher(batch -> {
            if (batch.get(0).name.equals("a")) {
                throw new IllegalStateException("a bad batch");
            }
            batch.forEach(job -> job.answer(null));
        });
        batcher.submit(new Job("a", true));
        batcher.submit(new Job("b", false));
        work();
        batcher.submit(new Job("cancelled", true));
        work();
        batcher.submit(new Job("a", false));
        work();
        batcher.submit(new Job("c", false));
        work();
        assertEquals(List.of("a: the server failed", "b: the server failed", "cancelled: the client has given up", "a: the server failed", "c"), ended);
        assertTrue(batcher.isIdle());
    }

    @ParameterizedTest
    @EnumSource(Thrown.class)
    void whateverARunThrowsIsToldByTheOneRule(Thrown thrown) {
        Batcher<Job> batcher = batcher(batch -> thrown.raise());
        batcher.submit(new Job("a", false));
        work();
        assertEquals(List.of("a: " + Failures.of("a test", thrown.make()).getMessage()), ended);
    }

    @Test
    void whatARunPutBackBeforeItFailedFailsOnce() {
        AtomicReference<Batcher<Job>> made = new AtomicReference<>();
        made.set(batcher(batch -> {
            made.get().resume(batch);
            throw new IllegalStateException("after all");
        }));
        made.get().submit(new Job("a", false));
        work();
        assertEquals(List.of("a: the server failed"), ended);
        assertTrue(made.get().isIdle());
    }
}
