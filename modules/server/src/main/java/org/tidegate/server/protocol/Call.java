/* A request on its way. */
package org.tidegate.server.protocol;

/** Where the answer to a request goes, and whether anybody still waits for it. One of answer and fail is called, once, by any thread. */
public interface Call {
    /**
     * Tells what is known so far of an answer that is one text.
     *
     * @param text what comes behind the parts before it
     */
    default void part(String text) {}

    /** Sends the answer. */
    void answer(InferenceResponse response);

    /** Sends a failure. */
    void fail(ProtocolException failure);

    /** {@return whether the client has given up} */
    boolean isCancelled();

    /** {@return the moment after which nobody wants the answer, in {@link System#nanoTime}; {@link Long#MAX_VALUE} for none} */
    long deadline();
}
