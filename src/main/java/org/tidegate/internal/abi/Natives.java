/* Loads the native library and what it needs.
 *
 * JavaCPP's own loader would unpack them to a folder that under a read-only home is one that anybody may have made, and keeps a copy for
 * each jar and each class loader. So the classes made from tidegate.h call this in its place. */
package org.tidegate.internal.abi;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;

/** The native libraries, loaded once by each class loader. */
public final class Natives {
    private static final String OPENBLAS = "org/bytedeco/openblas/";
    private static final String DIGESTS = "libraries.sha256";
    /** What OpenBLAS needs, and itself, in the order in which they find each other. */
    private static final List<String> BEFORE = List.of("libgcc_s.so.1", "libquadmath.so.0", "libgfortran.so.5", "libopenblas.so.0");

    private static final String OTHER_FOLDER = "the native libraries, some 45 MB, are unpacked into a folder and loaded from there."
        + " Name one with -D" + NativeCache.PROPERTY + "=FOLDER, or without it by XDG_CACHE_HOME in the environment: a folder that this"
        + " user owns or can make, with room, that no other user can write to or exchange, on a file system that allows executable files"
        + " (no noexec).";
    private static final String OTHER_LIBRARIES = "OpenBLAS (org.bytedeco:openblas with this platform's classifier) must be on the class"
        + " path or among the modules; it needs glibc 2.34 or later.";

    private static boolean loaded;

    private Natives() {
    }

    /** The library's file name. */
    public static String fileName() {
        return System.mapLibraryName("jnitidegate");
    }

    /**
     * Loads the libraries unless they are.
     *
     * @throws UnsatisfiedLinkError if they cannot be; its text names each folder that was tried, why it was not used, and a way out
     */
    public static synchronized void load() {
        if (loaded || !Loader.isLoadLibraries()) {
            return;
        }
        StringBuilder failures = new StringBuilder();
        for (Map.Entry<String, NativeCache.Candidate> candidate : NativeCache.candidates().entrySet()) {
            failures.append("Cache folder: ").append(candidate.getKey());
            try {
                NativeCache cache = candidate.getValue().open();
                try {
                    load(cache);
                } finally {
                    cache.finish();
                }
                loaded = true;
                return;
            } catch (IOException e) {
                failures.append(" (cannot be used: ").append(reason(e)).append(")\n");
            } catch (UnsatisfiedLinkError e) {
                String forbidden = forbidden(e.getMessage()).orElseThrow(
                    () -> new UnsatisfiedLinkError(failures + "\nCause: " + e.getMessage() + "\nWay out: " + OTHER_LIBRARIES));
                failures.append(" (cannot be used: ").append(forbidden).append(")\n");
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
        String platform = Loader.getPlatform() + "/";
        Map<String, String> digests = digests(Natives.class.getResource(platform + DIGESTS));
        for (String name : BEFORE) {
            URL resource = openblas(name);
            if (resource == null) {
                continue; // the platform needs none, or has its own
            }
            Path file = cache.file(name, resource, digests.get(name));
            try {
                System.load(file.toString());
            } catch (UnsatisfiedLinkError e) {
                if (!isAnotherLoaders(e)) {
                    throw e;
                }
            }
        }
        URL resource = Natives.class.getResource(platform + fileName());
        if (resource == null) {
            throw new UnsatisfiedLinkError("there is no " + fileName() + " for " + Loader.getPlatform());
        }
        Path file = cache.file(fileName(), resource, digests.get(fileName()));
        withJavaCppsCacheIn(cache.folder(), () -> loadOwn(cache, file));
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

    /**
     * JavaCPP's classes look for a library of their own, which ours holds, and settle on a cache for it. Where they would not take the one
     * in the user's home they get ours, and nobody else's.
     */
    private static void withJavaCppsCacheIn(Path folder, Loading loading) throws IOException {
        boolean named = System.getProperty(NativeCache.PROPERTY) != null || System.getProperty("org.bytedeco.javacpp.cacheDir") != null;
        if (named || Files.isWritable(Path.of(System.getProperty("user.home", ""), ".javacpp", "cache"))) {
            loading.run();
            return;
        }
        System.setProperty(NativeCache.PROPERTY, folder.toString());
        try {
            loading.run();
        } finally {
            System.clearProperty(NativeCache.PROPERTY);
        }
    }

    @FunctionalInterface
    private interface Loading {
        void run() throws IOException;
    }

    /** A library of OpenBLAS's: on the class path, in a module of the program, or in one beside it, which no module requires. */
    private static URL openblas(String name) throws IOException {
        URL resource = Natives.class.getClassLoader().getResource(OPENBLAS + Loader.getPlatform() + "/" + name);
        if (resource != null || !Natives.class.getModule().isNamed()) {
            return resource;
        }
        Path[] modules = Stream.of(System.getProperty("jdk.module.path", "").split(File.pathSeparator))
            .filter(path -> !path.isEmpty()).map(Path::of).toArray(Path[]::new);
        ModuleFinder finder = ModuleFinder.compose(ModuleFinder.ofSystem(), ModuleFinder.of(modules));
        Optional<ModuleReference> module = finder.find("org.bytedeco.openblas." + Loader.getPlatform().replace('-', '.'));
        if (module.isEmpty()) {
            return null;
        }
        try (ModuleReader reader = module.get().open()) {
            Optional<URI> found = reader.find(OPENBLAS + Loader.getPlatform() + "/" + name);
            return found.isPresent() ? found.get().toURL() : null;
        }
    }

    /** The lines DIGEST *NAME that the build wrote. */
    private static Map<String, String> digests(URL resource) throws IOException {
        Map<String, String> digests = new HashMap<>();
        if (resource != null) {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(resource.openStream(), StandardCharsets.US_ASCII))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    String[] parts = line.split(" \\*?");
                    if (parts.length == 2) {
                        digests.put(parts[1], parts[0]);
                    }
                }
            }
        }
        return digests;
    }
}
