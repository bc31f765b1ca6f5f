/* What may be thrown in a server, and what its client is told. */
package org.tidegate.server.protocol;

import java.util.function.Supplier;
import org.tidegate.TidegateException;

/** The table of failures, for tests of every place that has to tell one. The word "secret" must not reach a client. */
public enum Thrown {
    /** Whoever threw it knew what to say. */
    KNOWN(() -> new ProtocolException(Status.UNAVAILABLE, "known"), Status.UNAVAILABLE, Status.UNAVAILABLE),
    /** The client's mistake where its request is read, the server's elsewhere. */
    ARGUMENT(() -> new IllegalArgumentException("wrong"), Status.INVALID_ARGUMENT, Status.INTERNAL),
    /** The same that says nothing. */
    SILENT_ARGUMENT(IllegalArgumentException::new, Status.INTERNAL, Status.INTERNAL),
    /** Java's memory. */
    JAVA_MEMORY(() -> new OutOfMemoryError("secret"), Status.RESOURCE_EXHAUSTED, Status.RESOURCE_EXHAUSTED),
    /** The library's memory. */
    NATIVE_MEMORY(() -> new TidegateException("Not enough native memory: secret"), Status.RESOURCE_EXHAUSTED, Status.RESOURCE_EXHAUSTED),
    /** A size that an array cannot have. */
    SIZE(() -> thrownBy(() -> Math.multiplyExact(1 << 20, 1 << 20)), Status.RESOURCE_EXHAUSTED, Status.RESOURCE_EXHAUSTED),
    /** The same of a whole number. */
    LENGTH(() -> thrownBy(() -> Math.toIntExact(1L << 40)), Status.RESOURCE_EXHAUSTED, Status.RESOURCE_EXHAUSTED),
    /** Arithmetic that is no size. */
    DIVISION(() -> new ArithmeticException("/ by zero"), Status.INTERNAL, Status.INTERNAL),
    /** The library's own. */
    DEFECT(() -> new TidegateException("A defect of Tidegate: secret"), Status.INTERNAL, Status.INTERNAL),
    /** The server's own. */
    STATE(() -> new IllegalStateException("/secret/path"), Status.INTERNAL, Status.INTERNAL),
    /** An error. */
    STACK(() -> new StackOverflowError("secret"), Status.INTERNAL, Status.INTERNAL);

    private final Supplier<Throwable> made;
    private final Status read;
    private final Status elsewhere;

    Thrown(Supplier<Throwable> made, Status read, Status elsewhere) {
        this.made = made;
        this.read = read;
        this.elsewhere = elsewhere;
    }

    private static Throwable thrownBy(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            return e;
        }
        throw new AssertionError("nothing was thrown");
    }

    /** One of it. */
    public Throwable make() {
        return made.get();
    }

    /** Throws it. */
    public <T> T raise() {
        return Thrown.<RuntimeException, T>raise(make());
    }

    @SuppressWarnings("unchecked") // any failure is thrown as it is
    private static <E extends Throwable, T> T raise(Throwable failure) throws E {
        throw (E) failure;
    }

    /** What a client is told where its request was read. */
    public Status read() {
        return read;
    }

    /** What it is told elsewhere. */
    public Status elsewhere() {
        return elsewhere;
    }
}
