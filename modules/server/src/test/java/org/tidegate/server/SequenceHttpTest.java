/* Sequences over HTTP. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    @TempDir
    static Path folder;

    private static Server server;
    private static RestClient client;

    @BeforeAll
    static void start() throws Exception {
        try (Model model = Model.of("x = input axis=time cols=2\nh = recurrent x cell=lstm size=4\ny = linear h cols=1\n", 1)) {
            model.save(folder.resolve("curve.safetensors"));
        }
        server = Server.builder().models(folder).port(0).maxSequences(3).sequenceIdle(Duration.ofMinutes(5)).start();
        client = new RestClient(server.port());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RestClient.Answer step(String parameters, String more) throws Exception {
        String body = "{\"parameters\":{%s},\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,1,2],\"data\":[0.5,-1]}%s}";
        return client.post("/v2/models/curve/infer", body.formatted(parameters, more));
    }

    private static String y(RestClient.Answer answer) {
        assertEquals(200, answer.status(), answer.text());
        Matcher data = Pattern.compile("\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":\\[1,1,1],\"data\":\\[([^]]*)]").matcher(answer.text());
        assertTrue(data.find(), answer.text());
        return data.group(1);
    }

    @Test
    void numbersUpTo64BitsAndTextsNameSequencesThatStepByThemselves() throws Exception {
        String first = y(step("\"sequence_id\":18446744073709551615,\"sequence_start\":true", "]"));
        String second = y(step("\"sequence_id\":18446744073709551615", "]"));
        assertEquals(first, y(step("\"sequence_id\":\"18446744073709551615\",\"sequence_start\":true", "]")));
        RestClient.Answer third = step("\"sequence_id\":\"18446744073709551615\",\"sequence_end\":true", "]");
        assertEquals(second, y(third));
        assertTrue(third.text().contains("\"parameters\":{\"sequence_id\":\"18446744073709551615\"}"), third.text());
        RestClient.Answer last = step("\"sequence_id\":18446744073709551615,\"sequence_end\":true", "]");
        assertTrue(last.text().contains("\"parameters\":{\"sequence_id\":18446744073709551615}"), last.text());
        assertEquals(404, step("\"sequence_id\":18446744073709551615", "]").status());
        assertEquals(400, step("\"sequence_id\":18446744073709551616,\"sequence_start\":true", "]").status());
        assertEquals(400, step("\"sequence_id\":-1,\"sequence_start\":true", "]").status());
    }

    @Test
    void aStateTravelsAsTextInJson() throws Exception {
        step("\"sequence_id\":\"here\",\"sequence_start\":true", "]");
        String out = "],\"outputs\":[{\"name\":\"y\"},{\"name\":\"sequence_state\"}]";
        RestClient.Answer answer = step("\"sequence_id\":\"here\"", out);
        Matcher state = Pattern.compile("\"sequence_state\",\"datatype\":\"BYTES\",\"shape\":\\[1],\"data\":\\[\"([^\"]*)\"]").matcher(answer.text());
        assertTrue(state.find(), answer.text());
        String in = ",{\"name\":\"sequence_state\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"" + state.group(1) + "\"]}]";
        String moved = y(step("\"sequence_id\":\"there\",\"sequence_start\":true,\"sequence_end\":true", in));
        assertEquals(y(step("\"sequence_id\":\"here\",\"sequence_end\":true", "]")), moved);
    }

    @Test
    void theMetadataOfANetworkHasItsTensors() throws Exception {
        RestClient.Answer metadata = client.get("/v2/models/curve");
        assertTrue(metadata.text().contains("\"platform\":\"tidegate_network\",\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1,-1,2]}"
                + ",{\"name\":\"time.lengths\",\"datatype\":\"INT32\",\"shape\":[-1]}],\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":"
                + "[-1,-1,1]}]"), metadata.text());
    }
}
