/* The answer to a request for one text. */
package org.tidegate.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;

/** A request on its way whose answer is one object: text_output, the model, and details where they are asked for. */
class TextCall extends HttpCall {
    private final String output;
    private final boolean details;

    /** output: the name of the one that has the text. */
    TextCall(Exchange exchange, InferenceRequest asked, String output, boolean details) {
        super(exchange, asked);
        this.output = output;
        this.details = details;
    }

    @Override
    void write(InferenceResponse answer) {
        exchange().send(200, object(text(answer), answer));
    }

    /** The text of an answer. */
    final String text(InferenceResponse answer) {
        return find(answer, output).orElseThrow().texts().get(0);
    }

    /** The object of a text; answer: the whole one, with its details, or null for a part of it. */
    final byte[] object(String text, InferenceResponse answer) {
        return JsonResponse.json(json -> {
            json.writeStartObject();
            if (!asked().id().isEmpty()) {
                json.writeStringField("id", asked().id());
            }
            json.writeStringField("text_output", text);
            json.writeStringField("model_name", asked().model());
            if (answer != null) {
                json.writeStringField("model_version", answer.version());
                if (details) {
                    writeDetails(json, answer);
                }
            } else if (!asked().version().isEmpty()) {
                json.writeStringField("model_version", asked().version());
            }
            json.writeEndObject();
        });
    }

    private static void writeDetails(JsonGenerator json, InferenceResponse answer) throws IOException {
        json.writeObjectFieldStart("details");
        Optional<InferenceTensor> reason = find(answer, "finish_reason");
        if (reason.isPresent()) {
            json.writeStringField("finish_reason", reason.get().texts().get(0));
            List<byte[]> tokens = find(answer, "tokens").orElseThrow().elements();
            float[] logProbabilities = find(answer, "logprobs").orElseThrow().floats();
            json.writeArrayFieldStart("logprobs");
            for (int i = 0; i < logProbabilities.length; i++) {
                json.writeStartObject();
                json.writeStringField("text", new String(tokens.get(i), StandardCharsets.UTF_8));
                json.writeNumberField("logprob", logProbabilities[i]);
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static Optional<InferenceTensor> find(InferenceResponse answer, String name) {
        return answer.outputs().stream().filter(each -> each.name().equals(name)).findFirst();
    }
}
