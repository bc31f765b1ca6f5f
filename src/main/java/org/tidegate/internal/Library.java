/* The native library: loaded once, and a failure to load is a value that can be asked. */
package org.tidegate.internal;

import java.util.Optional;
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
        return tidegate.tg_version();
    }

    /** Asks for the instruction set in use; {@code name[0]} receives it. Returns a status number. */
    public static int instructionSet(String[] name) {
        return tidegate.tg_isa(name);
    }

    /** The text of the calling thread's last failed call. */
    public static String lastError() {
        return tidegate.tg_last_error();
    }

    private static String load() {
        try {
            Natives.load();
            NativeMemory.configure();
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage(); // a setting that is none
        } catch (LinkageError | RuntimeException e) {
            return explain(e);
        }
    }

    private static String explain(Throwable failure) {
        String platform = Natives.platform();
        StringBuilder text = new StringBuilder("The native library of Tidegate cannot be loaded on ").append(platform).append(".\n");
        if (Natives.class.getResource(platform + "/" + Natives.fileName()) == null) {
            return text.append("Cause: this build of Tidegate carries no native library for ").append(platform)
                .append(".\nWay out: build Tidegate on this platform, or run it on one that the build was made for.").toString();
        }
        return text.append(failure instanceof UnsatisfiedLinkError ? failure.getMessage() : "Cause: " + failure).toString();
    }
}
