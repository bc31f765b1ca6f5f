/* The repository and the statistics over HTTP. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryHttpTest {
    private static final String TEXTS = "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[2],\"data\":[\"good\",\"bad\"]}]}";

    @TempDir
    static Path folder;

    private static Server server;
    private static RestClient client;

    @BeforeAll
    static void start() throws Exception {
        TestModels.classifier(folder.resolve("mood.safetensors"));
        server = Server.builder().models(folder).port(0).start();
        client = new RestClient(server.port());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theIndexListsWhatIsThere() throws Exception {
        String mood = "{\"name\":\"mood\",\"version\":\"1\",\"state\":\"READY\",\"reason\":\"\"}";
        assertEquals("[" + mood + "]", client.post("/v2/repository/index", "").text());
        assertEquals("[" + mood + "]", client.post("/v2/repository/index", "{\"other\":[1],\"ready\":true}").text());
        assertEquals(400, client.post("/v2/repository/index", "{\"ready\":1}").status());
        assertEquals(400, client.post("/v2/repository/index", "[").status());
        assertEquals(405, client.get("/v2/repository/index").status());
    }

    @Test
    void aLoadHasNoParameters() throws Exception {
        String load = "/v2/repository/models/mood/load";
        for (String none : new String[] {"", "{}", "{\"parameters\":{}}", "{\"parameters\":null,\"other\":[{}]}"}) {
            assertEquals(200, client.post(load, none).status(), none);
        }
        RestClient.Answer answer = client.post(load, "{\"parameters\":{\"config\":\"{}\",\"file:1/model\":{\"a\":[1]}}}");
        assertEquals(501, answer.status());
        assertEquals("models are loaded as their files are; parameters of a load are not taken", answer.error());
        assertEquals(400, client.post(load, "{\"parameters\":7}").status());
        assertEquals(400, client.post(load, "[").status());
    }

    @Test
    void theStatisticsCountWhatAModelHasDone() throws Exception {
        String before = client.get("/v2/models/mood/stats").text();
        assertEquals(200, client.post("/v2/models/mood/infer", TEXTS).status());
        assertEquals(400, client.post("/v2/models/mood/infer", TEXTS.replace("\"text\"", "\"else\"")).status());
        String after = client.get("/v2/models/mood/versions/1/stats").text();
        for (long end = System.nanoTime() + 10_000_000_000L; after.contains("\"success\":{\"count\":0") && System.nanoTime() < end;) {
            after = client.get("/v2/models/mood/versions/1/stats").text(); // a request is counted when its answer has been written
        }
        assertTrue(before.startsWith("{\"model_stats\":[{\"name\":\"mood\",\"version\":\"1\",\"last_inference\":0,\"inference_count\":0,"
                + "\"execution_count\":0,\"inference_stats\":{\"success\":{\"count\":0,\"ns\":0},"), before);
        assertTrue(after.contains("\"inference_count\":2,\"execution_count\":1,\"inference_stats\":{\"success\":{\"count\":1,\"ns\":"), after);
        assertTrue(after.contains("},\"fail\":{\"count\":1,\"ns\":"), after);
        assertTrue(after.contains("\"batch_stats\":[{\"batch_size\":2,\"compute_infer\":{\"count\":1,\"ns\":"), after);
        assertTrue(client.get("/v2/models/stats").text().contains("\"name\":\"mood\""));
        assertEquals(404, client.get("/v2/models/none/stats").status());
        assertEquals(404, client.get("/v2/models/mood/versions/2/stats").status());
    }

    @Test
    void whatIsNotThereIsSaidToBeUnimplemented() throws Exception {
        for (String path : new String[] {"models/mood/config", "models/mood/versions/1/config", "models/mood/trace/setting", "trace/setting",
            "logging", "systemsharedmemory/status", "cudasharedmemory/region/a/register"}) {
            RestClient.Answer answer = client.get("/v2/" + path);
            assertEquals(501, answer.status(), path);
            assertTrue(answer.text().startsWith("{\"error\":\""), path);
        }
    }
}
