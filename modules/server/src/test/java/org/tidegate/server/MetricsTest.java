/* What /metrics shows, read back. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Tidegate;
import org.tidegate.server.batch.Statistics;

class MetricsTest {
    private static final String MOOD = "{model=\"mood\",version=\"1\"}";

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private Server server;

    @BeforeEach
    void start() throws Exception {
        TestModels.classifier(folder.resolve("mood.safetensors"));
        server = Server.builder().models(folder).port(0).start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int infer(String outputs) throws Exception {
        String body = "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[2],\"data\":[\"a\",\"b\"]}],\"outputs\":[" + outputs + "]}";
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v2/models/mood/infer"))
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    private Map<String, Double> scrape() throws Exception {
        HttpResponse<String> answer = client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode());
        assertEquals(List.of("text/plain; version=0.0.4; charset=utf-8"), answer.headers().allValues("Content-Type"));
        Map<String, Double> values = new TreeMap<>();
        for (String line : answer.body().lines().filter(each -> !each.startsWith("#")).toList()) {
            int space = line.lastIndexOf(' ');
            assertNull(values.put(line.substring(0, space), Double.valueOf(line.substring(space + 1))), line);
        }
        return values;
    }

    @Test
    void requestsAreCountedByOutcomeAndErrorsByStatus() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertEquals(200, infer(""));
        }
        assertEquals(400, infer("{\"name\":\"none\"}"));
        Map<String, Double> seen = scrape();
        assertEquals(3, seen.get("tidegate_requests_total{model=\"mood\",outcome=\"success\",version=\"1\"}"));
        assertEquals(1, seen.get("tidegate_requests_total{model=\"mood\",outcome=\"fail\",version=\"1\"}"));
        assertEquals(1, seen.get("tidegate_errors_total{model=\"mood\",status=\"INVALID_ARGUMENT\",version=\"1\"}"));
        assertEquals(6, seen.get("tidegate_inferences_total" + MOOD));
        for (String metric : List.of("request_seconds", "queue_seconds", "inference_seconds", "output_seconds")) {
            assertEquals(3, seen.get("tidegate_" + metric + "_count" + MOOD), metric);
            assertTrue(seen.get("tidegate_" + metric + "_sum" + MOOD) > 0, metric);
        }
        for (String metric : List.of("waiting", "dropped_total", "refused_total")) {
            assertEquals(0, seen.get("tidegate_" + metric + MOOD), metric);
        }
    }

    @Test
    void bucketsRiseToTheCountAndSpan100MicrosecondsTo10Seconds() throws Exception {
        for (int i = 0; i < 5; i++) {
            infer("");
        }
        Map<String, Double> seen = scrape();
        for (String metric : List.of("tidegate_request_seconds", "tidegate_queue_seconds", "tidegate_inference_seconds", "tidegate_batch_items")) {
            Map<Double, Double> buckets = new TreeMap<>();
            seen.forEach((name, value) -> {
                if (name.startsWith(metric + "_bucket")) {
                    buckets.put(Double.valueOf(name.replaceAll(".*le=\"([^\"]*)\".*", "$1").replace("+Inf", "Infinity")), value);
                }
            });
            double last = 0;
            for (double value : buckets.values()) {
                assertTrue(value >= last, metric + buckets);
                last = value;
            }
            assertEquals(5, last, metric);
            if (metric.endsWith("seconds")) {
                assertEquals(0.0001, buckets.keySet().iterator().next());
                assertTrue(buckets.containsKey(10.0), metric + buckets);
            } else {
                assertEquals(0, buckets.get(1.0));
                assertEquals(5, buckets.get(2.0));
            }
        }
    }

    @Test
    void memoryAndTheJvmAreShown() throws Exception {
        Map<String, Double> seen = scrape();
        assertTrue(seen.get("tidegate_model_native_bytes" + MOOD) > 0);
        assertTrue(seen.get("tidegate_native_bytes") > 0);
        assertEquals(Tidegate.nativeLimit(), seen.get("tidegate_native_limit_bytes"));
        for (String metric : List.of("jvm_memory_used_bytes", "jvm_threads_live_threads", "process_uptime_seconds", "process_files_open_files",
                "process_cpu_usage", "jvm_gc_memory_allocated_bytes_total", "jvm_classes_loaded_classes")) {
            assertTrue(seen.keySet().stream().anyMatch(name -> name.startsWith(metric)), metric + " of " + seen.keySet());
        }
    }

    @Test
    void aBucketHasWhatIsAtMostItsBound() {
        Statistics.Histogram times = new Statistics.Histogram();
        long[] bounds = Statistics.Histogram.bounds();
        for (long bound : bounds) {
            times.add(1, bound);
        }
        times.add(2, bounds[bounds.length - 1] + 1);
        times.add(1, 0);
        long[] counts = times.counts();
        assertEquals(2, counts[0]);
        assertEquals(1, counts[1]);
        assertEquals(2, counts[bounds.length]);
        assertEquals(bounds.length + 3, times.count());
    }
}
