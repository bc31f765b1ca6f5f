/* The native library: loaded once, and a failure to load is a value that can be asked. */
package org.tidegate.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.tidegate.internal.abi.tidegate;

/** Loads the native library and answers what concerns it as a whole. */
public final class Library {
    private static final String FAILURE = load();

    private Library() {
    }

    /** Why the library cannot be used on this machine: one text for the user; empty if it is loaded. */
    public static Optional<String> failure() {
        return Optional.ofNullable(FAILURE);
    }

    /** The version, "major.minor.patch". */
    public static String version() {
        return text(tidegate.tg_version());
    }

    /** Asks for the instruction set in use; {@code name[0]} receives it. Returns a status number. */
    public static int instructionSet(String[] name) {
        BytePointer pointer = new BytePointer((BytePointer) null);
        int status = tidegate.tg_isa(pointer);
        if (status == tidegate.TG_OK) {
            name[0] = text(pointer);
        }
        return status;
    }

    /** The text of the calling thread's last failed call. */
    public static String lastError() {
        return text(tidegate.tg_last_error());
    }

    static String text(BytePointer utf8) {
        return utf8 == null || utf8.isNull() ? "" : utf8.getString(StandardCharsets.UTF_8);
    }

    private static String load() {
        try {
            Loader.load(tidegate.class);
            return null;
        } catch (LinkageError | RuntimeException e) {
            return explain(e);
        }
    }

    private static String explain(Throwable failure) {
        String platform = Loader.getPlatform();
        StringBuilder text = new StringBuilder("The native library of Tidegate cannot be loaded on ").append(platform).append(".\n");
        if (Library.class.getResource("abi/" + platform + "/") == null && Library.class.getResource(
                "abi/" + platform + "/" + System.mapLibraryName("jnitidegate")) == null) {
            return text.append("Cause: this build of Tidegate carries no native library for ").append(platform)
                .append(".\nWay out: build Tidegate on this platform, or run it on one that the build was made for.").toString();
        }
        text.append("Cache folder: ").append(cacheFolder()).append('\n');
        text.append("Cause: ").append(cause(failure)).append('\n');
        text.append("Way out: libraries are unpacked into the cache folder and loaded from there, so it must be writable and its file "
            + "system must allow executable files (no noexec). Name another with -Dorg.bytedeco.javacpp.cachedir=FOLDER. "
            + "OpenBLAS needs glibc 2.34 or later.");
        return text.toString();
    }

    private static String cacheFolder() {
        try {
            return Loader.getCacheDir().toString();
        } catch (IOException | RuntimeException e) {
            return System.getProperty("org.bytedeco.javacpp.cachedir", System.getProperty("user.home") + "/.javacpp/cache")
                + " (cannot be created or written)";
        }
    }

    /** The innermost message; those around it say only that nothing was found in java.library.path. */
    private static String cause(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return innermost.getMessage() == null ? innermost.toString() : innermost.getMessage();
    }
}
