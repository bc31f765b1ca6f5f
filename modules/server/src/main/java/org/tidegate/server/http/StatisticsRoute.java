/* What the models have done. */
package org.tidegate.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.tidegate.server.batch.Statistics;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.service.InferenceService;

/** v2/models/stats and v2/models/NAME[/versions/VERSION]/stats, in the form that Triton's clients read. */
final class StatisticsRoute implements Route {
    private static final String STATS = "stats";
    private static final List<String> ALL = List.of("v2", "models", STATS);

    private final InferenceService service;

    StatisticsRoute(InferenceService service) {
        this.service = service;
    }

    @Override
    public boolean handle(Exchange exchange) {
        ModelPath model = exchange.model();
        boolean all = exchange.path().equals(ALL);
        if (!all && (model == null || !model.what().equals(STATS))) {
            return false;
        }
        exchange.checkGet();
        exchange.send(200, json(all ? service.models("", "") : service.models(model.name(), model.version())));
        return true;
    }

    private static byte[] json(List<ServedModel> models) {
        return JsonResponse.json(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("model_stats");
            for (ServedModel model : models) {
                model(json, model);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void model(JsonGenerator json, ServedModel model) throws IOException {
        Statistics done = model.statistics();
        json.writeStartObject();
        json.writeStringField("name", model.name());
        json.writeStringField("version", model.version());
        json.writeNumberField("last_inference", done.last());
        json.writeNumberField("inference_count", done.inferences());
        json.writeNumberField("execution_count", done.executions());
        json.writeObjectFieldStart("inference_stats");
        duration(json, "success", done.success().count(), done.success().nanos());
        duration(json, "fail", done.fail().count(), done.fail().nanos());
        duration(json, "queue", done.queue().count(), done.queue().nanos());
        duration(json, "compute_input", done.input().count(), done.input().nanos());
        duration(json, "compute_infer", done.infer().count(), done.infer().nanos());
        duration(json, "compute_output", done.output().count(), done.output().nanos());
        duration(json, "cache_hit", 0, 0); // answers are not cached
        duration(json, "cache_miss", 0, 0);
        json.writeEndObject();
        json.writeArrayFieldStart("batch_stats");
        for (Map.Entry<Integer, Statistics.Duration> batch : done.batches().entrySet()) {
            json.writeStartObject();
            json.writeNumberField("batch_size", batch.getKey());
            duration(json, "compute_infer", batch.getValue().count(), batch.getValue().nanos());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("memory_usage");
        json.writeStartObject();
        json.writeStringField("type", "CPU");
        json.writeNumberField("id", 0);
        json.writeNumberField("byte_size", model.bytes());
        json.writeEndObject();
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void duration(JsonGenerator json, String name, long count, long nanos) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("count", count);
        json.writeNumberField("ns", nanos);
        json.writeEndObject();
    }
}
