/* The way to a server. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Sends prepared requests and hears of their answers. Any thread may send; all answers come on one thread. */
interface Wire extends AutoCloseable {
    /** Who waits for an answer. */
    @FunctionalInterface
    interface Listener {
        /**
         * An answer has come whole.
         *
         * @param ok whether it is one
         * @param body its body, or the reason of a failure; to be read before this returns
         */
        void answered(boolean ok, ByteBuffer body);
    }

    /** Sends a request, now or when a connection is free. */
    void send(byte[] request, Listener listener) throws IOException;

    @Override
    void close() throws IOException;
}
