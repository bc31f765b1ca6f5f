/* The server and its health. */
package org.tidegate.server.http;

import java.util.List;
import org.tidegate.server.service.InferenceService;

/** v2, v2/health/live and v2/health/ready. */
final class ServerRoute implements Route {
    private static final List<String> SERVER = List.of("v2");
    static final List<String> LIVE = List.of("v2", "health", "live");
    static final List<String> READY = List.of("v2", "health", "ready");

    private final InferenceService service;

    ServerRoute(InferenceService service) {
        this.service = service;
    }

    @Override
    public boolean handle(Exchange exchange) {
        if (exchange.path().equals(SERVER)) {
            exchange.checkGet();
            exchange.send(200, JsonResponse.json(json -> {
                json.writeStartObject();
                json.writeStringField("name", InferenceService.NAME);
                json.writeStringField("version", service.version());
                json.writeFieldName("extensions");
                json.writeArray(InferenceService.EXTENSIONS.toArray(String[]::new), 0, InferenceService.EXTENSIONS.size());
                json.writeEndObject();
            }));
            return true;
        }
        boolean live = exchange.path().equals(LIVE);
        if (!live && !exchange.path().equals(READY)) {
            return false;
        }
        exchange.checkGet();
        boolean ready = service.isReady();
        exchange.send(live || ready ? 200 : 503, JsonResponse.json(json -> {
            json.writeStartObject();
            json.writeBooleanField("live", true);
            json.writeBooleanField("ready", ready);
            json.writeEndObject();
        }));
        return true;
    }
}
