/* Figures for Prometheus. */
package org.tidegate.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.tidegate.server.ops.Metrics;

/** metrics. */
final class MetricsRoute implements Route {
    private static final List<String> METRICS = List.of("metrics");

    private final Metrics metrics;

    MetricsRoute(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public boolean handle(Exchange exchange) {
        if (!exchange.path().equals(METRICS)) {
            return false;
        }
        exchange.checkGet();
        exchange.later(() -> exchange.send(200, Metrics.CONTENT_TYPE, ByteBuffer.wrap(metrics.scrape().getBytes(StandardCharsets.UTF_8))));
        return true;
    }
}
