/* Sequences of models that are replaced. */
package org.tidegate.server.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.model.Asked;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.repository.ModelOpener;
import org.tidegate.server.repository.ModelRepository;
import org.tidegate.server.service.InferenceService;

class SequencesReloadTest {
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private ModelRepository repository;
    private InferenceService service;

    @TempDir
    Path folder;

    @BeforeEach
    void open() throws Exception {
        save(1, "m.safetensors");
        repository = new ModelRepository(folder, ModelOpener.standard(), Precision.FLOAT32, new Batcher.Limits(2, 8, 0, 100), SequenceLimits.DEFAULT, workers);
        repository.scan();
        service = new InferenceService(repository);
    }

    @AfterEach
    void close() throws Exception {
        repository.close();
        workers.shutdown();
        assertTrue(workers.awaitTermination(10, TimeUnit.SECONDS));
    }

    private void save(long seed, String name) throws Exception {
        try (Model model = Model.of("x = input axis=time cols=1\nh = recurrent x cell=gru size=3\ny = linear h cols=2\n", seed)) {
            Files.createDirectories(folder.resolve(name).getParent());
            model.save(folder.resolve(name));
        }
    }

    private float[] ask(String version, String... words) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        for (String word : words) {
            parameters.put(word.startsWith("sequence_") ? word : "sequence_id", word.startsWith("sequence_") ? (Object) true : word);
        }
        Asked asked = new Asked();
        service.infer(new InferenceRequest("m", version, "", parameters, List.of(InferenceTensor.of("x", new float[] {1}, 1, 1)), List.of()),
                asked);
        return asked.future().join().outputs().get(0).floats();
    }

    private void refused(Status status, String version, String... words) {
        CompletionException failure = assertThrows(CompletionException.class, () -> ask(version, words));
        assertEquals(status, ((ProtocolException) failure.getCause()).status(), failure.getCause().getMessage());
    }

    @Test
    void aSequenceGoesOnAtTheModelThatItBeganAtWhileNewOnesBeginAtItsSuccessor() throws Exception {
        float[] first = ask("", "a", "sequence_start");
        float[] second = ask("", "a");
        ask("", "b", "sequence_start");
        save(2, "m.safetensors");
        repository.load("m");
        assertArrayEquals(second, ask("", "b"));
        float[] successor = ask("", "c", "sequence_start");
        assertFalse(Arrays.equals(first, successor));
        assertArrayEquals(successor, ask("", "a", "sequence_start")); // no longer that of the old one
        ask("", "a", "sequence_end");
        refused(Status.NOT_FOUND, "", "a");
        ask("", "b", "sequence_end");
        refused(Status.NOT_FOUND, "", "b");
    }

    @Test
    void aSequenceGoesOnAfterItsModelIsUnloadedAndNoneBegins() {
        ask("", "a", "sequence_start");
        float[] second = ask("", "a");
        ask("", "a", "sequence_start");
        service.unload("m");
        assertArrayEquals(second, ask("", "a"));
        refused(Status.UNAVAILABLE, "", "b", "sequence_start");
        ask("", "a", "sequence_end");
        refused(Status.UNAVAILABLE, "", "a");
    }

    @Test
    void aSequenceStaysWithItsVersionWhenANewerOneComes() throws Exception {
        ask("", "a", "sequence_start");
        float[] second = ask("", "a");
        ask("", "a", "sequence_start");
        save(2, "m/2.safetensors");
        repository.load("m");
        assertEquals(List.of("1", "2"), repository.versions("m"));
        assertArrayEquals(second, ask("", "a"));
        refused(Status.NOT_FOUND, "2", "a");
        float[] newer = ask("2", "b", "sequence_start");
        assertArrayEquals(newer, ask("", "c", "sequence_start"));
        ask("1", "a");
    }

    @Test
    void whatASequenceHeldIsFreedWithTheRepository() throws Exception {
        ask("", "a", "sequence_start");
        ServedModel model = repository.model("m", "");
        repository.close();
        for (int i = 0; i < 2000 && model.bytes() > 0; i++) {
            Thread.sleep(5); // the request ends a moment after its answer
        }
        assertFalse(model.acquire(), "the model is held");
    }
}
