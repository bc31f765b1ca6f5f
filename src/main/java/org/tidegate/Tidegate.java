/* The library as a whole. */
package org.tidegate;

import org.tidegate.internal.Library;

/** What this installation of Tidegate is and which instructions it uses. */
public final class Tidegate {
    private Tidegate() {
    }

    /**
     * {@return the version of the native core, "major.minor.patch"}
     *
     * @throws TidegateException if the native library cannot be loaded
     */
    public static String version() {
        Failure.checkLibrary();
        return Library.version();
    }

    /**
     * {@return the instruction set in use, the best of this processor unless the environment variable {@code TIDEGATE_ISA} forces one:
     * "avx512_bf16", "avx512_vnni", "avx512", "avx2_vnni", "avx2" or "generic"}
     *
     * @throws TidegateException if the native library cannot be loaded, or the processor lacks the forced instruction set
     */
    public static String instructionSet() {
        Failure.checkLibrary();
        String[] name = new String[1];
        Failure.check(Library.instructionSet(name));
        return name[0];
    }
}
