/* The native library: loaded once, and a failure to load is a value that can be asked. */
package org.tidegate.internal;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.tidegate.internal.abi.Natives;
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
            Natives.load();
            letTheLoaderGo();
            NativeMemory.configure();
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage(); // a setting that is none
        } catch (LinkageError | RuntimeException e) {
            return explain(e);
        }
    }

    /**
     * JavaCPP has a thread in each class loader that keeps the loader for ever. A loader that may be dropped, not the one of the program
     * itself, is freed of it; what the thread does for other users of JavaCPP there is then done here.
     */
    private static void letTheLoaderGo() {
        ClassLoader own = Library.class.getClassLoader();
        if (own != ClassLoader.getSystemClassLoader() && Pointer.class.getClassLoader() == own) {
            Pointer.interruptDeallocatorThread();
            Cleaning.afterEachCollection(Pointer::deallocateReferences);
        }
    }

    private static String explain(Throwable failure) {
        String platform = Loader.getPlatform();
        StringBuilder text = new StringBuilder("The native library of Tidegate cannot be loaded on ").append(platform).append(".\n");
        if (Natives.class.getResource(platform + "/" + Natives.fileName()) == null) {
            return text.append("Cause: this build of Tidegate carries no native library for ").append(platform)
                .append(".\nWay out: build Tidegate on this platform, or run it on one that the build was made for.").toString();
        }
        return text.append(failure instanceof UnsatisfiedLinkError ? failure.getMessage() : "Cause: " + failure).toString();
    }
}
