/* What is checked of a request before it is read. */
package org.tidegate.server.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tidegate.Precision;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.network.NetworkServing;
import org.tidegate.server.network.Networks;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.sequence.SequenceLimits;
import org.tidegate.server.task.Servings;
import org.tidegate.server.task.TaskModels;

class ServedModelTest {
    private static final ExecutorService THREADS = Executors.newFixedThreadPool(2);

    @TempDir
    Path folder;

    @AfterAll
    static void stop() {
        THREADS.shutdown();
    }

    private static ServedModel serve(Serving<?, ?> serving) {
        return new ServedModel("m", "1", serving, new Batcher.Limits(2, 8, 0, 100), SequenceLimits.DEFAULT, THREADS);
    }

    private static ProtocolException refused(ServedModel model, InferenceTensor input) {
        Asked asked = new Asked();
        model.infer(new InferenceRequest("m", "", "", Map.of(), List.of(input), List.of()), asked);
        return assertThrows(ProtocolException.class, asked::get);
    }

    @ParameterizedTest
    @EnumSource(TaskModels.class)
    void moreItemsThanARequestMayHaveAreRefusedBeforeTheyAreRead(TaskModels task) throws Exception {
        task.save(folder.resolve("m.safetensors"));
        Serving<?, ?> serving = Servings.open(folder.resolve("m.safetensors"), Precision.FLOAT32);
        boolean writes = serving.generates() != null;
        int most = writes ? 256 : 4096;
        try (ServedModel model = serve(serving)) {
            InferenceTensor many = InferenceTensor.of(serving.inputs().get(0).name(), Collections.nCopies(most + 1, ""), most + 1);
            ProtocolException refused = refused(model, many);
            assertEquals(Status.INVALID_ARGUMENT, refused.status());
            assertEquals("the request has " + (most + 1) + " items; model 'm' takes at most " + most + " at once. Split it",
                    refused.getMessage());
        }
    }

    @Test
    void sequencesOfANetworkAreItemsAndItsStepsAreNot() throws Exception {
        try (ServedModel model = serve(new NetworkServing(Networks.frozen(Networks.CURVE, Precision.FLOAT32)))) {
            Asked long1 = new Asked();
            model.infer(new InferenceRequest("m", "", "", Map.of(), List.of(InferenceTensor.of("x", new float[2 * 5000], 1, 5000, 2)),
                    List.of()), long1);
            assertEquals(5000, long1.get().outputs().get(0).dim(1));
            String message = refused(model, InferenceTensor.of("x", new float[2 * 4097], 4097, 1, 2)).getMessage();
            assertTrue(message.startsWith("the request has 4097 items"), message);
        }
    }

    @Test
    void whatNobodyWaitsForIsNotReadByAWorker() throws Exception {
        TaskModels.CLASSIFY.save(folder.resolve("m.safetensors"));
        Serving<?, ?> serving = Servings.open(folder.resolve("m.safetensors"), Precision.FLOAT32);
        AtomicInteger reads = new AtomicInteger();
        Serving<?, ?> slow = (Serving<?, ?>) Proxy.newProxyInstance(Serving.class.getClassLoader(), new Class<?>[] {Serving.class},
                (proxy, method, arguments) -> {
                    reads.addAndGet(method.getName().equals("read") ? 1 : 0);
                    return method.getName().equals("readsSlowly") ? true : method.invoke(serving, arguments);
                });
        List<Runnable> waiting = new ArrayList<>();
        try (ServedModel model = new ServedModel("m", "1", slow, new Batcher.Limits(1, 8, 0, 100), SequenceLimits.DEFAULT, waiting::add)) {
            Asked cancelled = new Asked();
            Asked late = new Asked(System.nanoTime() + 1_000_000);
            Asked patient = new Asked(System.nanoTime() + TimeUnit.HOURS.toNanos(1));
            for (Asked each : List.of(cancelled, late, patient)) {
                assertTrue(model.infer(Asked.text("m", "", "the tide"), each));
            }
            cancelled.cancel();
            TimeUnit.MILLISECONDS.sleep(2);
            while (!waiting.isEmpty()) {
                waiting.remove(0).run();
            }
            assertEquals(Status.CANCELLED, assertThrows(ProtocolException.class, cancelled::get).status());
            assertEquals(Status.DEADLINE_EXCEEDED, assertThrows(ProtocolException.class, late::get).status());
            assertEquals("m", patient.get().model());
            assertEquals(1, reads.get());
            assertEquals(2, model.statistics().dropped());
            assertEquals(2, model.statistics().fail().count());
            assertTrue(model.isIdle());
        }
    }

    @Test
    void itemsOfARequestOfASequenceAreBoundedToo() throws Exception {
        try (ServedModel model = serve(new NetworkServing(Networks.frozen(Networks.CURVE, Precision.FLOAT32)))) {
            Asked asked = new Asked();
            InferenceTensor many = InferenceTensor.of("x", Collections.nCopies(4097, ""), 4097, 1, 1);
            model.infer(new InferenceRequest("m", "", "", Map.of("sequence_id", 1L, "sequence_start", true), List.of(many), List.of()), asked);
            String message = assertThrows(ProtocolException.class, asked::get).getMessage();
            assertTrue(message.startsWith("the request has 4097 items"), message);
            assertEquals(0, model.sequences().count());
        }
    }

    @Test
    void theNamesOfAModelAreAskedForOnce() throws Exception {
        TaskModels.CLASSIFY.save(folder.resolve("m.safetensors"));
        Serving<?, ?> serving = Servings.open(folder.resolve("m.safetensors"), Precision.FLOAT32);
        Map<String, Integer> calls = new ConcurrentHashMap<>();
        Serving<?, ?> counted = (Serving<?, ?>) Proxy.newProxyInstance(Serving.class.getClassLoader(), new Class<?>[] {Serving.class},
                (proxy, method, arguments) -> {
                    calls.merge(method.getName(), 1, Integer::sum);
                    return method.invoke(serving, arguments);
                });
        try (ServedModel model = serve(counted)) {
            for (int i = 0; i < 3; i++) {
                Asked asked = new Asked();
                model.infer(new InferenceRequest("m", "", "", Map.of(), List.of(InferenceTensor.of("text", List.of("the tide"), 1)),
                        List.of(new InferenceRequest.Output("label", Map.of()), new InferenceRequest.Output("probability", Map.of()))), asked);
                assertEquals(2, asked.get().outputs().size());
            }
        }
        assertEquals(1, calls.get("inputs"));
        assertEquals(1, calls.get("outputs"));
    }
}
