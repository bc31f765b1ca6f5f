/* Sequences over HTTP. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Model;

class SequenceHttpTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static Server server;

    @BeforeAll
    static void start() throws Exception {
        try (Model model = Model.of("x = input axis=time cols=2\nh = recurrent x cell=lstm size=4\ny = linear h cols=1\n", 1)) {
            model.save(folder.resolve("curve.safetensors"));
        }
        server = Server.builder().models(folder).port(0).maxSequences(3).sequenceIdle(Duration.ofMinutes(5)).start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> step(String parameters, String more) throws Exception {
        String body = "{\"parameters\":{%s},\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,1,2],\"data\":[0.5,-1]}%s}";
        return CLIENT.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v2/models/curve/infer"))
                .POST(HttpRequest.BodyPublishers.ofString(body.formatted(parameters, more))).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String y(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer.body());
        Matcher data = Pattern.compile("\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":\\[1,1,1],\"data\":\\[([^]]*)]").matcher(answer.body());
        assertTrue(data.find(), answer.body());
        return data.group(1);
    }

    @Test
    void numbersUpTo64BitsAndTextsNameSequencesThatStepByThemselves() throws Exception {
        String first = y(step("\"sequence_id\":18446744073709551615,\"sequence_start\":true", "]"));
        String second = y(step("\"sequence_id\":18446744073709551615", "]"));
        assertEquals(first, y(step("\"sequence_id\":\"18446744073709551615\",\"sequence_start\":true", "]")));
        HttpResponse<String> third = step("\"sequence_id\":\"18446744073709551615\",\"sequence_end\":true", "]");
        assertEquals(second, y(third));
        assertTrue(third.body().contains("\"parameters\":{\"sequence_id\":\"18446744073709551615\"}"), third.body());
        HttpResponse<String> last = step("\"sequence_id\":18446744073709551615,\"sequence_end\":true", "]");
        assertTrue(last.body().contains("\"parameters\":{\"sequence_id\":18446744073709551615}"), last.body());
        assertEquals(404, step("\"sequence_id\":18446744073709551615", "]").statusCode());
        assertEquals(400, step("\"sequence_id\":18446744073709551616,\"sequence_start\":true", "]").statusCode());
        assertEquals(400, step("\"sequence_id\":-1,\"sequence_start\":true", "]").statusCode());
    }

    @Test
    void aStateTravelsAsTextInJson() throws Exception {
        step("\"sequence_id\":\"here\",\"sequence_start\":true", "]");
        String out = "],\"outputs\":[{\"name\":\"y\"},{\"name\":\"sequence_state\"}]";
        HttpResponse<String> answer = step("\"sequence_id\":\"here\"", out);
        Matcher state = Pattern.compile("\"sequence_state\",\"datatype\":\"BYTES\",\"shape\":\\[1],\"data\":\\[\"([^\"]*)\"]").matcher(answer.body());
        assertTrue(state.find(), answer.body());
        String in = ",{\"name\":\"sequence_state\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"" + state.group(1) + "\"]}]";
        String moved = y(step("\"sequence_id\":\"there\",\"sequence_start\":true,\"sequence_end\":true", in));
        assertEquals(y(step("\"sequence_id\":\"here\",\"sequence_end\":true", "]")), moved);
    }

    @Test
    void theMetadataOfANetworkHasItsTensors() throws Exception {
        HttpResponse<String> metadata = CLIENT.send(HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.port() + "/v2/models/curve")).build(), HttpResponse.BodyHandlers.ofString());
        assertTrue(metadata.body().contains("\"platform\":\"tidegate_network\",\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1,-1,2]}"
                + ",{\"name\":\"time.lengths\",\"datatype\":\"INT32\",\"shape\":[-1]}],\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":"
                + "[-1,-1,1]}]"), metadata.body());
    }
}
