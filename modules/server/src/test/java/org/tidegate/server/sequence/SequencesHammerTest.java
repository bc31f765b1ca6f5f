/* Sequences of many clients at once, of which some are slow. */
package org.tidegate.server.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.tidegate.FrozenModel;
import org.tidegate.Precision;
import org.tidegate.Session;
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
    private static final int STEPS = Integer.getInteger("tidegate.sequence.steps", 1_500); // of each client

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
            for (int i = 0; i < 500 && served.sequences().count() > 0; i++) {
                Thread.sleep(2);
            }
            assertEquals(0, served.sequences().count());
        } finally {
            clients.shutdown();
            workers.shutdown();
        }
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
