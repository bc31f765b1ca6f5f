/* What all transports share besides the protocol. */
package org.tidegate.server.ops;

/**
 * What operators see and set, the same for every transport.
 *
 * @param metrics what is counted
 * @param log receives every request, null for none
 * @param certificates are shown over TLS; null for no TLS
 * @param tokens one of which clients must show; null where anybody may ask
 */
public record Operations(Metrics metrics, AccessLog log, Certificates certificates, Tokens tokens) implements AutoCloseable {
    /** Shows what it counts. */
    public Operations {
        if (log != null) {
            metrics.counter("tidegate_access_log_lost", "Lines of the access log that could not be written.", log::lost);
        }
    }

    @Override
    public void close() {
        metrics.close();
        if (log != null) {
            log.close();
        }
    }
}
