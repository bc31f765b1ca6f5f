/* Loads the native library. */
package org.tidegate.internal.abi;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The native library, loaded once by each class loader. */
public final class Natives {
    private static final String OTHER_FOLDER = "the native library, 5 MB, is unpacked into a folder and loaded from"
        + " there. Name one with -D" + NativeCache.PROPERTY + "=FOLDER, or without it by XDG_CACHE_HOME in the environment: a folder that"
        + " this user owns or can make, with room, that no other user can write to or exchange, on a file system that allows executable"
        + " files (no noexec).";
    private static final String OTHER_SYSTEM = "a Linux with glibc 2.34 or later (Debian 12, Ubuntu 22.04).";

    private static boolean loaded;

    private Natives() {
    }

    /** Operating system and processor, as in linux-x86_64; a property of JavaCPP's name sets another. */
    public static String platform() {
        String named = System.getProperty("org.bytedeco.javacpp.platform");
        if (named != null) {
            return named;
        }
        String processor = System.getProperty("os.arch", "");
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT) + "-" + (processor.equals("amd64") ? "x86_64"
            : processor.equals("aarch64") ? "arm64" : processor);
    }

    /** The library's file name. */
    public static String fileName() {
        return System.mapLibraryName("jnitidegate");
    }

    /**
     * Loads the library unless it is.
     *
     * @throws UnsatisfiedLinkError if it cannot be; its text names each folder that was tried, why it was not used, and a way out
     */
    public static synchronized void load() {
        if (!loaded) {
            fromACache();
            loaded = true;
        }
    }

    private static void fromACache() {
        StringBuilder failures = new StringBuilder();
        for (NativeCache.Candidate candidate : NativeCache.candidates()) {
            failures.append("Cache folder: ").append(candidate);
            try {
                NativeCache cache = candidate.open();
                try {
                    load(cache);
                } finally {
                    cache.finish();
                }
                return;
            } catch (IOException e) {
                failures.append(" (cannot be used: ").append(reason(e)).append(")\n");
            } catch (UnsatisfiedLinkError e) {
                Optional<String> forbidden = forbidden(e.getMessage());
                if (forbidden.isEmpty()) {
                    throw new UnsatisfiedLinkError(failures + "\nCause: " + e.getMessage() + "\nWay out: " + OTHER_SYSTEM);
                }
                failures.append(" (cannot be used: ").append(forbidden.get()).append(")\n");
            }
        }
        throw new UnsatisfiedLinkError(failures + "Way out: " + OTHER_FOLDER);
    }

    private static String reason(IOException e) {
        return e.getMessage() == null || e.getClass() != IOException.class && e.getClass().getPackageName().equals("java.nio.file")
            && !e.getMessage().contains(": ") ? e.getClass().getSimpleName() + ": " + e.getMessage() : e.getMessage();
    }

    /** What the linker says where it is the folder's fault: a file system that is mounted noexec. */
    static Optional<String> forbidden(String message) {
        int said = message == null ? -1 : message.indexOf("failed to map segment");
        return said < 0 ? Optional.empty()
            : Optional.of("its file system lets no code be loaded, as one that is mounted noexec: " + message.substring(said));
    }

    private static void load(NativeCache cache) throws IOException {
        String name = fileName();
        Path file = cache.file(name, digest(name), new NativeCache.Resource() { // no lambda: it would be the first of a program that starts
            @Override
            public URL url() {
                URL resource = Natives.class.getResource(platform() + "/" + name);
                if (resource == null) {
                    throw new UnsatisfiedLinkError("there is no " + name + " for " + platform());
                }
                return resource;
            }
        });
        loadOwn(cache, file);
    }

    private static String digest(String name) {
        return Digests.of(platform() + "/" + name);
    }

    /** A class loader cannot load a file that another has; and a second copy of its own must be another file to the linker as well. */
    private static void loadOwn(NativeCache cache, Path file) throws IOException {
        try {
            System.load(file.toString());
        } catch (UnsatisfiedLinkError e) {
            if (!isAnotherLoaders(e)) {
                throw e;
            }
            Path copy = cache.copy(file);
            try {
                System.load(copy.toString());
            } finally {
                Files.deleteIfExists(copy);
            }
        }
    }

    private static boolean isAnotherLoaders(UnsatisfiedLinkError e) {
        return e.getMessage() != null && e.getMessage().contains("already loaded in another classloader");
    }
}
