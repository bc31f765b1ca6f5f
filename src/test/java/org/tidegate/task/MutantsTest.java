package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tidegate.Precision;
import org.tidegate.Tidegate;
import org.tidegate.hammer.Soak;
import org.tidegate.internal.NativeHandle;

/**
 * Model files with faults, {@code -Dtidegate.mutants} of each sample: each opens, or is refused by an {@link IOException} (most are a
 * CheckpointException), in less than a second and ten times the file's size and 64 MiB, native memory and the heap each.
 */
@Tag(Soak.TAG)
class MutantsTest {
    private static final int MUTANTS = Integer.getInteger("tidegate.mutants", 120);
    private static final long ROOM = 64 << 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path folder;

    static Stream<String> tasks() {
        return TaskSamples.names();
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void aFileWithFaultsOpensOrIsRefused(String task) throws IOException {
        Path original = folder.resolve("original.safetensors");
        boolean trainable = TaskSamples.of(task).isTrainable();
        TaskSamples.of(task).save(original);
        Mutation mutation = new Mutation(original);
        Path file = folder.resolve("mutant.safetensors");
        Tasks.open(original, Precision.FLOAT32).close(); // classes are loaded
        if (trainable) {
            Tasks.load(original).close();
        }
        long alive = NativeHandle.alive();
        long limit = Tidegate.nativeLimit();
        int opened = 0;
        long slowest = 0;
        for (long seed = 1; seed <= MUTANTS; seed++) {
            String what = mutation.write(file, seed) + ", mutant " + seed + " of " + task;
            long room = 10 * Files.size(file) + ROOM;
            Tidegate.setNativeLimit(Tidegate.nativeBytes() + room);
            long heap = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            long start = THREADS.getCurrentThreadCpuTime();
            try {
                open(file, seed, trainable);
                opened++;
            } catch (IOException e) {
                assertTrue(e.getMessage().length() < 100_000, what);
            } catch (RuntimeException | Error e) {
                throw new AssertionError(what, e);
            } finally {
                Tidegate.setNativeLimit(limit);
            }
            long took = THREADS.getCurrentThreadCpuTime() - start;
            slowest = Math.max(slowest, took);
            assertTrue(took < TimeUnit.SECONDS.toNanos(1), () -> what + " took " + took / 1_000_000 + " ms");
            long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - heap;
            assertTrue(allocated < room, () -> what + " took " + allocated + " bytes of the heap");
        }
        assertTrue(NativeHandle.alive() <= alive, "an object of a refused file was not freed");
        assertTrue(opened > 0 && opened < MUTANTS / 2, opened + " opened"); // not all faults matter, but most do
        if (MUTANTS > 1000) {
            Soak.report("%s: %,d files with faults, %,d of them opened and the others were refused, in %d ms at most", task, MUTANTS, opened,
                    slowest / 1_000_000);
        }
    }

    private static void open(Path file, long seed, boolean trainable) throws IOException {
        if (seed % 2 == 0 || !trainable) {
            Tasks.open(file, Precision.values()[(int) (seed / 2 % 3)]).close();
        } else {
            Tasks.load(file).close();
        }
    }
}
