/* What all transports share besides the protocol. */
package org.tidegate.server.ops;

/**
 * What operators see and set, the same for every transport.
 *
 * @param metrics what is counted
 * @param log receives every request, null for none
 * @param certificates are shown over TLS; null for no TLS
 * @param tokens one of which clients must show; null where anybody may ask
 * @param inflight what requests in progress hold
 */
public record Operations(Metrics metrics, AccessLog log, Certificates certificates, Tokens tokens, Inflight inflight) implements AutoCloseable {
    /** Shows what it counts. */
    public Operations {
        metrics.gauge("tidegate_inflight_bytes", "What requests in progress hold.", inflight::bytes);
        metrics.gauge("tidegate_inflight_limit_bytes", "What they may hold.", inflight::most);
        metrics.counter("tidegate_inflight_refused", "Requests that would have held too much.", inflight::refused);
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
