package org.tidegate.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * Writes files atomically: under a temporary name in the same folder, synced to the disk, renamed over the old file, and the folder synced
 * too. A full disk, an exception or a killed process leaves the old file unchanged.
 *
 * <p>A new version of a file keeps the permissions of the old one, and its owner and group where the process may set them. A symbolic link
 * is followed: the file that it leads to is replaced, or made if there is none, and the link stays. What is neither a file nor a folder (a
 * device, a pipe) is written to as it is. What a killed process left behind is removed when the same file is written again.
 */
public final class AtomicFile {
    /**
     * Bytes of one read or write. Whatever passes between a channel and the heap the JDK copies through a direct buffer, which it keeps for
     * the thread: of this size then, not of a tensor's.
     */
    static final int WINDOW = 1 << 17;
    /** Deeper chains of links are loops to the systems too. */
    private static final int MOST_LINKS = 40;

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
     * @throws IOException if it cannot be written, naming the file; it is then as it was before, and no temporary file is left
     */
    public static void write(Path file, Content content) throws IOException {
        write(file, -1, content);
    }

    /**
     * Writes or replaces a file.
     *
     * @param file the file
     * @param content its content
     * @throws IOException if it cannot be written, naming the file; it is then as it was before, and no temporary file is left
     */
    public static void write(Path file, byte[] content) throws IOException {
        write(file, content.length, channel -> drain(channel, ByteBuffer.wrap(content)));
    }

    /** Writes a file whose size is known before, for the message if there is no room for it; negative if it is not. */
    static void write(Path file, long bytes, Content content) throws IOException {
        Path target = place(file);
        if (isDevice(target)) {
            try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
                content.write(channel);
            } catch (IOException e) {
                throw cannotWrite(file, e);
            }
            return;
        }
        try (TemporaryFile temporary = create(file, target)) {
            try {
                content.write(temporary.channel());
                temporary.channel().force(true);
            } catch (IOException e) {
                throw noRoom(file, temporary, bytes, e);
            }
            try {
                temporary.keepAttributesOf(target);
                Files.move(temporary.path(), target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw cannotWrite(file, e);
            }
        }
        forceFolder(target.getParent());
        TemporaryFile.sweep(target);
    }

    /**
     * Checks that {@link #write} can write here, without touching the file.
     *
     * @param file the file
     * @throws IOException if the folder does not exist or cannot be written, the file is a folder or may not be written; the message says so
     */
    public static void checkWritable(Path file) throws IOException {
        Path target = place(file);
        if (!isDevice(target)) {
            create(file, target).close();
        }
    }

    /**
     * {@return the place that {@link #write} writes to: absolute, with all symbolic links followed, also one to a file that is still to be
     * made}
     *
     * @param file the file
     * @throws IOException if it is a folder, or the place is in no folder; the message says so
     */
    public static Path place(Path file) throws IOException {
        Path target = file.toAbsolutePath();
        for (int links = 0; !Files.exists(target) && Files.isSymbolicLink(target); links++) {
            if (links == MOST_LINKS) {
                throw new IOException("cannot write " + file + ": its symbolic links lead in a circle");
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        Path folder = target.getParent();
        if (Files.isDirectory(target) || folder == null) {
            throw new IOException("cannot write " + file + ": it is a folder; name a file in it");
        }
        if (isDevice(target)) {
            return target; // the names of open pipes lead to no path
        }
        if (!Files.isDirectory(folder)) {
            String what = Files.exists(folder) ? " is a file; expected a folder" : " does not exist; make it first";
            throw new NoSuchFileException(file.toString(), null, (Files.isSymbolicLink(file) ? "it is a symbolic link to " + target + ": " : "")
                    + "the folder " + folder + what);
        }
        return Files.exists(target) ? target.toRealPath() : folder.toRealPath().resolve(target.getFileName());
    }

    /** Writes all that is left in a buffer. */
    static void drain(FileChannel channel, ByteBuffer buffer) throws IOException {
        int end = buffer.limit();
        while (buffer.position() < end) {
            buffer.limit(buffer.position() + Math.min(WINDOW, end - buffer.position()));
            channel.write(buffer);
        }
    }

    private static boolean isDevice(Path target) {
        return Files.exists(target) && !Files.isRegularFile(target) && !Files.isDirectory(target);
    }

    private static TemporaryFile create(Path file, Path target) throws IOException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && !Files.isWritable(target)) {
            throw new IOException("cannot write " + file + ": it exists and may not be written; change its permissions or give another name");
        }
        try {
            return TemporaryFile.create(target);
        } catch (AccessDeniedException e) {
            throw new IOException("cannot write " + file + ": no permission to create files in " + target.getParent(), e);
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    // The system's messages are in the user's language, so that "no space left" cannot be told from others: the sizes say it.
    private static IOException noRoom(Path file, TemporaryFile temporary, long bytes, IOException e) {
        if (bytes < 0) {
            return cannotWrite(file, e);
        }
        Path folder = temporary.path().getParent();
        String room;
        try {
            long left = Files.getFileStore(folder).getUsableSpace() + temporary.channel().size();
            room = String.format(Locale.ROOT, ", and the file system of %s has %,d left", folder, left);
        } catch (IOException unknown) {
            room = "";
        }
        return new IOException(String.format(Locale.ROOT, "cannot write %s: %s (it needs %,d bytes%s)%s", file, reason(e), bytes, room,
                Files.exists(file) ? "; the old file is unchanged" : ""), e);
    }

    private static IOException cannotWrite(Path file, IOException e) {
        return new IOException("cannot write " + file + ": " + reason(e), e);
    }

    // Of an error that names the temporary file, which nobody knows, what follows the name.
    private static String reason(IOException e) {
        if (e instanceof FileSystemException system) {
            return system.getReason() != null ? system.getReason() : e instanceof NoSuchFileException ? "the system makes no file there"
                    : e.getClass().getSimpleName();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    // A rename is durable only after its folder is synced. Some systems cannot open or sync a folder; the file is in its place by now, so
    // that this is no failure: a crash of the machine could bring back the old file, whole.
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            return;
        }
    }
}
