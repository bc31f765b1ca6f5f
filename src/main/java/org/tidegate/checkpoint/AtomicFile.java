package org.tidegate.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes files atomically: under a temporary name in the same folder, synced to the disk, renamed over the old file, and the folder synced
 * too. A full disk, an exception or a killed process leaves the old file unchanged.
 */
public final class AtomicFile {

    /** Writes a file's content. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes the whole content.
         *
         * @param channel a channel at position 0
         * @throws IOException if the content cannot be written
         */
        void write(FileChannel channel) throws IOException;
    }

    private AtomicFile() {}

    /**
     * Writes or replaces a file.
     *
     * @param file the file
     * @param content writes its content
     * @throws IOException if it cannot be written; the file is then as it was before, and no temporary file is left
     */
    public static void write(Path file, Content content) throws IOException {
        Path target = place(file);
        Path temporary = temporary(target);
        try {
            try (FileChannel channel = FileChannel.open(temporary,
                    StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                content.write(channel);
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | RuntimeException | Error e) {
            removeAfter(e, temporary);
            throw e;
        }
        forceFolder(target.getParent());
    }

    /**
     * Checks that {@link #write} can write here, without touching the file.
     *
     * @param file the file
     * @throws IOException if the folder does not exist or cannot be written, or the file is a folder; the message says so
     */
    public static void checkWritable(Path file) throws IOException {
        Path target = place(file);
        Path temporary = temporary(target);
        try {
            Files.deleteIfExists(temporary);
            Files.createFile(temporary);
            Files.delete(temporary);
        } catch (AccessDeniedException e) {
            throw new IOException("cannot write " + file + ": no permission to create files in " + target.getParent(), e);
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    // A symbolic link is followed: its target is replaced and the link kept.
    private static Path place(Path file) throws IOException {
        Path target = (Files.exists(file) ? file.toRealPath() : file.toAbsolutePath()).normalize();
        if (Files.isDirectory(target)) {
            throw new IOException("cannot write " + file + ": it is a folder; name a file in it");
        }
        if (!Files.isDirectory(target.getParent())) {
            throw new NoSuchFileException(file.toString(), null, "the folder " + target.getParent() + " does not exist; make it first");
        }
        return target;
    }

    // A name for each thread; the leftover of a killed process is overwritten by the next one with its id.
    private static Path temporary(Path target) {
        return target.resolveSibling("." + target.getFileName() + "." + ProcessHandle.current().pid() + "-" + Thread.currentThread().getId()
                + ".tmp");
    }

    private static void removeAfter(Throwable failure, Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    // A rename is durable only after its folder is synced. Windows cannot open a folder, and needs no such call.
    private static void forceFolder(Path folder) throws IOException {
        if (!System.getProperty("os.name").startsWith("Windows")) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
