/* Models and inference. */
package org.tidegate.server.http;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.tidegate.server.protocol.Call;
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
        List<String> path = exchange.path();
        if (path.size() < 3 || !path.get(0).equals("v2") || !path.get(1).equals("models")) {
            return false;
        }
        String name = path.get(2);
        boolean versioned = path.size() >= 5 && path.get(3).equals("versions");
        String version = versioned ? path.get(4) : "";
        List<String> rest = path.subList(versioned ? 5 : 3, path.size());
        switch (String.join("/", rest)) {
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
        InferenceRequest request = JsonRequest.read(model, version, body, headerLength(exchange.header(Exchange.HEADER_LENGTH), body.length));
        service.infer(request, new HttpCall(request, exchange));
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

    /** A request on its way, whose answer is written by whoever has it. */
    private static final class HttpCall implements Call {
        private final InferenceRequest asked;
        private final Exchange exchange;
        private final long deadline;
        private volatile boolean cancelled;

        HttpCall(InferenceRequest asked, Exchange exchange) {
            this.asked = asked;
            this.exchange = exchange;
            long timeout = asked.number("timeout", 0); // microseconds
            deadline = timeout <= 0 ? Long.MAX_VALUE : System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(timeout);
            exchange.request().addFailureListener(failure -> cancelled = true);
        }

        @Override
        public void answer(InferenceResponse answer) {
            exchange.request().setAttribute(HttpLog.VERSION, answer.version());
            exchange.send(200, JsonResponse.answer(asked, answer));
        }

        @Override
        public void fail(ProtocolException failure) {
            exchange.fail(failure);
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }

        @Override
        public long deadline() {
            return deadline;
        }
    }
}
