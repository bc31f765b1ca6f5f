/* A client that waits. */
package org.tidegate.server;

import org.tidegate.server.protocol.Call;

/** Waits for as long as it takes, and does not give up. */
public interface Patient extends Call {
    @Override
    default boolean isCancelled() {
        return false;
    }

    @Override
    default long deadline() {
        return Long.MAX_VALUE;
    }
}
