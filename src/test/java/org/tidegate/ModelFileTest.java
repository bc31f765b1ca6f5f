/* Models in files. */
package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.checkpoint.SafetensorsFile;
import org.tidegate.checkpoint.SafetensorsWriter;
import org.tidegate.internal.NativeHandle;

class ModelFileTest {
    private static final Update STEP = Update.of(0.1);

    private final Model model = Model.of(Networks.WORDS, 11);

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        model.close();
    }

    private Path file() {
        return folder.resolve("model.safetensors");
    }

    @Test
    void aSavedModelComesBackToTheBit() throws IOException {
        model.parameter("y.bias").set(0, new float[] {Float.MIN_VALUE, -0f, Float.NaN}, 0, 3);
        try (Optimizer optimizer = model.newOptimizer("adam"); Session session = model.newTrainingSession(1)) {
            session.train(Networks.words(model, 1, 5), optimizer, STEP);
        }
        model.save(file());
        try (Model read = Model.load(file())) {
            assertEquals(model.spec(), read.spec());
            assertEquals(model.fingerprint(), read.fingerprint());
            for (Tensor parameter : model.parameters()) {
                assertArrayEquals(bits(parameter), bits(read.parameter(parameter.name())), parameter.name());
            }
        }
    }

    private static int[] bits(Tensor tensor) {
        int[] bits = new int[(int) tensor.size()];
        tensor.byteBuffer().asIntBuffer().get(bits);
        return bits;
    }

    @Test
    void savingAgainReplacesTheFileAndTheSameModelGivesTheSameBytes() throws IOException {
        model.save(file());
        byte[] before = Files.readAllBytes(file());
        model.save(file());
        assertArrayEquals(before, Files.readAllBytes(file()));
        model.parameter("y.bias").set(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        model.save(file());
        try (SafetensorsFile tensors = SafetensorsFile.open(file())) {
            FloatBuffer bias = FloatBuffer.allocate(10);
            tensors.readFloats("y.bias", bias);
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, bias.array());
        }
    }

    @Test
    void aFileHoldsMoreThanTheModel() throws IOException {
        try (Optimizer optimizer = model.newOptimizer("adam"); Optimizer other = model.newOptimizer("adam");
                Optimizer sgd = model.newOptimizer("sgd")) {
            int value = 0;
            for (Tensor slot : optimizer.slots()) {
                float[] values = new float[(int) slot.size()];
                Arrays.fill(values, ++value);
                slot.set(values);
            }
            optimizer.setUpdates(12);
            model.save(file(), writer -> {
                optimizer.writeTo(writer.metadata("note", "é"));
                writer.extra("state", 1, 2);
            });
            try (Checkpoint checkpoint = Checkpoint.open(file()); Model read = Model.load(checkpoint)) {
                assertEquals(model.fingerprint(), read.fingerprint());
                assertEquals("é", checkpoint.require("note"));
                assertArrayEquals(new float[] {1, 2}, checkpoint.extra("state"));
                other.readFrom(checkpoint);
                String message = assertThrows(CheckpointException.class, () -> sgd.readFrom(checkpoint)).getMessage();
                assertTrue(message.contains("14 tensors of an optimizer, and sgd has 0"), message);
            }
            assertEquals(12, other.updates());
            for (int i = 0; i < optimizer.slots().size(); i++) {
                assertArrayEquals(optimizer.slots().get(i).toArray(), other.slots().get(i).toArray());
            }
        }
    }

    @Test
    void aRefusedFileLeavesTheOptimizerAsItWas() throws IOException {
        try (Optimizer optimizer = model.newOptimizer("sgd momentum=0.9"); Optimizer adam = model.newOptimizer("adam")) {
            adam.setUpdates(3);
            adam.slots().forEach(slot -> slot.set(0, new float[] {5}, 0, 1));
            model.save(file(), adam::writeTo);
            try (Checkpoint checkpoint = Checkpoint.open(file())) {
                assertThrows(CheckpointException.class, () -> optimizer.readFrom(checkpoint));
            }
            assertEquals(0, optimizer.updates());
            assertTrue(optimizer.slots().stream().allMatch(slot -> Arrays.equals(new float[(int) slot.size()], slot.toArray())));
        }
    }

    @Test
    void aSpecThatCannotBeBuiltIsTheFilesFault() throws IOException {
        for (String spec : new String[] {"", "x = input axis=a cols=3\ny = wormhole x", "y = linear y cols=2",
            "x = ids axis=a\ne = embedding x rows=2000000000 cols=2000000000"}) {
            new SafetensorsWriter().metadata("tidegate", "2").metadata("spec", spec).tensor("w", FloatBuffer.allocate(1), 1).write(file());
            assertRefused(file() + " holds a spec that cannot be built: ");
        }
    }

    @Test
    void parametersOfAnotherModelAreTheFilesFaultAndNoMemoryIsLost() throws IOException {
        long alive = NativeHandle.alive();
        SafetensorsWriter writer = new SafetensorsWriter().metadata("tidegate", "2").metadata("spec", Networks.WORDS);
        writer.tensor("y.bias", FloatBuffer.allocate(11), 11).write(file());
        assertRefused(file() + " does not fit its model: \"e.weight\" is missing; ", "; \"y.bias\" is F32 [11]; expected F32 [10]");
        assertEquals(alive, NativeHandle.alive());
    }

    /** Files of half a kilobyte that asked for 2 GB, and for minutes of drawing. */
    @Test
    void aSpecIsBelievedOnlyAsFarAsTheFileBearsItOut() throws IOException {
        long alive = NativeHandle.alive();
        for (String layer : new String[] {"embedding w rows=500000 cols=1000", "one_hot w rows=2147483647\nl = linear e cols=2147483647",
            "one_hot w rows=3\nh = recurrent e cell=lstm size=16777216 init=orthogonal",
            "one_hot w rows=3\nh = recurrent e cell=lstm size=2000 layers=64 bidirectional=true init=orthogonal"}) {
            new SafetensorsWriter().metadata("tidegate", "2").metadata("spec", "w = ids axis=text\ne = " + layer + "\n").write(file());
            long start = System.nanoTime();
            CheckpointException refusal = assertThrows(CheckpointException.class, () -> Model.load(file()));
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(1), layer);
            assertTrue(refusal.getMessage().length() < 4000, refusal.getMessage());
        }
        assertEquals(alive, NativeHandle.alive());
    }

    @Test
    void whateverASpecLacksIsTheFilesFault() throws IOException {
        for (String spec : new String[] {"", "\0", "x", "x = ", "x = y", "x = input axis=a cols=1e9", "x = input axis=a cols=-1", "é = ids axis=a",
            "x = input axis=a cols=1\n".repeat(2), "x = ids axis=a\ny = linear x cols=2", "x = concat " + "x ".repeat(9000), "#".repeat(2_000_000),
            "x = input axis=a cols=2147483647\ny = linear x cols=2147483647\nz = linear y cols=2147483647",
            "x = input axis=a cols=3\nw = frames x size=" + Long.MAX_VALUE}) {
            new SafetensorsWriter().metadata("tidegate", "2").metadata("spec", spec).write(file());
            assertRefused(file() + " holds a spec that cannot be built: ");
        }
    }

    @Test
    void aDamagedFileIsRefused() throws IOException {
        assertThrows(NoSuchFileException.class, () -> Model.load(file()));
        Files.write(file(), new byte[5]);
        assertRefused(file() + " is not a usable safetensors file: ");
        model.save(file());
        byte[] whole = Files.readAllBytes(file());
        Files.write(file(), Arrays.copyOf(whole, whole.length - 1));
        assertRefused(file() + " is not a usable safetensors file: ", "it is cut short");
    }

    private void assertRefused(String... parts) {
        String message = assertThrows(CheckpointException.class, () -> Model.load(file())).getMessage();
        assertTrue(message.startsWith(parts[0]), message);
        assertTrue(Stream.of(parts).allMatch(message::contains), message);
    }

    @Test
    void aClosedModelIsNotSaved() {
        model.close();
        assertEquals("The model is closed.", assertThrows(IllegalStateException.class, () -> model.save(file())).getMessage());
        assertFalse(Files.exists(file()));
    }

    @Test
    void aFailedSaveLeavesTheOldFileAndTheModelTrainable() throws IOException {
        model.save(file());
        byte[] before = Files.readAllBytes(file());
        assertThrows(NoSuchFileException.class, () -> model.save(folder.resolve("none/model.safetensors")));
        assertThrows(ArithmeticException.class, () -> model.save(file(), writer -> writer.slot("breaks", (from, target, offset, length) -> {
            throw new ArithmeticException();
        }, 1)));
        assertArrayEquals(before, Files.readAllBytes(file()));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file()), files.toList());
        }
        try (Optimizer optimizer = model.newOptimizer("sgd"); Session session = model.newTrainingSession(1)) {
            session.train(Networks.words(model, 1, 5), optimizer, STEP);
        }
    }

    /** The elements of this slot are asked for after those of other tensors: writing has begun and is not over. */
    @Test
    void noSessionTrainsWhileTheModelIsSaved() throws IOException {
        try (Session trains = model.newTrainingSession(1); Session reads = model.newSession();
                Optimizer optimizer = model.newOptimizer("sgd")) {
            Batch batch = Networks.words(model, 1, 5);
            long before = model.fingerprint();
            boolean[] asked = new boolean[1];
            model.save(file(), writer -> writer.slot("probe", (from, target, offset, length) -> {
                asked[0] = true;
                IllegalStateException refusal = assertThrows(IllegalStateException.class, () -> trains.train(batch, optimizer, STEP));
                assertTrue(refusal.getMessage().contains("the model is being frozen or saved"), refusal.getMessage());
                reads.forward(batch);
            }, 1));
            assertTrue(asked[0]);
            assertEquals(before, model.fingerprint());
            trains.train(batch, optimizer, STEP);
            try (Model read = Model.load(file())) {
                assertEquals(before, read.fingerprint());
            }
        }
    }

    @Test
    void aModelIsNotSavedWhileAnotherThreadTrainsIt() throws Exception {
        try (Model large = Model.of("""
                x = input axis=time cols=64
                target = input axis=time cols=128
                h = recurrent x cell=lstm size=128
                loss = mse h target
                """, 1); Session session = large.newTrainingSession(1); Optimizer optimizer = large.newOptimizer("sgd")) {
            Batch batch = large.newBatch().equalLengths("time", 16, 100);
            batch.writableReals("x");
            batch.writableReals("target");
            AtomicBoolean stop = new AtomicBoolean();
            Thread trainer = new Thread(() -> {
                while (!stop.get()) {
                    try {
                        session.train(batch, optimizer, STEP);
                    } catch (IllegalStateException refused) {
                        continue; // the model is being saved
                    }
                }
            });
            trainer.start();
            try {
                String refusal = null;
                for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20); refusal == null && System.nanoTime() < end;) {
                    Files.deleteIfExists(file());
                    try {
                        large.save(file());
                    } catch (IllegalStateException refused) {
                        refusal = refused.getMessage();
                    }
                }
                assertTrue(refusal != null && refusal.startsWith("Another session of this model is training"), refusal);
                assertFalse(Files.exists(file()));
            } finally {
                stop.set(true);
                trainer.join();
            }
        }
    }
}
