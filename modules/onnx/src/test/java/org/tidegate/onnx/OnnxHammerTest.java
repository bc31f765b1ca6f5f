package org.tidegate.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Precision;

/**
 * 32 threads on one imported model, right use and misuse mixed: each call gives its own answer or is refused. For some rounds, or for {@code
 * -Dtidegate.hammer.seconds}.
 */
@Timeout(120)
class OnnxHammerTest {
    private static final int THREADS = 32;
    private static final int QUESTIONS = 12;
    private static final int ROUNDS = 60;
    private static final long SECONDS = Long.getLong("tidegate.hammer.seconds", 0);

    private static final Built GRAPH = new Built(17, 3).ids("x", 7, "N", "T").ids("l", 5, "N").input("h", 1, "N", 5).weight("e", 7, 4)
            .weight("wi", 1, 15, 4).weight("wh", 1, 15, 5).node("Gather", "e x -> v")
            .node("Transpose", "v -> u", "perm", Built.ints(1, 0, 2))
            .node("Cast", "l -> n", "to", 6).node("GRU", "u wi wh . n h -> y hn", "hidden_size", 5).output("y", "hn");

    private static Map<String, NdArray> question(int number) {
        SplittableRandom random = new SplittableRandom(number);
        int batch = 1 + random.nextInt(4);
        int time = 1 + random.nextInt(6);
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        inputs.put("x", NdArray.of(new int[] {batch, time}, random.longs((long) batch * time, 0, 7).toArray()));
        inputs.put("l", NdArray.of(new int[] {batch}, random.longs(batch, 0, time + 1).toArray()));
        if (random.nextBoolean()) {
            float[] state = new float[5 * batch];
            for (int i = 0; i < state.length; i++) {
                state[i] = (float) random.nextDouble() - 0.5f;
            }
            inputs.put("h", NdArray.of(new int[] {1, batch, 5}, state));
        }
        return inputs;
    }

    /** Something that no model takes. */
    private static Map<String, NdArray> misuse(SplittableRandom random) {
        Map<String, NdArray> inputs = new LinkedHashMap<>(question(random.nextInt(QUESTIONS)));
        NdArray ids = inputs.get("x");
        int batch = ids.shape()[0];
        switch (random.nextInt(10)) {
            case 0 -> inputs.remove("x");
            case 1 -> inputs.put("x", null);
            case 2 -> inputs.put("x", NdArray.of(new int[] {batch}, new long[batch]));
            case 3 -> inputs.put("x", NdArray.of(ids.shape(), new float[ids.integers().length]));
            case 4 -> inputs.put("l", NdArray.of(new int[] {batch + 1}, new long[batch + 1]));
            case 5 -> inputs.put("l", NdArray.of(new int[] {batch}, filled(batch, random.nextBoolean() ? -1 : Long.MAX_VALUE)));
            case 6 -> {
                inputs.put("x", NdArray.of(ids.shape(), filled(ids.integers().length, random.nextBoolean() ? 7 : Long.MIN_VALUE)));
                inputs.put("l", NdArray.of(new int[] {batch}, filled(batch, 1)));
            }
            case 7 -> inputs.put("h", NdArray.of(new int[] {batch, 1, 4}, new float[4 * batch]));
            case 8 -> inputs.put("h", NdArray.of(new int[] {1, batch, 5}, new long[5 * batch]));
            default -> inputs.put("hn", NdArray.of(new int[] {1}, 1f));
        }
        return inputs;
    }

    private static long[] filled(int count, long number) {
        long[] numbers = new long[count];
        Arrays.fill(numbers, number);
        return numbers;
    }

    private static void check(Map<String, NdArray> expected, Map<String, NdArray> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, array) -> assertArrayEquals(array.reals(), actual.get(name).reals()));
    }

    private static boolean isRefused(Runnable call, AtomicLong refused) {
        try {
            call.run();
            return false;
        } catch (IllegalArgumentException | IllegalStateException e) {
            refused.incrementAndGet();
            return true;
        }
    }

    @Test
    void nobodyGetsTheAnswerOfAnother(@TempDir Path folder) throws Exception {
        OnnxModel model = GRAPH.model(folder);
        List<Map<String, NdArray>> expected = new ArrayList<>();
        try (OnnxAnswers alone = model.answers(Precision.FLOAT32)) {
            for (int i = 0; i < QUESTIONS; i++) {
                expected.add(alone.run(question(i)));
            }
        }
        AtomicLong refused = new AtomicLong();
        AtomicReference<OnnxAnswers> closing = new AtomicReference<>(model.answers(Precision.FLOAT32));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (OnnxAnswers shared = model.answers(Precision.FLOAT32); OnnxStream contested = shared.stream()) {
            CountDownLatch start = new CountDownLatch(THREADS);
            List<Future<?>> running = new ArrayList<>();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            for (int t = 0; t < THREADS; t++) {
                SplittableRandom random = new SplittableRandom(1000 + t);
                running.add(threads.submit(() -> {
                    start.countDown();
                    start.await();
                    for (int round = 0; round < ROUNDS || System.nanoTime() < end; round++) {
                        int i = random.nextInt(QUESTIONS);
                        check(expected.get(i), shared.run(question(i)));
                        Map<String, NdArray> wrong = misuse(random);
                        if (!isRefused(() -> shared.run(wrong), refused)) {
                            throw new AssertionError("taken: " + wrong);
                        }
                        isRefused(() -> check(expected.get(i), closing.get().run(question(i))), refused);
                        isRefused(() -> contested.accept(question(i)), refused);
                        if (random.nextInt(20) == 0) {
                            closing.getAndSet(model.answers(Precision.FLOAT32)).close();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
            for (int i = 0; i < QUESTIONS; i++) {
                check(expected.get(i), shared.run(question(i)));
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            threads.shutdownNow();
            closing.get().close();
        }
        if (refused.get() < THREADS * ROUNDS) {
            throw new AssertionError("only " + refused + " calls were refused");
        }
    }
}
