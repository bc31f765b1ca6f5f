/* The library as a whole. */
package org.tidegate;

import org.tidegate.internal.Library;
import org.tidegate.internal.NativeMemory;

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
     * {@return the bytes of native memory that all models, frozen models, sessions and optimizers of this process take, closed or not, until
     * they are freed} Batches lie in direct buffers, which the JVM counts and limits itself.
     *
     * @throws TidegateException if the native library cannot be loaded
     */
    public static long nativeBytes() {
        Failure.checkLibrary();
        return NativeMemory.used();
    }

    /**
     * {@return the greatest number of bytes that {@link #nativeBytes} may become} By default it is what the machine or the control groups of
     * the process (Linux, versions 1 and 2) allow, less the greatest size of the heap and 128 MiB for the JVM, but at least a quarter; the
     * system property {@code tidegate.memory}, such as {@code 512m}, sets another.
     *
     * @throws TidegateException if the native library cannot be loaded
     */
    public static long nativeLimit() {
        Failure.checkLibrary();
        return NativeMemory.limit();
    }

    /**
     * Sets the limit of the native memory. Where a call would pass it, garbage is collected, so that what was forgotten without being closed is
     * freed, and the call made again; if that does not suffice it is a {@link TidegateException} that names use and limit.
     *
     * @param bytes the greatest number of bytes that {@link #nativeBytes} may become
     * @throws IllegalArgumentException if it is not positive
     * @throws TidegateException if the native library cannot be loaded
     */
    public static void setNativeLimit(long bytes) {
        Failure.checkLibrary();
        Failure.check(NativeMemory.limit(bytes));
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
