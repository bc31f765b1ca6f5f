/* Where native libraries are unpacked: a folder of the user's own, in which a file is named by its content.
 *
 *   FOLDER/DIGEST/libNAME.so     DIGEST: the first digits of the file's SHA-256
 *
 * Invariants. The folder belongs to this user and nobody else may write to it, nor, unless the user named it, put another in its place.
 * A file comes into being whole, by renaming, and is read through before each use. So any number of JVMs, versions and jars share it, and
 * what somebody else put there, or what a full disk left, is never loaded. */
package org.tidegate.internal.abi;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A folder of unpacked native libraries. */
final class NativeCache {
    /** The property that names the folder; JavaCPP's, whose own libraries it concerns as well. */
    static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

    private static final String NAME = "tidegate";
    private static final String PART = ".part";
    private static final int DIGITS = 16;
    private static final Set<PosixFilePermission> OWNERS = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_ALONE = PosixFilePermissions.asFileAttribute(OWNERS);
    private static final int STICKY = 01000;
    private static final int WRITABLE_BY_OTHERS = 0002;
    private static final int WRITABLE_BY_GROUP_OR_OTHERS = 0022;

    private final Path folder;
    private final boolean kept;

    private NativeCache(Path folder, boolean kept) {
        this.folder = folder;
        this.kept = kept;
    }

    /** Finds a cache's folder, makes it and tells whether it may be used. */
    @FunctionalInterface
    interface Candidate {
        NativeCache open() throws IOException;
    }

    /** The places in which to look, the best first: the one that the user names, or those that there are without being told. */
    static Map<String, Candidate> candidates() {
        Map<String, Candidate> candidates = new LinkedHashMap<>();
        String named = System.getProperty(PROPERTY, System.getProperty("org.bytedeco.javacpp.cacheDir", ""));
        if (!named.isEmpty()) {
            Path folder = Path.of(named).toAbsolutePath().resolve(NAME);
            candidates.put(folder.toString(), () -> open(folder));
            return candidates;
        }
        for (String caches : new String[] {System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home", "") + "/.cache"}) {
            if (caches != null && Path.of(caches).isAbsolute() && !caches.equals("/.cache")) {
                add(candidates, Path.of(caches).resolve(NAME));
                break;
            }
        }
        Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp")).toAbsolutePath();
        add(candidates, temporary.resolve(NAME + "-" + user()));
        candidates.put(temporary.resolve(NAME + "*").toString(), () -> {
            Path folder = Files.createTempDirectory(temporary, NAME, OWNERS_ALONE);
            folder.toFile().deleteOnExit();
            return new NativeCache(folder, false);
        });
        return candidates;
    }

    private static void add(Map<String, Candidate> candidates, Path folder) {
        candidates.put(folder.toString(), () -> {
            NativeCache cache = open(folder);
            checkAbove(folder);
            return cache;
        });
    }

    private static String user() {
        try {
            return Long.toString(Owner.ofThisProcess());
        } catch (IOException | RuntimeException e) {
            return System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9]", "_");
        }
    }

    private static NativeCache open(Path folder) throws IOException {
        Files.createDirectories(folder.getParent());
        try {
            Files.createDirectory(folder, OWNERS_ALONE);
        } catch (FileAlreadyExistsException e) {
            // Others may have made it.
        }
        checkOwner(folder);
        return new NativeCache(folder, true);
    }

    /** The folder must be this user's alone. */
    private static void checkOwner(Path folder) throws IOException {
        Owner owner = Owner.of(folder);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) || owner.user() != Owner.ofThisProcess()) {
            throw new FileSystemException(folder.toString(), null, "it is not a folder of this user");
        }
        if ((owner.mode() & WRITABLE_BY_GROUP_OR_OTHERS) != 0) {
            Files.setPosixFilePermissions(folder, OWNERS);
        }
    }

    /** The folders above a folder that the user did not name must be nobody's who could put another in its place. */
    private static void checkAbove(Path folder) throws IOException {
        long user = Owner.ofThisProcess();
        for (Path above = folder.toRealPath().getParent(); above != null; above = above.getParent()) {
            Owner other = Owner.of(above);
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
    Path file(String name, URL resource, String digest) throws IOException {
        if (digest != null) {
            Path file = place(digest, name);
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == size(resource) && digest(file).equals(digest)) {
                return file;
            }
        }
        sweep();
        Path part = Files.createTempFile(folder, ".", PART, OWNERS_ALONE);
        try {
            MessageDigest sha = sha256();
            try (InputStream in = open(resource).getInputStream();
                    OutputStream out = new DigestOutputStream(Files.newOutputStream(part), sha)) {
                in.transferTo(out);
            }
            Path file = place(HexFormat.of().formatHex(sha.digest()), name);
            makeFolder(file.getParent());
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            return file;
        } finally {
            Files.deleteIfExists(part);
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

    private static long size(URL resource) throws IOException {
        URLConnection connection = open(resource);
        try (InputStream in = connection.getInputStream()) { // closed, so that no jar stays open
            return connection.getContentLengthLong();
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

    /** Whose a file is, and its mode. */
    private record Owner(long user, int mode) {
        static Owner of(Path file) throws IOException {
            Map<String, Object> attributes = Files.readAttributes(file, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
            return new Owner((Integer) attributes.get("uid"), (Integer) attributes.get("mode"));
        }

        /** The effective user: /proc/self is root's where a program has capabilities, so its text is asked. */
        static long ofThisProcess() throws IOException {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("Uid:")) {
                    return Integer.parseUnsignedInt(line.trim().split("\\s+")[2]);
                }
            }
            throw new IOException("/proc/self/status does not say who runs this process");
        }
    }
}
