/* The protocol over HTTP, by the JDK's client. */
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

class HttpTest {
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
        return CLIENT.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return CLIENT.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theServerSaysWhoItIsAndThatItIsWell() throws Exception {
        assertTrue(get("/v2").body().contains("\"name\":\"tidegate\""));
        assertEquals("{\"live\":true,\"ready\":true}", get("/v2/health/live").body());
        assertEquals("{\"live\":true,\"ready\":true}", get("/v2/health/ready").body());
        assertEquals("{\"name\":\"mood\",\"ready\":true}", get("/v2/models/mood/ready").body());
        assertEquals(404, get("/v2/models/none").statusCode());
    }

    @Test
    void bytesFlatAndNestedGiveTheSameFlatAnswer() throws Exception {
        String input = "{\"id\":\"7\",\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":%s,\"data\":%s}]}";
        String flat = post("/v2/models/mood/infer", input.formatted("[2]", "[\"good film\",\"bad film\"]")).body();
        assertEquals(flat, post("/v2/models/mood/infer", input.formatted("[2,1]", "[[\"good film\"],[\"bad film\"]]")).body());
        assertTrue(flat.startsWith("{\"model_name\":\"mood\",\"model_version\":\"1\",\"id\":\"7\",\"outputs\":[{\"name\":\"label\""), flat);
        assertTrue(flat.contains("\"shape\":[2],\"data\":[\""), flat);
    }

    @Test
    void whatIsWrongWithARequestIsSaid() throws Exception {
        HttpResponse<String> answer = post("/v2/models/mood/infer", "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],");
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().startsWith("{\"error\":\"malformed JSON"), answer.body());
    }
}
