/* Texts that models write. */
package org.tidegate.server.http;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tidegate.server.model.Serving.Generates;
import org.tidegate.server.protocol.Call;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.Limits;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Texts;
import org.tidegate.server.service.InferenceService;

/** v2/models/NAME[/versions/VERSION]/generate and generate_stream: the protocol's form of a request for one text. */
final class GenerateRoute implements Route {
    private static final String GENERATE = "generate";
    private static final String STREAM = "generate_stream";
    /** Those of every model: whether to tell why the text ended, and how long the client waits, in microseconds. */
    private static final Set<String> COMMON = Set.of("details", "timeout");
    private static final List<String> DETAILS = List.of("finish_reason", "tokens", "logprobs");

    private final InferenceService service;

    GenerateRoute(InferenceService service) {
        this.service = service;
    }

    @Override
    public boolean handle(Exchange exchange) {
        ModelPath model = exchange.model();
        if (model == null || !model.what().equals(GENERATE) && !model.what().equals(STREAM)) {
            return false;
        }
        exchange.checkPost();
        exchange.body(body -> generate(exchange, model.name(), model.version(), model.what().equals(STREAM), body));
        return true;
    }

    private void generate(Exchange exchange, String model, String version, boolean stream, byte... body) {
        Generates generates = service.generates(model, version).orElseThrow(() -> ProtocolException.invalid("model '" + Texts.shown(model)
                + "' writes no text; its metadata have what it takes and gives, for infer"));
        Asked asked = JsonRequest.parse(body, 0, body.length, Asked::read);
        Set<String> unknown = new TreeSet<>(asked.parameters.keySet());
        unknown.removeAll(COMMON);
        unknown.removeAll(generates.parameters());
        if (!unknown.isEmpty()) {
            throw ProtocolException.invalid("parameter '" + Texts.shown(unknown.iterator().next()) + "' is none that model '"
                    + Texts.shown(model) + "' has; it has " + String.join(", ", new TreeSet<>(generates.parameters())));
        }
        InferenceRequest request = new InferenceRequest(model, version, asked.id, asked.parameters,
                List.of(InferenceTensor.of(generates.input(), List.of(asked.text), 1)), List.of());
        exchange.share().take(request.bytes() + request.objects());
        boolean details = request.flag("details");
        Set<String> outputs = service.outputs(model, version);
        if (details && outputs.containsAll(DETAILS)) {
            List<String> names = new ArrayList<>(DETAILS);
            names.add(generates.output());
            request = new InferenceRequest(model, version, asked.id, asked.parameters, request.inputs(),
                    names.stream().map(name -> new InferenceRequest.Output(name, Map.of())).toList());
        }
        Call call = stream ? new EventStream(exchange, request, generates.output(), details)
                : new TextCall(exchange, request, generates.output(), details);
        service.infer(request, call);
    }

    /** What a client asks. */
    private static final class Asked {
        private String id = "";
        private String text;
        private Map<String, Object> parameters = Map.of();

        static Asked read(JsonParser parser) throws IOException {
            Asked asked = new Asked();
            JsonRequest.object(parser, parser.nextToken(), "the request", field -> {
                switch (field) {
                    case "id" -> asked.id = JsonRequest.name(parser, "id");
                    case "text_input" -> asked.text = JsonRequest.text(parser, "text_input");
                    case "parameters" -> asked.parameters = JsonRequest.parameters(parser, Limits.PARAMETERS);
                    default -> JsonRequest.skip(parser); // what later versions may say
                }
            });
            if (asked.text == null) {
                throw ProtocolException.invalid("text_input is missing; expected the text that is to be continued");
            }
            if (!StandardCharsets.UTF_8.newEncoder().canEncode(asked.text)) {
                throw ProtocolException.invalid("text_input has one half of a character");
            }
            return asked;
        }
    }
}
