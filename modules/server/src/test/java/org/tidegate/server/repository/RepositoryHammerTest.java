/* Many clients while the files of models change. */
package org.tidegate.server.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Precision;
import org.tidegate.Tidegate;
import org.tidegate.server.TestModels;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.model.Asked;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.sequence.SequenceLimits;
import org.tidegate.server.service.InferenceService;

class RepositoryHammerTest {
    private static final int CLIENTS = 16;
    private static final long SHORT = 2; // more is a soak, whose figures are shown
    private static final long SECONDS = Long.getLong("tidegate.hammer.seconds", SHORT);
    private static final Batcher.Limits LIMITS = new Batcher.Limits(2, 16, 0, 1000);

    @TempDir
    Path folder;

    @TempDir
    Path aside;

    private final ExecutorService workers = Executors.newFixedThreadPool(2);

    private static String answer(InferenceService service, String model) throws Exception {
        Asked asked = new Asked();
        service.infer(Asked.text(model, "", "a good film"), asked);
        InferenceResponse response = asked.get();
        return response.outputs().get(0).texts() + Arrays.toString(response.outputs().get(2).floats());
    }

    private Path model(int seed) throws Exception {
        Path file = aside.resolve(seed + ".safetensors");
        TestModels.classifier(file, seed);
        return file;
    }

    /** In one step, as those who save models do. */
    private void replace(String name, Path file) throws Exception {
        Path copy = Files.copy(file, folder.resolve("." + name), StandardCopyOption.REPLACE_EXISTING);
        Files.move(copy, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void awaitBytes(long most) throws InterruptedException {
        for (int i = 0; i < 2000 && Tidegate.nativeBytes() > most; i++) {
            Thread.sleep(5);
        }
        assertTrue(Tidegate.nativeBytes() <= most, Tidegate.nativeBytes() + " bytes; expected " + most);
    }

    @Test
    void theMemoryOfWhatWasReplacedOrUnloadedIsFreed() throws Exception {
        long before = Tidegate.nativeBytes();
        List<Path> files = List.of(model(1), model(2));
        try (ModelRepository repository = new ModelRepository(folder, ModelOpener.standard(), Precision.FLOAT32, LIMITS, SequenceLimits.DEFAULT, workers)) {
            InferenceService service = new InferenceService(repository);
            replace("mood.safetensors", files.get(0));
            repository.scan();
            long one = Tidegate.nativeBytes();
            assertTrue(one > before, one + " bytes, " + before + " before");
            for (int i = 1; i <= 6; i++) {
                replace("mood.safetensors", files.get(i % 2));
                repository.scan();
                repository.scan();
                awaitBytes(one);
            }
            service.unload("mood");
            awaitBytes(before);
            service.load("mood");
            awaitBytes(one);
        }
        awaitBytes(before);
        workers.shutdown();
    }

    @Test
    void noRequestIsLostOrAnsweredWronglyWhileModelsAreReplacedLoadedAndUnloaded() throws Exception {
        long before = Tidegate.nativeBytes();
        List<Path> files = List.of(model(1), model(2), model(3));
        Path garbage = Files.write(aside.resolve("garbage"), new byte[1000]);
        Set<String> expected = new HashSet<>();
        AtomicLong answers = new AtomicLong();
        AtomicLong refusals = new AtomicLong();
        int switches = 0;
        try (ModelRepository repository = new ModelRepository(folder, ModelOpener.standard(), Precision.FLOAT32, LIMITS, SequenceLimits.DEFAULT, workers)) {
            InferenceService service = new InferenceService(repository);
            replace("other.safetensors", files.get(0));
            for (Path file : files) {
                replace("mood.safetensors", file);
                service.load("mood");
                expected.add(answer(service, "mood"));
            }
            assertEquals(files.size(), expected.size());
            long end = System.nanoTime() + SECONDS * 1_000_000_000L;
            ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                SplittableRandom random = new SplittableRandom(i);
                running.add(clients.submit((Callable<Void>) () -> {
                    while (System.nanoTime() < end) {
                        boolean steady = random.nextInt(4) > 0;
                        try {
                            assertTrue(expected.contains(answer(service, steady ? "mood" : "other")));
                            answers.incrementAndGet();
                        } catch (ProtocolException e) {
                            assertTrue(!steady && (e.status() == Status.UNAVAILABLE || e.status() == Status.NOT_FOUND), e.getMessage());
                            refusals.incrementAndGet();
                        }
                        repository.models().forEach(ServedModel::bytes);
                    }
                    return null;
                }));
            }
            SplittableRandom random = new SplittableRandom(99);
            for (; System.nanoTime() < end; switches++) {
                change(service, random, files, garbage);
                repository.scan();
            }
            for (Future<?> each : running) {
                each.get();
            }
            clients.shutdown();
        }
        assertTrue(answers.get() > 100 && refusals.get() > 0 && switches > 3, answers + " answers, " + refusals + " refusals, " + switches);
        awaitBytes(before);
        if (SECONDS > SHORT) {
            System.out.printf(Locale.ROOT, "soak: the server's folder of models: %d threads, %d s, %,d changes, %,d calls right, %,d refused, none"
                    + " wrong%n", CLIENTS, SECONDS, switches, answers.get(), refusals.get());
        }
        workers.shutdown();
    }

    private void change(InferenceService service, SplittableRandom random, List<Path> files, Path garbage) throws Exception {
        Path file = files.get(random.nextInt(files.size()));
        switch (random.nextInt(6)) {
            case 0 -> replace("mood.safetensors", garbage);
            case 1 -> replace("other.safetensors", file);
            case 2 -> {
                if (service.index(false).stream().anyMatch(each -> each.name().equals("other"))) {
                    service.unload("other");
                }
            }
            case 3 -> {
                if (Files.exists(folder.resolve("other.safetensors"))) {
                    service.load("other");
                }
            }
            case 4 -> {
                Files.deleteIfExists(folder.resolve("other.safetensors"));
                service.repository().scan();
            }
            default -> replace("mood.safetensors", file);
        }
    }
}
