/* What a client is told. */
package org.tidegate.server.protocol;

/** A call that failed: its status, and a message for the client. It holds no path, no stack and nothing of other clients. */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Status status;

    /**
     * Creates a failure.
     *
     * @param status why
     * @param message what was given, what was expected, and what to do
     */
    public ProtocolException(Status status, String message) {
        super(message, null, false, false); // no stack: it is an answer
        this.status = status;
    }

    /** {@return a failure of a wrong request} */
    public static ProtocolException invalid(String message) {
        return new ProtocolException(Status.INVALID_ARGUMENT, message);
    }

    /** {@return a failure for want of memory} */
    public static ProtocolException shortOfMemory() {
        return new ProtocolException(Status.RESOURCE_EXHAUSTED, "memory is short; send less at once, or later");
    }

    /** {@return why it failed} */
    public Status status() {
        return status;
    }
}
