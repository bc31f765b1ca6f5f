package org.tidegate.checkpoint;

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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.ChildJvm;

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
        assertEquals("No space left on device", full.getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("model"), names());
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
    void aProcessKilledWhileItWritesLeavesTheOldFile() throws Exception {
        Path file = folder.resolve("model");
        Files.writeString(file, "old");
        Process process = ChildJvm.of(List.of(), place(AtomicFile.class) + File.pathSeparator + place(SlowWriter.class), SlowWriter.class,
                file.toString()).start();
        try {
            assertEquals('w', process.getInputStream().read(), "the writer starts");
        } finally {
            process.destroyForcibly();
        }
        assertTrue(process.waitFor(10, TimeUnit.SECONDS));
        assertEquals("old", Files.readString(file));
        AtomicFile.write(file, channel -> channel.write(bytes("new")));
        assertEquals("new", Files.readString(file));
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

    /** Writes half a file, says so, and waits to be killed. */
    public static final class SlowWriter {
        private SlowWriter() {}

        public static void main(String[] args) throws IOException {
            AtomicFile.write(Path.of(args[0]), channel -> {
                channel.write(bytes("half of the n"));
                channel.force(true);
                System.out.println("writing");
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            });
        }
    }
}
