package org.tidegate.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The new version of a file until it is complete: beside it, named {@code .NAME.PROCESS-RANDOM.tmp}, locked as long as it is open. A name of
 * this kind that nobody has locked is the leftover of a process that was killed. Closing removes what was not renamed.
 *
 * <p>A process is named by its id and the time of its start: where containers share a folder each of them has a process 1, and the lock,
 * not the id, tells whether one lives. The id only keeps a process from opening its own files again, for closing any of its channels to a
 * file gives up its lock.
 */
record TemporaryFile(Path path, FileChannel channel) implements AutoCloseable {
    private static final String ENDING = ".tmp";
    private static final Pattern MIDDLE = Pattern.compile("\\d+_\\d+-[0-9a-f-]{36}");
    private static final String PROCESS = ProcessHandle.current().pid() + "_"
            + ProcessHandle.current().info().startInstant().map(Instant::toEpochMilli).orElse(0L) + "-";
    /** What is added to a name fits below the 255 bytes that systems allow beside this many. */
    private static final int LONGEST_NAME = 160;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    /** Creates and locks one for a target; where there is an old file nobody else may read it before it has that file's permissions. */
    static TemporaryFile create(Path target) throws IOException {
        FileAttribute<?>[] attributes = posix(target) == null ? new FileAttribute<?>[0]
                : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)};
        while (true) {
            Path path = target.resolveSibling(prefix(target) + PROCESS + UUID.randomUUID() + ENDING);
            // CREATE_NEW follows no link and takes no file that somebody else has put there.
            FileChannel channel = FileChannel.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes);
            TemporaryFile created = new TemporaryFile(path, channel);
            // Between its creation and its lock another process may have taken it for a leftover.
            if (created.lock() && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return created;
            }
            created.close();
        }
    }

    /** Removes what killed processes left of a target. Whatever stands in the way is no reason for a save to fail. */
    static void sweep(Path target) {
        String prefix = prefix(target);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(target.getParent(), file -> isOther(prefix, file))) {
            for (Path file : files) {
                removeUnlessLocked(file);
            }
        } catch (IOException | DirectoryIteratorException e) {
            return;
        }
    }

    /** Gives the file the owner, the group and the permissions of an old file, if there is one, as far as this process may. */
    void keepAttributesOf(Path old) throws IOException {
        PosixFileAttributes before = posix(old);
        if (before == null) {
            return;
        }
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        PosixFileAttributes now = view.readAttributes();
        Set<PosixFilePermission> permissions = before.permissions();
        if (!now.group().equals(before.group()) && !allowed(() -> view.setGroup(before.group()))) {
            // Another group than the old file's may do no more than everybody.
            set(permissions, PosixFilePermission.GROUP_READ, permissions.contains(PosixFilePermission.OTHERS_READ));
            set(permissions, PosixFilePermission.GROUP_WRITE, permissions.contains(PosixFilePermission.OTHERS_WRITE));
            set(permissions, PosixFilePermission.GROUP_EXECUTE, permissions.contains(PosixFilePermission.OTHERS_EXECUTE));
        }
        view.setPermissions(permissions);
        if (!now.owner().equals(before.owner())) {
            allowed(() -> view.setOwner(before.owner()));
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            Files.deleteIfExists(path);
        }
    }

    // Where a file system has no locks nothing is taken for a leftover either.
    private boolean lock() {
        try {
            return channel.tryLock() != null;
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean isOther(String prefix, Path file) {
        String name = file.getFileName().toString();
        if (!name.startsWith(prefix) || !name.endsWith(ENDING) || name.length() < prefix.length() + ENDING.length()) {
            return false;
        }
        String middle = name.substring(prefix.length(), name.length() - ENDING.length());
        return MIDDLE.matcher(middle).matches() && !middle.startsWith(PROCESS) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static void removeUnlessLocked(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            if (channel.tryLock(0, Long.MAX_VALUE, true) != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | OverlappingFileLockException e) {
            return;
        }
    }

    private static String prefix(Path target) {
        String name = target.getFileName().toString();
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return "." + (bytes.length <= LONGEST_NAME ? name : UUID.nameUUIDFromBytes(bytes)) + ".";
    }

    private static PosixFileAttributes posix(Path file) {
        try {
            PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            return view == null ? null : view.readAttributes();
        } catch (IOException e) {
            return null; // there is no old file
        }
    }

    private static void set(Set<PosixFilePermission> permissions, PosixFilePermission permission, boolean given) {
        if (given) {
            permissions.add(permission);
        } else {
            permissions.remove(permission);
        }
    }

    private interface Change {
        void make() throws IOException;
    }

    private static boolean allowed(Change change) {
        try {
            change.make();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
