package org.tidegate.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.ChildJvm;
import org.tidegate.hammer.Soak;

class AtomicFileTest {
    @TempDir
    Path folder;

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Path place(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aFileIsReplacedAndNothingElseIsLeft() throws IOException {
        Path file = folder.resolve("model");
        AtomicFile.write(file, channel -> channel.write(bytes("old and longer")));
        AtomicFile.write(file, channel -> channel.write(bytes("new")));
        assertEquals("new", Files.readString(file));
        assertEquals(List.of("model"), names());
    }

    @Test
    void whenWritingFailsTheOldFileStaysAndTheTemporaryOneGoes() throws IOException {
        Path file = folder.resolve("model");
        Files.writeString(file, "old");
        IOException full = assertThrows(IOException.class, () -> AtomicFile.write(file, channel -> {
            channel.write(bytes("half of the n"));
            throw new IOException("No space left on device");
        }));
        assertEquals("cannot write " + file + ": No space left on device", full.getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("model"), names());
    }

    @Test
    void whereTheSystemMakesNoFilesTheMessageNamesWhatWasGiven() {
        Path file = Path.of("/proc/model.st");
        assumeTrue(Files.isDirectory(file.getParent()));
        for (Executable each : List.<Executable>of(() -> AtomicFile.checkWritable(file), () -> AtomicFile.write(file, bytes("new").array()))) {
            String message = assertThrows(IOException.class, each).getMessage();
            assertTrue(message.startsWith("cannot write /proc/model.st: ") && !message.contains(".tmp"), message);
        }
    }

    @Test
    void untilTheRenameTheOldFileIsTheOneThatReadersSee() throws IOException {
        Path file = folder.resolve("model");
        Files.writeString(file, "old");
        AtomicFile.write(file, channel -> {
            channel.write(bytes("new"));
            assertEquals("old", Files.readString(file));
            assertEquals(2, names().size());
        });
        assertEquals("new", Files.readString(file));
    }

    @Test
    @Tag(Soak.TAG)
    void whatKilledSavesLeaveIsSweptByTheNextSaveAndTheFileIsAlwaysWhole() throws Exception {
        Path file = folder.resolve("model");
        Random random = new Random(7);
        int swept = 0;
        int kills = Integer.getInteger("tidegate.kills", 8);
        for (int kill = 0; kill < kills; kill++) {
            Process process = child(Saver.class, file).start();
            try {
                assertEquals('w', process.getInputStream().read(), "the saver starts");
                Thread.sleep(random.nextInt(20));
            } finally {
                process.destroyForcibly();
            }
            assertTrue(process.waitFor(10, TimeUnit.SECONDS));
            Saver.check(file);
            swept += names().size() - 1;
            AtomicFile.write(file, Saver.content(kill));
            assertEquals(List.of("model"), names());
        }
        assertTrue(swept > 0, "no kill left anything to sweep");
        Soak.report("%,d saves killed at random: each left one whole file, and the next save swept the %,d leftovers", kills, swept);
    }

    @Test
    void whatALivingProcessWritesIsNotSwept() throws Exception {
        Path file = folder.resolve("model");
        Process process = child(SlowWriter.class, file).start();
        try {
            assertEquals('w', process.getInputStream().read(), "the writer starts");
            AtomicFile.write(file, bytes("ours").array());
            assertEquals(2, names().size(), names()::toString);
            process.getOutputStream().close();
            assertEquals(0, process.waitFor());
            assertEquals("theirs", Files.readString(file));
            assertEquals(List.of("model"), names());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void onlyLeftoversOfTheSameFileAreSwept() throws IOException {
        Path file = folder.resolve("model");
        String ending = ".7_0-" + UUID.randomUUID() + ".tmp";
        List<String> others = List.of(".model.best" + ending, ".model.swp", ".model" + ending + "x", ".other" + ending, "model" + ending);
        for (String other : others) {
            Files.writeString(folder.resolve(other), "");
        }
        Path aim = Files.writeString(folder.resolve("aim"), "kept");
        Path link = Files.createSymbolicLink(folder.resolve(".model.8_0-" + UUID.randomUUID() + ".tmp"), aim);
        Files.writeString(folder.resolve(".model" + ending), "left by a process that is no more");
        AtomicFile.write(file, bytes("new").array());
        List<String> expected = Stream.concat(others.stream(), Stream.of("aim", "model", link.getFileName().toString())).sorted().toList();
        assertEquals(expected, names());
        assertEquals("kept", Files.readString(aim));
    }

    @Test
    void theTemporaryNameCannotBeGuessedAndIsLockedAndNobodyElsesToRead() throws IOException {
        Path file = folder.resolve("model");
        Files.setPosixFilePermissions(Files.writeString(file, "old"), PosixFilePermissions.fromString("rw-r-----"));
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            AtomicFile.write(file, channel -> {
                String name = names().stream().filter(other -> !other.equals("model")).findFirst().orElseThrow();
                assertTrue(seen.add(name), name);
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))));
                channel.write(bytes("new"));
            });
        }
    }

    @Test
    void permissionsAndGroupOfTheOldFileStay() throws IOException {
        Path file = Files.writeString(folder.resolve("model"), "old");
        for (String permissions : List.of("rw-------", "rw-rw-rw-", "rwxr-x--x", "rw-r-----")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
            AtomicFile.write(file, bytes("new").array());
            assertEquals(permissions, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
        assumeTrue(Files.getAttribute(file, "unix:uid").equals(0), "only root may give files away");
        Files.setAttribute(file, "unix:uid", 65534);
        Files.setAttribute(file, "unix:gid", 65533);
        AtomicFile.write(file, bytes("newer").array());
        assertEquals(List.of(65534, 65533), List.of(Files.getAttribute(file, "unix:uid"), Files.getAttribute(file, "unix:gid")));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void aNewFileHasThePermissionsOfEveryNewFile() throws IOException {
        Path usual = Files.writeString(folder.resolve("usual"), "");
        Path file = folder.resolve("model");
        AtomicFile.write(file, bytes("new").array());
        assertEquals(Files.getPosixFilePermissions(usual), Files.getPosixFilePermissions(file));
    }

    @Test
    void whereThereIsNoRoomTheFileAndItsSizeAreNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("model"), "old");
        ProcessBuilder limited = child(LargeWriter.class, file);
        limited.command().addAll(0, List.of("sh", "-c", "ulimit -f 16; exec \"$0\" \"$@\""));
        String output = new String(limited.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(output.matches("(?s).*cannot write " + file + ": [^()]+ \\(it needs 400,000 bytes, and the file system of " + folder
                + " has [\\d,]+ left\\); the old file is unchanged.*"), output);
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("model"), names());
    }

    @Test
    void aDeviceIsWrittenToAndStaysADevice() throws IOException {
        Path none = Path.of("/dev/null");
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "this system has no /dev/full");
        AtomicFile.checkWritable(none);
        AtomicFile.write(none, bytes("new").array());
        assertTrue(Files.readAttributes(none, BasicFileAttributes.class).isOther());
        IOException noRoom = assertThrows(IOException.class, () -> AtomicFile.write(full, bytes("new").array()));
        assertTrue(noRoom.getMessage().startsWith("cannot write /dev/full: "), noRoom.getMessage());
        assertTrue(Files.readAttributes(full, BasicFileAttributes.class).isOther());
    }

    @Test
    void aLinkToNothingIsSavedThroughAndOneToAMissingFolderOrToItselfIsNamed() throws IOException {
        Files.createDirectory(folder.resolve("sub"));
        Path first = Files.createSymbolicLink(folder.resolve("first"), Path.of("sub/second"));
        Path second = Files.createSymbolicLink(folder.resolve("sub/second"), Path.of("../real"));
        AtomicFile.checkWritable(first);
        assertEquals(folder.toRealPath().resolve("real"), AtomicFile.place(first));
        AtomicFile.write(first, bytes("new").array());
        assertEquals("new", Files.readString(folder.resolve("real")));
        assertTrue(Files.isSymbolicLink(first) && Files.isSymbolicLink(second));

        Path far = Files.createSymbolicLink(folder.resolve("far"), Path.of("missing/model"));
        String missing = assertThrows(IOException.class, () -> AtomicFile.checkWritable(far)).getMessage();
        assertTrue(missing.contains("symbolic link to") && missing.contains("missing does not exist"), missing);
        Path circle = Files.createSymbolicLink(folder.resolve("circle"), Path.of("circle"));
        String round = assertThrows(IOException.class, () -> AtomicFile.write(circle, bytes("new").array())).getMessage();
        assertEquals("cannot write " + circle + ": its symbolic links lead in a circle", round);
    }

    @Test
    void aNameAsLongAsTheSystemAllowsCanBeSaved() throws IOException {
        Path file = folder.resolve("m".repeat(255));
        AtomicFile.write(file, bytes("old").array());
        AtomicFile.write(file, bytes("new").array());
        assertEquals("new", Files.readString(file));
        assertEquals(List.of(file.getFileName().toString()), names());
    }

    @Test
    void threadsThatSaveTheSameFileLeaveOneOfTheirs() throws Exception {
        Path file = folder.resolve("model");
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        for (int number = 0; number < 4; number++) {
            byte[] content = Saver.content(number);
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 20; i++) {
                    try {
                        AtomicFile.write(file, content);
                    } catch (IOException e) {
                        failures.add(e);
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), failures);
        Saver.check(file);
        assertEquals(List.of("model"), names());
    }

    @Test
    void aFullDiskLeavesTheOldFile() throws IOException {
        // Every write to /dev/full fails as on a full disk; the content is copied there first, as far as it goes.
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "this system has no /dev/full");
        Path file = folder.resolve("model");
        Files.writeString(file, "old");
        assertThrows(IOException.class, () -> AtomicFile.write(file, channel -> {
            try (FileChannel device = FileChannel.open(full, StandardOpenOption.WRITE)) {
                device.write(bytes("new"));
            }
        }));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("model"), names());
    }

    @Test
    void aSymbolicLinkStaysALink() throws IOException {
        Path file = folder.resolve("real");
        Path link = folder.resolve("link");
        Files.writeString(file, "old");
        Files.createSymbolicLink(link, file);
        AtomicFile.write(link, channel -> channel.write(bytes("new")));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(file));
    }

    @Test
    void writingToAPlaceThatIsNoneNamesTheFileAskedFor() throws IOException {
        Path missing = folder.resolve("no/model");
        Map.of(folder, "cannot write " + folder + ": it is a folder", missing, missing + ": the folder " + missing.getParent()).forEach(
                (path, expected) -> {
                    String message = assertThrows(IOException.class, () -> AtomicFile.write(path, channel -> { })).getMessage();
                    assertTrue(message.startsWith(expected), message);
                });
        assertEquals(List.of(), names());
    }

    @Test
    void aPlaceThatCannotBeWrittenIsFoundBeforehand() throws IOException {
        AtomicFile.checkWritable(folder.resolve("model"));
        assertEquals(List.of(), names());
        String missing = assertThrows(IOException.class, () -> AtomicFile.checkWritable(folder.resolve("no/model"))).getMessage();
        assertTrue(missing.contains("does not exist"), missing);
        String directory = assertThrows(IOException.class, () -> AtomicFile.checkWritable(folder)).getMessage();
        assertTrue(directory.contains("it is a folder"), directory);
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThrows(IOException.class, () -> AtomicFile.checkWritable(file.resolve("model")));
        assertThrows(IOException.class, () -> AtomicFile.checkWritable(Path.of("/proc/model")));
    }

    private static ProcessBuilder child(Class<?> program, Path file) throws URISyntaxException {
        return ChildJvm.of(List.of("-XX:-UsePerfData", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                place(AtomicFile.class) + File.pathSeparator + place(AtomicFileTest.class), program, file.toString());
    }

    /** Writes half a file, says so, and goes on when its input ends. */
    public static final class SlowWriter {
        private SlowWriter() {}

        public static void main(String[] args) throws IOException {
            AtomicFile.write(Path.of(args[0]), channel -> {
                channel.write(bytes("the"));
                System.out.println("writing");
                while (System.in.read() >= 0) {
                    continue;
                }
                channel.write(bytes("irs"));
            });
        }
    }

    /** Saves again and again, until it is killed. */
    public static final class Saver {
        private static final int BYTES = 1 << 20;

        private Saver() {}

        public static void main(String[] args) throws IOException {
            Path file = Path.of(args[0]);
            AtomicFile.write(file, content(0));
            System.out.println("writing");
            for (int number = 1;; number++) {
                byte[] content = content(number);
                if (number % 4 > 0) {
                    AtomicFile.write(file, content);
                } else {
                    AtomicFile.write(file, channel -> writeSlowly(channel, content));
                }
            }
        }

        private static void writeSlowly(FileChannel channel, byte[] content) throws IOException {
            for (int at = 0; at < BYTES; at += BYTES / 8) {
                channel.write(ByteBuffer.wrap(content, at, BYTES / 8));
                LockSupport.parkNanos(1_000_000);
            }
        }

        static byte[] content(int number) {
            byte[] content = new byte[BYTES];
            Arrays.fill(content, (byte) number);
            return content;
        }

        static void check(Path file) throws IOException {
            byte[] found = Files.readAllBytes(file);
            assertEquals(BYTES, found.length);
            assertArrayEquals(content(found[0]), found);
        }
    }

    /** Writes 400,000 bytes and prints what goes wrong. */
    public static final class LargeWriter {
        private LargeWriter() {}

        public static void main(String[] args) {
            try {
                AtomicFile.write(Path.of(args[0]), new byte[400_000]);
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
