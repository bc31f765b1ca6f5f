package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Precision;
import org.tidegate.Tidegate;
import org.tidegate.hammer.Soak;
import org.tidegate.internal.NativeHandle;

/**
 * Sixteen threads that open, share, ask, freeze and close the models of all tasks, for {@code -Dtidegate.soak.minutes} or three seconds: no
 * native object waits for a collection once it is closed, and in the second half of the long form the resident memory stays where it is.
 */
@Tag(Soak.TAG)
@EnabledOnOs(OS.LINUX)
class SoakTest {
    private static final int THREADS = 16;
    private static final long MINUTES = Integer.getInteger("tidegate.soak.minutes", 0);
    private static final long MILLIS = MINUTES == 0 ? 3000 : TimeUnit.MINUTES.toMillis(MINUTES);
    private static final long MEBIBYTE = 1 << 20;
    /** MiB from the third quarter to the last, in a heap of fixed size: a compiler's thread of the JVM may still take some. */
    private static final long MOST_GROWTH = 16;
    /** Until the JVM has compiled what it will, and each of the C library's arenas has met its largest load. */
    private static final int LEAST_MINUTES = 10;

    @TempDir
    Path folder;

    /** One task's file, its answers shared by all threads, and what they say. */
    private record Opened(String name, Path file, Answers<?> shared, List<Object> expected) {}

    private static Opened open(Path folder, String name) throws IOException {
        Path file = folder.resolve(name + ".safetensors");
        TaskSamples.of(name).save(file);
        Answers<?> shared = Tasks.open(file, Precision.FLOAT32);
        List<Object> expected = new ArrayList<>();
        for (int i = 0; i < TaskSamples.QUESTIONS; i++) {
            expected.add(TaskSamples.of(name).ask(shared, i));
        }
        return new Opened(name, file, shared, expected);
    }

    private static void work(Opened task, Random random) throws IOException {
        int question = random.nextInt(TaskSamples.QUESTIONS);
        switch (random.nextInt(8)) {
            case 0 -> {
                try (Answers<?> own = Tasks.open(task.file, Precision.FLOAT32)) {
                    assertEquals(task.expected.get(question), TaskSamples.of(task.name).ask(own, question));
                }
            }
            case 1 -> {
                if (!TaskSamples.of(task.name).isTrainable()) {
                    return;
                }
                try (Trainable<?, ?> model = Tasks.load(task.file);
                        Answers<?> frozen = model.answers(Precision.values()[random.nextInt(Precision.values().length)])) {
                    TaskSamples.of(task.name).ask(frozen, question);
                }
            }
            case 2 -> TaskSamples.of(task.name).measure(task.shared);
            default -> assertEquals(task.expected.get(question), TaskSamples.of(task.name).ask(task.shared, question));
        }
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    private static long resident() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4096;
    }

    @Test
    void memoryStaysWhereItIs() throws Exception {
        List<Opened> tasks = new ArrayList<>();
        for (String name : TaskSamples.names().toList()) {
            tasks.add(open(folder, name));
        }
        long alive = NativeHandle.alive();
        long end = System.currentTimeMillis() + MILLIS;
        AtomicLong calls = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<?>> all = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            Random random = new Random(t);
            all.add(threads.submit(() -> {
                while (System.currentTimeMillis() < end) {
                    work(tasks.get(random.nextInt(tasks.size())), random);
                    calls.incrementAndGet();
                }
                return null;
            }));
        }
        threads.shutdown();
        List<Long> resident = new ArrayList<>();
        while (!threads.awaitTermination(MILLIS / 20, TimeUnit.MILLISECONDS)) {
            resident.add(resident() / MEBIBYTE);
        }
        for (Future<?> each : all) {
            each.get();
        }
        Soak.report("%d threads on all tasks, %d s: %,d calls, resident memory in MiB %s, native memory at the end %d MiB", THREADS,
                MILLIS / 1000, calls.get(), resident, Tidegate.nativeBytes() / MEBIBYTE);
        // Workers that are idle keep their sessions, one for each processor at most; nothing else waits for a collection.
        long most = alive + (long) tasks.size() * Runtime.getRuntime().availableProcessors();
        assertTrue(NativeHandle.alive() <= most, () -> NativeHandle.alive() - alive + " objects more");
        tasks.forEach(task -> task.shared.close());
        if (MINUTES >= LEAST_MINUTES) {
            int quarter = resident.size() / 4;
            long third = median(resident.subList(2 * quarter, 3 * quarter));
            long last = median(resident.subList(resident.size() - quarter, resident.size()));
            assertTrue(last <= third + MOST_GROWTH, () -> "resident memory grows: " + resident);
        }
    }
}
