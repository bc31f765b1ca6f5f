/* What HTTP requests are answered by. */
package org.tidegate.server.http;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.ops.Operations;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.service.InferenceService;

/** Finds the route of a request. */
final class ProtocolHandler extends Handler.Abstract.NonBlocking {
    private final List<Route> routes;
    private final long mostBody;
    private final Executor reader;
    private final Inflight inflight;

    /** reader: runs tasks on the thread that reads for all clients, once it has read all there is. */
    ProtocolHandler(InferenceService service, Hosts hosts, long mostBody, Operations operations, Executor reader) {
        this.mostBody = mostBody;
        this.reader = reader;
        inflight = operations.inflight();
        routes = List.of(new OriginRoute(hosts), new TokenRoute(operations.tokens()), new ServerRoute(service), new StatisticsRoute(service),
                new ModelRoute(service), new GenerateRoute(service), new RepositoryRoute(service), new MetricsRoute(operations.metrics()), new AbsentRoute(),
                new PageRoute());
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Exchange exchange;
        try {
            exchange = new Exchange(request, response, callback, mostBody, inflight, reader);
        } catch (ProtocolException e) {
            response.setStatus(e.status().http());
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, Exchange.JSON_TYPE);
            response.write(true, ByteBuffer.wrap(JsonResponse.error(e.getMessage())), callback);
            return true;
        }
        exchange.guard(() -> {
            for (Route route : routes) {
                if (route.handle(exchange)) {
                    return;
                }
            }
            throw exchange.noSuch();
        });
        return true;
    }
}
