/* The repository and the statistics over HTTP. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryHttpTest {
    private static final String TEXTS = "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[2],\"data\":[\"good\",\"bad\"]}]}";

    @TempDir
    static Path folder;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static Server server;

    @BeforeAll
    static void start() throws Exception {
        TestModels.classifier(folder.resolve("mood.safetensors"));
        server = Server.builder().models(folder).port(0).start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theIndexListsWhatIsThere() throws Exception {
        String mood = "{\"name\":\"mood\",\"version\":\"1\",\"state\":\"READY\",\"reason\":\"\"}";
        assertEquals("[" + mood + "]", post("/v2/repository/index", "").body());
        assertEquals("[" + mood + "]", post("/v2/repository/index", "{\"other\":[1],\"ready\":true}").body());
        assertEquals(400, post("/v2/repository/index", "{\"ready\":1}").statusCode());
        assertEquals(400, post("/v2/repository/index", "[").statusCode());
        assertEquals(405, get("/v2/repository/index").statusCode());
    }

    @Test
    void theStatisticsCountWhatAModelHasDone() throws Exception {
        String before = get("/v2/models/mood/stats").body();
        assertEquals(200, post("/v2/models/mood/infer", TEXTS).statusCode());
        assertEquals(400, post("/v2/models/mood/infer", TEXTS.replace("\"text\"", "\"else\"")).statusCode());
        String after = get("/v2/models/mood/versions/1/stats").body();
        for (long end = System.nanoTime() + 10_000_000_000L; after.contains("\"success\":{\"count\":0") && System.nanoTime() < end;) {
            after = get("/v2/models/mood/versions/1/stats").body(); // a request is counted when its answer has been written
        }
        assertTrue(before.startsWith("{\"model_stats\":[{\"name\":\"mood\",\"version\":\"1\",\"last_inference\":0,\"inference_count\":0,"
                + "\"execution_count\":0,\"inference_stats\":{\"success\":{\"count\":0,\"ns\":0},"), before);
        assertTrue(after.contains("\"inference_count\":2,\"execution_count\":1,\"inference_stats\":{\"success\":{\"count\":1,\"ns\":"), after);
        assertTrue(after.contains("},\"fail\":{\"count\":1,\"ns\":"), after);
        assertTrue(after.contains("\"batch_stats\":[{\"batch_size\":2,\"compute_infer\":{\"count\":1,\"ns\":"), after);
        assertTrue(get("/v2/models/stats").body().contains("\"name\":\"mood\""));
        assertEquals(404, get("/v2/models/none/stats").statusCode());
        assertEquals(404, get("/v2/models/mood/versions/2/stats").statusCode());
    }

    @Test
    void whatIsNotThereIsSaidToBeUnimplemented() throws Exception {
        for (String path : new String[] {"models/mood/config", "models/mood/versions/1/config", "models/mood/trace/setting", "trace/setting",
            "logging", "systemsharedmemory/status", "cudasharedmemory/region/a/register"}) {
            HttpResponse<String> answer = get("/v2/" + path);
            assertEquals(501, answer.statusCode(), path);
            assertTrue(answer.body().startsWith("{\"error\":\""), path);
        }
    }
}
