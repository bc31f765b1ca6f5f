/* Models and inference. */
package org.tidegate.server.http;

import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Texts;
import org.tidegate.server.service.InferenceService;

/** v2/models/NAME[/versions/VERSION], and of each ready and infer. */
final class ModelRoute implements Route {
    private final InferenceService service;

    ModelRoute(InferenceService service) {
        this.service = service;
    }

    @Override
    public boolean handle(Exchange exchange) {
        ModelPath model = exchange.model();
        if (model == null) {
            return false;
        }
        String name = model.name();
        String version = model.version();
        switch (model.what()) {
            case "" -> {
                exchange.checkGet();
                exchange.send(200, JsonResponse.metadata(service.metadata(name, version)));
            }
            case "ready" -> {
                exchange.checkGet();
                boolean ready = service.isReady(name, version);
                exchange.send(ready ? 200 : 400, JsonResponse.json(json -> {
                    json.writeStartObject();
                    json.writeStringField("name", name);
                    json.writeBooleanField("ready", ready);
                    json.writeEndObject();
                }));
            }
            case "infer" -> {
                exchange.checkPost();
                exchange.body(body -> infer(exchange, name, version, body));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void infer(Exchange exchange, String model, String version, byte[] body) {
        InferenceRequest request = JsonRequest.read(model, version, body, headerLength(exchange.header(Exchange.HEADER_LENGTH), body.length),
                exchange.share());
        service.infer(request, new HttpCall(exchange, request) {
            @Override
            void write(InferenceResponse answer) {
                exchange.send(200, JsonResponse.answer(request, answer));
            }
        });
    }

    /** The bytes of JSON at the beginning of a body. */
    private static int headerLength(String header, int body) {
        if (header == null) {
            return body;
        }
        long length;
        try {
            length = Long.parseLong(header.strip());
        } catch (NumberFormatException e) {
            throw ProtocolException.invalid(Exchange.HEADER_LENGTH + " is '" + Texts.shown(header) + "'; expected a number of bytes");
        }
        if (length < 0 || length > body) {
            throw ProtocolException.invalid(Exchange.HEADER_LENGTH + " is " + length + "; the body has " + body + " bytes");
        }
        return (int) length;
    }
}
