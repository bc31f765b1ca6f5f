/* What HTTP tells the access log and the metrics. */
package org.tidegate.server.http;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.tidegate.server.ops.Access;
import org.tidegate.server.ops.AccessLog;
import org.tidegate.server.protocol.ProtocolException;

/** Counts answers by their status, and hands each request that has ended to the access log, if there is one. */
final class HttpLog implements RequestLog, Collector {
    /** The attribute that has the version of the model that answered. */
    static final String VERSION = "tidegate.version";

    private static final int STATUSES = 600;

    private final AccessLog log;
    private final AtomicLongArray answers = new AtomicLongArray(STATUSES);

    HttpLog(AccessLog log) {
        this.log = log;
    }

    @Override
    public void log(Request request, Response response) {
        int status = response.getStatus();
        answers.incrementAndGet(status > 0 && status < STATUSES ? status : 0);
        if (log != null) {
            log.add(access(request, response));
        }
    }

    private static Access access(Request request, Response response) {
        String path = request.getHttpURI() == null ? null : request.getHttpURI().getPath();
        ModelPath model = model(path);
        String named = model == null || model.version().isEmpty() ? null : model.version();
        Object answered = request.getAttribute(VERSION);
        return new Access(System.currentTimeMillis(), request.getConnectionMetaData().getHttpVersion().asString(), request.getMethod(), path,
                model == null ? null : model.name(), answered != null ? (String) answered : named, response.getStatus(),
                TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - request.getBeginNanoTime()), Request.getContentBytesRead(request),
                Response.getContentBytesWritten(response), (String) request.getAttribute(Entrance.ID), Request.getRemoteAddr(request));
    }

    /** The model of a path; null for none. */
    private static ModelPath model(String path) {
        try {
            ModelPath model = path == null ? null : ModelPath.of(ModelPath.parts(path));
            return model == null || model.name().isEmpty() ? null : model;
        } catch (ProtocolException e) { // malformed; its client was told
            return null;
        }
    }

    @Override
    public MetricSnapshot collect() {
        CounterSnapshot.Builder metric = CounterSnapshot.builder().name("tidegate_http_responses").help("Answers over HTTP, by status.");
        for (int status = 0; status < STATUSES; status++) {
            if (answers.get(status) > 0) {
                metric.dataPoint(CounterDataPointSnapshot.builder().value(answers.get(status)).labels(Labels.of("code", Integer.toString(status)))
                        .build());
            }
        }
        return metric.build();
    }
}
