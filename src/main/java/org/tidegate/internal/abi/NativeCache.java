/* Where native libraries are unpacked: a folder of the user's own, in which a file is named by its content.
 *
 *   FOLDER/DIGEST/libNAME.so        DIGEST: the first digits of the file's SHA-256
 *   FOLDER/DIGEST/libNAME.so.read   the whole digest, and which file of which size, last changed when, was found to have it
 *
 * Invariants. The folder belongs to this user and nobody else may write to it, nor, unless the user named it, put another in its place.
 * A file comes into being whole, by renaming, and is read through before its first use, and again whenever it is another file or has
 * changed since: inode, size and the time that the system, not its writer, notes for each change. So any number of JVMs, versions and jars
 * share it, and what somebody else put there, or what a full disk left, is never loaded. Where others could write to the folder until now,
 * nothing that was noted in it counts. */
package org.tidegate.internal.abi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A folder of unpacked native libraries. */
final class NativeCache {
    /** The property that names the folder: that of JavaCPP, which programs set for its libraries. */
    static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

    private static final String NAME = "tidegate";
    private static final String PART = ".part";
    private static final int DIGITS = 16;
    private static final Set<PosixFilePermission> OWNERS = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_ALONE = PosixFilePermissions.asFileAttribute(OWNERS);
    private static final String READ = ".read";
    private static final int TYPE = 0170000;
    private static final int FOLDER = 0040000;
    private static final int STICKY = 01000;
    private static final int WRITABLE_BY_OTHERS = 0002;
    private static final int WRITABLE_BY_GROUP_OR_OTHERS = 0022;

    private final Path folder;
    private final boolean kept;

    private NativeCache(Path folder, boolean kept) {
        this.folder = folder;
        this.kept = kept;
    }

    /** A place in which to look: its folder, which is still to be made or checked, and how it may be used. */
    static final class Candidate {
        private final Path folder;
        private final boolean named;
        private final boolean fresh; // another folder each time, of which only the beginning of the name is known

        private Candidate(Path folder, boolean named, boolean fresh) {
            this.folder = folder;
            this.named = named;
            this.fresh = fresh;
        }

        NativeCache open() throws IOException {
            if (fresh) {
                Path made = Files.createTempDirectory(folder.getParent(), NAME, OWNERS_ALONE);
                made.toFile().deleteOnExit();
                return new NativeCache(made, false);
            }
            NativeCache cache = NativeCache.open(folder);
            if (!named) {
                checkAbove(folder);
            }
            return cache;
        }

        @Override
        public String toString() {
            return fresh ? folder + "*" : folder.toString();
        }
    }

    /** The places in which to look, the best first: the one that the user names, or those that there are without being told. */
    static List<Candidate> candidates() {
        String named = System.getProperty(PROPERTY, System.getProperty("org.bytedeco.javacpp.cacheDir", ""));
        if (!named.isEmpty()) {
            return List.of(new Candidate(Path.of(named).toAbsolutePath().resolve(NAME), true, false));
        }
        List<Candidate> candidates = new ArrayList<>();
        for (String caches : new String[] {System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home", "") + "/.cache"}) {
            if (caches != null && Path.of(caches).isAbsolute() && !caches.equals("/.cache")) {
                candidates.add(new Candidate(Path.of(caches).resolve(NAME), false, false));
                break;
            }
        }
        Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp")).toAbsolutePath();
        candidates.add(new Candidate(temporary.resolve(NAME + "-" + user()), false, false));
        candidates.add(new Candidate(temporary.resolve(NAME), false, true));
        return candidates;
    }

    private static String user() {
        try {
            return Long.toString(Attributes.userOfThisProcess());
        } catch (IOException | RuntimeException e) {
            return System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9]", "_");
        }
    }

    private static NativeCache open(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(folder.getParent());
            makeFolder(folder); // others may have made it
        }
        NativeCache cache = new NativeCache(folder, true);
        cache.checkOwner();
        return cache;
    }

    /** The folder must be this user's alone. */
    private void checkOwner() throws IOException {
        Attributes of = Attributes.of(folder);
        if (!of.isFolder() || of.user() != Attributes.userOfThisProcess()) {
            throw new FileSystemException(folder.toString(), null, "it is not a folder of this user");
        }
        if (of.isOpen()) {
            Files.setPosixFilePermissions(folder, OWNERS);
            forgetWhatWasRead();
        }
    }

    private void forgetWhatWasRead() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder)) {
            for (Path each : folders) {
                if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                    try (DirectoryStream<Path> notes = Files.newDirectoryStream(each, "*" + READ)) {
                        for (Path note : notes) {
                            Files.deleteIfExists(note);
                        }
                    }
                }
            }
        }
    }

    /** The folders above a folder that the user did not name must be nobody's who could put another in its place. */
    private static void checkAbove(Path folder) throws IOException {
        long user = Attributes.userOfThisProcess();
        for (Path above = folder.toRealPath().getParent(); above != null; above = above.getParent()) {
            Attributes other = Attributes.of(above);
            boolean openToAll = (other.mode() & WRITABLE_BY_OTHERS) != 0 && (other.mode() & STICKY) == 0;
            if (openToAll || other.user() != user && other.user() != 0) {
                throw new FileSystemException(folder.toString(), null, "another user could exchange it, to whom " + above + " is open");
            }
        }
    }

    Path folder() {
        return folder;
    }

    /**
     * The file of a library, unpacked unless it is there whole.
     *
     * @param digest the SHA-256 that the library had when Tidegate was built, in hexadecimal digits; null if it was not there then
     */
    Path file(String name, String digest, Resource resource) throws IOException {
        if (digest != null) {
            Path file = place(digest, name);
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                String note = digest + " " + Attributes.of(file);
                if (isNoted(file, note)) {
                    return file;
                }
                if (digest(file).equals(digest)) {
                    note(file, note);
                    return file;
                }
            }
        }
        sweep();
        Path part = Files.createTempFile(folder, ".", PART, OWNERS_ALONE);
        try {
            MessageDigest sha = sha256();
            try (InputStream in = open(resource.url()).getInputStream();
                    FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                in.transferTo(new DigestOutputStream(Channels.newOutputStream(channel), sha));
                channel.force(true); // its name must not outlive a crash that its content does not
            }
            String found = HexFormat.of().formatHex(sha.digest());
            Path file = place(found, name);
            makeFolder(file.getParent());
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            note(file, found + " " + Attributes.of(file));
            return file;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Where a library comes from. */
    @FunctionalInterface
    interface Resource {
        URL url() throws IOException;
    }

    /** Whether a file has been read through and has not changed since. Nobody else may have written the note, or the file. */
    private static boolean isNoted(Path file, String note) throws IOException {
        Path written = file.resolveSibling(file.getFileName() + READ);
        long user = Attributes.userOfThisProcess();
        for (Path each : new Path[] {file.getParent(), file, written}) {
            if (each == written && !Files.isRegularFile(written, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
            Attributes of = Attributes.of(each);
            if (of.user() != user || of.isOpen()) {
                return false;
            }
        }
        return note.equals(new String(Files.readAllBytes(written), StandardCharsets.ISO_8859_1));
    }

    private void note(Path file, String note) {
        if (!kept) {
            return;
        }
        Path part = null;
        try {
            part = Files.createTempFile(folder, ".", PART, OWNERS_ALONE);
            Files.write(part, note.getBytes(StandardCharsets.ISO_8859_1));
            Files.move(part, file.resolveSibling(file.getFileName() + READ), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // It is read through the next time as well.
        }
    }

    /** Ends the use: files that no other JVM may trust do not stay, whether they are loaded or could not be. */
    void finish() {
        if (kept) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).filter(each -> !each.equals(folder)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // They stay, then; what was loaded is loaded.
        }
    }

    /** Another file of the same content, for one loader that cannot share: it may be deleted once it is loaded. */
    Path copy(Path file) throws IOException {
        Path copy = Files.createTempFile(folder, ".", "." + file.getFileName(), OWNERS_ALONE);
        return Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path place(String digest, String name) {
        return folder.resolve(digest.substring(0, DIGITS)).resolve(name);
    }

    /** Deletes what JVMs that were killed while they unpacked have left. */
    private void sweep() throws IOException {
        FileTime old = FileTime.from(Instant.now().minus(1, ChronoUnit.HOURS));
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, "*" + PART)) {
            for (Path part : parts) {
                if (Files.getLastModifiedTime(part).compareTo(old) < 0) {
                    Files.deleteIfExists(part);
                }
            }
        } catch (NoSuchFileException e) {
            // Another JVM sweeps as well.
        }
    }

    private static void makeFolder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, OWNERS_ALONE);
        } catch (FileAlreadyExistsException e) {
            // Another JVM, or an earlier one.
        }
    }

    private static URLConnection open(URL resource) throws IOException {
        URLConnection connection = resource.openConnection();
        connection.setUseCaches(false);
        return connection;
    }

    private static String digest(Path file) throws IOException {
        MessageDigest sha = sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] block = new byte[1 << 20];
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                sha.update(block, 0, read);
            }
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /** Whose a file is, its mode, and when it was changed last. */
    private record Attributes(long user, int mode, long inode, long size, long changed) {
        private static long userOfThisProcess = -1;

        static Attributes of(Path file) throws IOException {
            Map<String, Object> all = Files.readAttributes(file, "unix:uid,mode,ino,size,ctime", LinkOption.NOFOLLOW_LINKS);
            return new Attributes((Integer) all.get("uid"), (Integer) all.get("mode"), (Long) all.get("ino"), (Long) all.get("size"),
                ((FileTime) all.get("ctime")).to(TimeUnit.NANOSECONDS));
        }

        boolean isFolder() {
            return (mode & TYPE) == FOLDER;
        }

        /** Whether others may write to it. */
        boolean isOpen() {
            return (mode & WRITABLE_BY_GROUP_OR_OTHERS) != 0;
        }

        /** What changes when the file does. */
        @Override
        public String toString() {
            return inode + " " + size + " " + changed;
        }

        /** The effective user: /proc/self is root's where a program has capabilities, so its text is asked. */
        static synchronized long userOfThisProcess() throws IOException {
            if (userOfThisProcess < 0) {
                String status = new String(Files.readAllBytes(Path.of("/proc/self/status")), StandardCharsets.ISO_8859_1);
                int line = status.indexOf("\nUid:");
                if (line < 0) {
                    throw new IOException("/proc/self/status does not say who runs this process");
                }
                StringTokenizer users = new StringTokenizer(status.substring(line + 5));
                users.nextToken(); // the real one
                userOfThisProcess = Integer.parseUnsignedInt(users.nextToken());
            }
            return userOfThisProcess;
        }
    }
}
