/* The folder of the models. */
package org.tidegate.server.http;

import com.fasterxml.jackson.core.JsonToken;
import java.util.List;
import java.util.function.Consumer;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Texts;
import org.tidegate.server.repository.ModelStatus;
import org.tidegate.server.service.InferenceService;

/** v2/repository/index, v2/repository/models/NAME/load and …/unload. */
final class RepositoryRoute implements Route {
    private static final List<String> INDEX = List.of("v2", "repository", "index");
    private static final List<String> MODELS = List.of("v2", "repository", "models");
    private static final String READY = "ready";

    private final InferenceService service;

    RepositoryRoute(InferenceService service) {
        this.service = service;
    }

    @Override
    public boolean handle(Exchange exchange) {
        List<String> path = exchange.path();
        if (path.equals(INDEX)) {
            exchange.checkPost();
            exchange.body(body -> exchange.send(200, json(service.index(readyOnly(body)))));
            return true;
        }
        if (path.size() != 5 || !path.subList(0, 3).equals(MODELS)) {
            return false;
        }
        String model = path.get(3);
        switch (path.get(4)) {
            case "load" -> change(exchange, body -> {
                InferenceService.checkLoad(hasParameters(body));
                service.load(model);
            });
            case "unload" -> change(exchange, body -> service.unload(model));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void change(Exchange exchange, Consumer<byte[]> work) {
        exchange.checkPost();
        exchange.body(body -> service.later(() -> exchange.guard(() -> {
            work.accept(body);
            exchange.send(200, JsonResponse.json(json -> {
                json.writeStartObject();
                json.writeEndObject();
            }));
        })));
    }

    /** Whether a body has parameters: it is {"parameters": {…}}, or nothing. */
    private static boolean hasParameters(byte[] body) {
        boolean[] any = new boolean[1];
        return body.length > 0 && JsonRequest.parse(body, 0, body.length, json -> {
            JsonRequest.object(json, json.nextToken(), "the body", field -> {
                if (field.equals("parameters") && json.currentToken() != JsonToken.VALUE_NULL) {
                    JsonRequest.object(json, json.currentToken(), "parameters", name -> {
                        any[0] = true;
                        JsonRequest.skip(json);
                    });
                } else {
                    JsonRequest.skip(json);
                }
            });
            return any[0];
        });
    }

    /** {"ready": true}, or nothing. */
    private static boolean readyOnly(byte[] body) {
        boolean[] ready = new boolean[1];
        return body.length > 0 && JsonRequest.parse(body, 0, body.length, json -> {
            JsonRequest.object(json, json.nextToken(), "the body", field -> {
                if (!field.equals(READY)) {
                    JsonRequest.skip(json);
                } else if (json.currentToken().isBoolean()) {
                    ready[0] = json.getBooleanValue();
                } else {
                    throw ProtocolException.invalid("ready is " + Texts.shown(json.getText()) + "; expected true or false");
                }
            });
            return ready[0];
        });
    }

    private static byte[] json(List<ModelStatus> index) {
        return JsonResponse.json(json -> {
            json.writeStartArray();
            for (ModelStatus model : index) {
                json.writeStartObject();
                json.writeStringField("name", model.name());
                json.writeStringField("version", model.version());
                json.writeStringField("state", model.state().name());
                json.writeStringField("reason", model.reason());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
