/* The protocol over HTTP, by the JDK's client. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpTest {
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
    void theServerSaysWhoItIsAndThatItIsWell() throws Exception {
        assertTrue(client.get("/v2").text().contains("\"name\":\"tidegate\""));
        assertEquals("{\"live\":true,\"ready\":true}", client.get("/v2/health/live").text());
        assertEquals("{\"live\":true,\"ready\":true}", client.get("/v2/health/ready").text());
        assertEquals("{\"name\":\"mood\",\"ready\":true}", client.get("/v2/models/mood/ready").text());
        assertEquals(404, client.get("/v2/models/none").status());
    }

    @Test
    void bytesFlatAndNestedGiveTheSameFlatAnswer() throws Exception {
        String input = "{\"id\":\"7\",\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":%s,\"data\":%s}]}";
        String flat = client.post("/v2/models/mood/infer", input.formatted("[2]", "[\"good film\",\"bad film\"]")).text();
        assertEquals(flat, client.post("/v2/models/mood/infer", input.formatted("[2,1]", "[[\"good film\"],[\"bad film\"]]")).text());
        assertTrue(flat.startsWith("{\"model_name\":\"mood\",\"model_version\":\"1\",\"id\":\"7\",\"outputs\":[{\"name\":\"label\""), flat);
        assertTrue(flat.contains("\"shape\":[2],\"data\":[\""), flat);
    }

    @Test
    void whatIsWrongWithARequestIsSaid() throws Exception {
        RestClient.Answer answer = client.post("/v2/models/mood/infer", "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],");
        assertEquals(400, answer.status());
        assertTrue(answer.text().startsWith("{\"error\":\"malformed JSON"), answer.text());
    }
}
