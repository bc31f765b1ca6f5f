/* Sequences of many clients at once, of which some are slow. */
package org.tidegate.server.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tidegate.FrozenModel;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.Tidegate;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.model.Asked;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.network.NetworkServing;
import org.tidegate.server.network.Networks;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

class SequencesHammerTest {
    private static final int CLIENTS = 6;
    private static final int STEPS = 1_500; // of each client

    private static final long SHORT = 1; // more is a soak, whose figures are shown
    private static final long SECONDS = Long.getLong("tidegate.hammer.seconds", SHORT);
    private static final int THREADS = SECONDS > SHORT ? 32 : 8;
    private static final int MOST = THREADS - 2;
    private static final int LEAST = 100; // calls that are right, however little of the processor is there
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    static Path folder;

    private final AtomicInteger expired = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    @Test
    void stepsThatRaceWithExpiryRunFromTheirOwnStateOrNotAtAll() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(2);
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        FrozenModel model = Networks.frozen(Networks.CURVE, Precision.FLOAT32);
        try (ServedModel served = new ServedModel("m", "1", new NetworkServing(model), new Batcher.Limits(2, 4, 0, CLIENTS - 2),
                new SequenceLimits(CLIENTS - 1, Duration.ofMillis(2)), workers)) {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 1; client <= CLIENTS; client++) {
                int number = client;
                running.add(clients.submit(() -> {
                    client(served, model, number);
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
            assertTrue(expired.get() > 0 && refused.get() > 0 && ended.get() > 0,
                    expired + " expired, " + refused + " refused, " + ended + " ended");
            await(() -> served.sequences().count() == 0);
        } finally {
            clients.shutdown();
            workers.shutdown();
        }
    }

    @ParameterizedTest
    @EnumSource(SequenceKinds.class)
    void misuseByManyNeitherMixesSequencesNorLeavesAnything(SequenceKinds kind) throws Exception {
        kind.serving(folder).close(); // what a process keeps of the first is there
        long before = Tidegate.nativeBytes();
        AtomicLong right = new AtomicLong();
        AtomicLong refusals = new AtomicLong();
        ExecutorService workers = Executors.newFixedThreadPool(2);
        ExecutorService clients = Executors.newFixedThreadPool(THREADS);
        try (ServedModel served = new ServedModel("m", "1", kind.serving(folder), new Batcher.Limits(2, 16, 0, THREADS - 3),
                new SequenceLimits(MOST, Duration.ofMillis(50)), workers)) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                running.add(clients.submit(() -> {
                    try (SequenceKinds.Oracle alone = kind.oracle(folder)) {
                        SequenceMisuser client = new SequenceMisuser(served, kind, alone, number, right, refusals);
                        while (System.nanoTime() < end || right.get() < LEAST && System.nanoTime() < end + PATIENCE) {
                            client.act();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get(SECONDS + 180, TimeUnit.SECONDS);
            }
            await(() -> served.sequences().count() == 0);
            await(served::isIdle);
        } finally {
            clients.shutdown();
            workers.shutdown();
        }
        await(() -> {
            System.gc(); // batches and states go with the objects that hold them
            return Tidegate.nativeBytes() <= before;
        });
        assertTrue(right.get() >= LEAST && refusals.get() > 0, right + " right, " + refusals + " refused");
        if (SECONDS > SHORT) {
            System.out.printf(Locale.ROOT, "soak: the server's sequences, %s: %d threads, %d s, %,d calls right, %,d refused, none wrong%n", kind,
                    THREADS, SECONDS, right.get(), refusals.get());
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 2_000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(5);
        }
        assertTrue(condition.getAsBoolean());
    }

    private void client(ServedModel served, FrozenModel model, int number) throws InterruptedException {
        Random random = new Random(number);
        boolean open = false;
        try (Session alone = model.newSession()) {
            for (int step = 0; step < STEPS; step++) {
                float[] x = Networks.floats(random, 2);
                boolean end = random.nextInt(9) == 0;
                if (random.nextInt(40) == 0) {
                    Thread.sleep(4);
                }
                try {
                    InferenceResponse answer = send(served, (long) number, x, !open, end).join();
                    if (!open) {
                        alone.reset();
                    }
                    float[] expected = new float[3];
                    alone.step(x).get(expected);
                    assertArrayEquals(expected, answer.outputs().get(0).floats());
                    open = !end;
                    ended.addAndGet(end ? 1 : 0);
                } catch (CompletionException e) {
                    Status status = ((ProtocolException) e.getCause()).status();
                    boolean gone = status == Status.NOT_FOUND;
                    assertTrue(gone && open || status == Status.RESOURCE_EXHAUSTED, e.getCause().getMessage());
                    (gone ? expired : refused).incrementAndGet();
                    open &= !gone && !end;
                }
            }
        }
    }

    private static CompletableFuture<InferenceResponse> send(ServedModel served, long id, float[] x, boolean start, boolean end) {
        Asked asked = new Asked();
        served.infer(new InferenceRequest("m", "", "", Map.of("sequence_id", id, "sequence_start", start, "sequence_end", end),
                List.of(InferenceTensor.of("x", x, 1, 1, 2)), List.of()), asked);
        return asked.future();
    }
}
