/* The folder of the models: what is served of it, and what becomes of changes. */
package org.tidegate.server.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.model.Asked;
import org.tidegate.server.model.Echo;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.sequence.SequenceLimits;
import org.tidegate.server.service.InferenceService;

class RepositoryTest {
    @TempDir
    Path folder;

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final List<String> opened = new ArrayList<>(); // the texts of the files, in the order in which they were opened
    private final Map<String, Echo> servings = new HashMap<>(); // by the texts of their files
    private ModelRepository repository;
    private InferenceService service;
    private IOException refusal;
    private Runnable whileOpening = () -> {};

    @BeforeEach
    void create() {
        repository = new ModelRepository(folder, (model, version, file) -> {
            if (refusal != null) {
                throw refusal;
            }
            String text = Files.readString(file);
            opened.add(text);
            whileOpening.run();
            if (text.startsWith("bad")) {
                throw new IllegalArgumentException(file + " is bad");
            }
            Echo echo = new Echo(each -> text);
            servings.put(text, echo);
            return new ServedModel(model, version, echo, new Batcher.Limits(2, 8, 0, 100), SequenceLimits.DEFAULT, workers);
        });
        service = new InferenceService(repository);
    }

    @AfterEach
    void stop() throws Exception {
        repository.close();
        workers.shutdown();
    }

    private Path put(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private void scan(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            repository.scan();
        }
    }

    private Asked ask(String model, String version) {
        Asked asked = new Asked();
        service.infer(Asked.text(model, version, ""), asked);
        return asked;
    }

    private String says(String model, String version) throws Exception {
        return ask(model, version).get().outputs().get(0).texts().get(0);
    }

    private String says(String model) throws Exception {
        return says(model, "");
    }

    /** A line for each entry of the index: name version state reason. */
    private String index() {
        return repository.index().stream().map(each -> each.name() + " " + each.version() + " " + each.state() + " " + each.reason())
                .map(String::strip).collect(Collectors.joining("\n"));
    }

    private static Status status(Executable call) {
        return assertThrows(ProtocolException.class, call).status();
    }

    @Test
    void aFileIsAVersionAndAFolderHasManyOfWhichTheNewestIsTheDefault() throws Exception {
        put("a.safetensors", "a1");
        put("b/2.safetensors", "b2");
        put("b/10.safetensors", "b10");
        put("c/1/model.safetensors", "c1");
        put("c/3/model.safetensors", "c3");
        put("c/labels.txt", "none of our business");
        put(".hidden.safetensors", "bad");
        put("d.onnx", "d1");
        scan(1);
        assertEquals("a 1 READY\nb 2 READY\nb 10 READY\nc 1 READY\nc 3 READY\nd 1 READY", index());
        assertEquals(List.of("a1", "b10", "c3", "d1"), List.of(says("a"), says("b"), says("c"), says("d")));
        assertEquals(List.of("b2", "c1"), List.of(says("b", "2"), says("c", "1")));
        assertEquals(List.of("2", "10"), service.metadata("b", "2").versions());
        assertEquals(2, service.models("b", "").size());
        assertEquals(1, service.models("b", "2").size());
        assertEquals(6, service.models("", "").size());
        for (String version : List.of("1", "02", "x", "-1", "99999999999999999999")) {
            assertEquals(Status.NOT_FOUND, status(() -> says("b", version)), version);
        }
    }

    @Test
    void whatIsNoModelHasAReasonWithoutAPath() throws Exception {
        put("good.safetensors", "good");
        put("broken.safetensors", "bad");
        put("README.txt", "of another kind, as is the chart of a training");
        put("empty/notes.txt", "no version");
        put("odd/01.safetensors", "bad number");
        put("odd/2/weights.safetensors", "no model");
        put("twice.safetensors", "first");
        put("twice/1.safetensors", "second");
        Files.createDirectory(folder.resolve("folder.safetensors"));
        Files.createSymbolicLink(folder.resolve("gone.safetensors"), folder.resolve("nowhere"));
        Files.createSymbolicLink(folder.resolve("loop.safetensors"), folder.resolve("loop.safetensors"));
        Files.createSymbolicLink(folder.resolve("link.safetensors"), folder.resolve("good.safetensors"));
        put("line\nend.safetensors", "bad");
        scan(2);
        assertEquals("""
                broken 1 UNAVAILABLE broken.safetensors is bad
                empty  UNAVAILABLE the folder has no version; expected 1.safetensors, or 1/model.safetensors
                folder 1 UNAVAILABLE folder.safetensors is a folder
                gone 1 UNAVAILABLE gone.safetensors is a link to a file that is not there
                good 1 READY
                line?end 1 UNAVAILABLE line?end.safetensors is bad
                link 1 READY
                loop 1 UNAVAILABLE loop.safetensors is a link to a file that is not there
                odd  UNAVAILABLE 01.safetensors is no version; expected a number from 1 on, as in 1.safetensors; version 2 has no file model.safetensors
                twice 1 READY
                twice  UNAVAILABLE version 1 is there twice, as twice.safetensors, which is taken, and as 1.safetensors""", index());
        assertEquals("first", says("twice"));
        assertEquals("good", says("link"));
        ProtocolException failure = assertThrows(ProtocolException.class, () -> says("broken"));
        assertEquals(Status.UNAVAILABLE, failure.status());
        assertEquals("model 'broken' is not ready: broken.safetensors is bad", failure.getMessage());
    }

    @Test
    void aFileIsOpenedWhenItIsNoLongerWritten() throws Exception {
        scan(1);
        Path file = put("new.safetensors", "n");
        scan(1);
        assertEquals("new 1 LOADING waits to be loaded", index());
        Files.writeString(file, "ew", StandardOpenOption.APPEND);
        scan(1);
        assertEquals(List.of(), opened);
        scan(1);
        assertEquals(List.of("new"), opened);
        assertEquals("new", says("new"));
        scan(3);
        assertEquals(List.of("new"), opened, "opened once");
    }

    @Test
    void aFileThatChangesWhileItIsReadIsReadOnceMore() throws Exception {
        scan(1);
        Path file = put("model.safetensors", "half");
        whileOpening = () -> {
            whileOpening = () -> {};
            try {
                Files.writeString(file, "all of it");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
        scan(2);
        assertEquals("model 1 UNAVAILABLE model.safetensors was changed while it was read", index());
        assertTrue(servings.get("half").isClosed());
        scan(2);
        assertEquals("all of it", says("model"));
    }

    @Test
    void aChangeIsSeenBySizeByTimeAndByAnotherFileUnderTheName() throws Exception {
        Path file = put("model.safetensors", "one");
        FileTime time = Files.getLastModifiedTime(file);
        scan(1);
        Files.writeString(file, "longer");
        Files.setLastModifiedTime(file, time);
        scan(2);
        assertEquals("longer", says("model"));
        Files.writeString(file, "LONGER");
        Files.setLastModifiedTime(file, FileTime.fromMillis(time.toMillis() + 10));
        scan(2);
        assertEquals("LONGER", says("model"));
        Path other = put(".other", "lONGEr");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
        scan(2);
        assertEquals("lONGEr", says("model"));
        assertEquals(4, opened.size());
    }

    @Test
    void aBadFileNeverReplacesAGoodOne() throws Exception {
        Path file = put("model.safetensors", "good");
        scan(1);
        Files.writeString(file, "bad and new");
        scan(4);
        assertEquals("model 1 READY model.safetensors is bad; the file before it is served", index());
        assertEquals("good", says("model"));
        assertEquals(List.of("good", "bad and new"), opened, "a bad file is opened once");
        Files.writeString(file, "better");
        scan(2);
        assertEquals("model 1 READY", index());
        assertEquals("better", says("model"));
        assertTrue(servings.get("good").isClosed());
    }

    @Test
    void aFileThatCannotBeReadIsTriedAgain() throws Exception {
        put("model.safetensors", "good");
        refusal = new AccessDeniedException(folder.resolve("model.safetensors").toString());
        scan(3);
        assertEquals("model 1 UNAVAILABLE model.safetensors: permission denied", index());
        refusal = new IOException("a disk of " + folder.resolve("model.safetensors") + " failed");
        scan(1);
        assertEquals("model 1 UNAVAILABLE a disk of model.safetensors failed", index());
        refusal = null;
        scan(1);
        assertEquals("model 1 READY", index());
    }

    @Test
    void anErrorOfAFileOrOfAModelThatIsReplacedLeavesNothingInBetween() throws Exception {
        put("a.safetensors", "one");
        put("b.safetensors", "first");
        whileOpening = () -> {
            throw new NoClassDefFoundError("/secret/path");
        };
        scan(1);
        assertEquals("a 1 UNAVAILABLE a.safetensors cannot be opened\nb 1 UNAVAILABLE b.safetensors cannot be opened", index());
        whileOpening = () -> {};
        service.load("a");
        service.load("b");
        servings.get("one").close(); // so that it fails when it is closed again
        put("a.safetensors", "changed");
        put("b.safetensors", "second");
        scan(2);
        assertEquals("a 1 READY\nb 1 READY", index());
        assertEquals("changed second", says("a") + " " + says("b"));
    }

    @Test
    void requestsInProgressAreAnsweredByTheModelThatTookThemWhichIsThenFreed() throws Exception {
        Path file = put("model.safetensors", "old");
        scan(1);
        Echo old = servings.get("old");
        old.hold();
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            asked.add(ask("model", ""));
        }
        Files.writeString(file, "newer");
        scan(2);
        assertEquals("newer", says("model"));
        assertFalse(asked.stream().anyMatch(Asked::isDone));
        assertFalse(old.isClosed());
        old.allow();
        for (Asked each : asked) {
            assertEquals("old", each.get().outputs().get(0).texts().get(0));
        }
        await(() -> old.isClosed());
        assertFalse(servings.get("newer").isClosed());
    }

    @Test
    void whatIsGoneIsServedUntilTwoLooksHaveMissedIt() throws Exception {
        Path file = put("model/2.safetensors", "two");
        put("model/1.safetensors", "one");
        scan(1);
        Echo two = servings.get("two");
        two.hold();
        Asked asked = ask("model", "");
        Files.delete(file);
        scan(1);
        assertEquals("model 1 READY\nmodel 2 READY", index());
        scan(1);
        assertEquals("model 1 READY", index());
        assertEquals("one", says("model"));
        assertFalse(two.isClosed());
        two.allow();
        assertEquals("two", asked.get().outputs().get(0).texts().get(0));
        await(() -> two.isClosed());
        Files.delete(folder.resolve("model/1.safetensors"));
        Files.delete(folder.resolve("model"));
        scan(2);
        assertEquals("", index());
        assertEquals(Status.NOT_FOUND, status(() -> says("model")));
        assertTrue(servings.get("one").isClosed());
    }

    @Test
    void whatIsUnloadedStaysSoUntilItIsLoaded() throws Exception {
        Path file = put("model.safetensors", "first");
        put("other.safetensors", "other");
        scan(1);
        service.unload("model");
        assertTrue(servings.get("first").isClosed());
        Files.writeString(file, "second");
        scan(3);
        assertEquals("model 1 UNAVAILABLE it was unloaded; load it to serve it again\nother 1 READY", index());
        assertEquals(List.of("other"), service.index(true).stream().map(ModelStatus::name).toList());
        assertEquals(Status.UNAVAILABLE, status(() -> says("model")));
        Files.delete(file);
        scan(3);
        assertEquals("other 1 READY", index());
        put("model.safetensors", "third");
        scan(3);
        assertEquals(List.of("first", "other"), opened);
        service.load("model");
        assertEquals("third", says("model"));
        service.unload("model");
        service.unload("model");
        service.load("model");
        assertEquals("third", says("model"));
        assertEquals(Status.NOT_FOUND, status(() -> service.unload("none")));
        assertEquals(Status.NOT_FOUND, status(() -> service.load("none")));
        assertEquals(Status.NOT_FOUND, status(() -> service.load("../model")));
    }

    @Test
    void loadingOpensAtOnceWhatIsNewAndSaysWhatIsWrong() throws Exception {
        scan(1);
        put("model/1.safetensors", "one");
        service.load("model");
        ServedModel first = repository.model("model", "");
        service.load("model");
        assertSame(first, repository.model("model", ""), "nothing has changed");
        put("model/2.safetensors", "bad");
        ProtocolException failure = assertThrows(ProtocolException.class, () -> service.load("model"));
        assertEquals(Status.UNAVAILABLE, failure.status());
        assertEquals("model 'model' is not loaded: 2.safetensors is bad", failure.getMessage());
        assertEquals("one", says("model"));
        put("model/2.safetensors", "two");
        service.load("model");
        assertNotSame(first, repository.model("model", ""));
        assertEquals("two", says("model"));
        assertFalse(servings.get("one").isClosed());
    }

    @Test
    void aFolderThatCannotBeReadChangesNothing() throws Exception {
        put("model.safetensors", "good");
        scan(1);
        Path away = folder.resolveSibling(folder.getFileName() + "-away");
        Files.move(folder, away);
        try {
            for (int i = 0; i < 3; i++) {
                assertThrows(IOException.class, repository::scan);
            }
            assertEquals("good", says("model"));
            assertEquals(Status.UNAVAILABLE, status(() -> service.load("model")));
        } finally {
            Files.move(away, folder);
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 2000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(5);
        }
        assertTrue(condition.getAsBoolean());
    }
}
