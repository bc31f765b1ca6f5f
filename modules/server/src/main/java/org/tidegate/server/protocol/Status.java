/* How a call ended. */
package org.tidegate.server.protocol;

/** Why a call failed, as HTTP and gRPC say it. The names are gRPC's. */
public enum Status {
    /** The request is wrong. */
    INVALID_ARGUMENT(400),
    /** Who asks has not said who it is. */
    UNAUTHENTICATED(401),
    /** A page of another site asks, or for another host; of HTTP alone. */
    PERMISSION_DENIED(403),
    /** There is no such model, version or sequence. */
    NOT_FOUND(404),
    /** The path has no such method; of HTTP alone. */
    METHOD_NOT_ALLOWED(405),
    /** The request's body is too large. */
    TOO_LARGE(413),
    /** The request's body is encoded in a way that is not understood; of HTTP alone. */
    UNSUPPORTED_ENCODING(415),
    /** The queue is full, or all sequences are open: try again later. */
    RESOURCE_EXHAUSTED(429),
    /** The client gave up before the request ran. */
    CANCELLED(499),
    /** The server failed. */
    INTERNAL(500),
    /** The protocol has it, this server has not. */
    UNIMPLEMENTED(501),
    /** The model, or the server, is not ready. */
    UNAVAILABLE(503),
    /** The request's time had passed before it ran. */
    DEADLINE_EXCEEDED(504);

    private final int http;

    Status(int http) {
        this.http = http;
    }

    /** {@return the status code of HTTP} */
    public int http() {
        return http;
    }
}
