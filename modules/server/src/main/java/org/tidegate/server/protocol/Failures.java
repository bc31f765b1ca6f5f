/* From what was thrown to what a client is told. */
package org.tidegate.server.protocol;

import org.tidegate.TidegateException;

/**
 * The one rule by which a client learns of a failure, by what it can do about it: mend its request, send less or later, or nothing. What it is
 * not told is logged.
 */
public final class Failures {
    private static final System.Logger LOG = System.getLogger(Failures.class.getName());

    private Failures() {}

    /**
     * {@return what a client is told of what was thrown while its request was read, or its values tried: a wrong argument is the request's}
     *
     * @param doing what was being done, for the log
     * @param thrown what was thrown
     */
    public static ProtocolException ofRequest(String doing, Throwable thrown) {
        if (thrown instanceof IllegalArgumentException && thrown.getMessage() != null) {
            return ProtocolException.invalid(thrown.getMessage());
        }
        return of(doing, thrown);
    }

    /**
     * {@return what a client is told of what was thrown elsewhere: a wrong argument is the server's own mistake}
     *
     * @param doing what was being done, for the log
     * @param thrown what was thrown
     */
    public static ProtocolException of(String doing, Throwable thrown) {
        if (thrown instanceof ProtocolException known) {
            return known;
        }
        if (isMemory(thrown)) {
            LOG.log(System.Logger.Level.DEBUG, doing + " took more memory than there is", thrown);
            return ProtocolException.shortOfMemory();
        }
        LOG.log(System.Logger.Level.ERROR, doing + " failed", thrown);
        return new ProtocolException(Status.INTERNAL, "the server failed");
    }

    /** {@return whether less at once would do, or the same later: Java's memory or the library's is short, or a size beyond that of arrays} */
    public static boolean isMemory(Throwable thrown) {
        String message = String.valueOf(thrown.getMessage());
        return thrown instanceof OutOfMemoryError
                || thrown instanceof TidegateException && message.startsWith("Not enough native memory")
                || thrown instanceof ArithmeticException && message.endsWith("overflow");
    }
}
