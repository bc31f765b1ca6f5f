/* A request on its way. */
package org.tidegate.server.protocol;

import java.util.concurrent.Executor;

/** Where the answer to a request goes, and whether anybody still waits for it. One of answer and fail is called, once, by any thread. */
public interface Call {
    /**
     * Tells what is known so far of an answer that is one text.
     *
     * @param text what comes behind the parts before it
     */
    default void part(String text) {}

    /**
     * Notes that more memory is held until the request is answered.
     *
     * @param bytes how many
     * @throws ProtocolException if requests in progress hold too many together
     */
    default void hold(long bytes) {}

    /** Sends the answer. */
    void answer(InferenceResponse response);

    /** Sends a failure. */
    void fail(ProtocolException failure);

    /** {@return whether the client has given up} */
    boolean isCancelled();

    /** {@return the moment after which nobody wants the answer, in {@link System#nanoTime}; {@link Long#MAX_VALUE} for none} */
    long deadline();

    /**
     * {@return why an answer did not reach the client as far as is known when {@link #answer} returns; null where nothing is known}
     */
    default ProtocolException unsent() {
        return isCancelled() ? new ProtocolException(Status.CANCELLED, "the client has given up") : null;
    }

    /**
     * {@return why nobody wants the answer any more; null where somebody does}
     *
     * @param now the time, in {@link System#nanoTime}
     */
    default ProtocolException gone(long now) {
        if (isCancelled()) {
            return new ProtocolException(Status.CANCELLED, "the client has given up");
        }
        return deadline() != Long.MAX_VALUE && deadline() - now <= 0
                ? new ProtocolException(Status.DEADLINE_EXCEEDED, "the request's time had passed before it ran") : null;
    }

    /**
     * {@return what runs a task on this thread once it has read all that clients have sent so far; null where this thread reads for none}
     *
     * <p>To be called by the thread that brought the request. A task keeps others' requests from being read while it runs.
     */
    default Executor reader() {
        return null;
    }
}
