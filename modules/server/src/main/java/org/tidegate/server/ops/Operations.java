/* What all transports share besides the protocol. */
package org.tidegate.server.ops;

/**
 * What operators see and set, the same for every transport.
 *
 * @param metrics what is counted
 */
public record Operations(Metrics metrics) implements AutoCloseable {
    @Override
    public void close() {
        metrics.close();
    }
}
