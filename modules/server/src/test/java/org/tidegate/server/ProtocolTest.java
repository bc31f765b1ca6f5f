/* Every call over HTTP, good and bad, by the JDK's client; and what went wrong in other servers, by its number among the design's pitfalls. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

class ProtocolTest {
    private static final String INFER = "/v2/models/mood/infer";
    private static final String HEADER = "Inference-Header-Content-Length";

    @TempDir
    static Path folder;

    private static Server server;
    private static RestClient client;

    @BeforeAll
    static void start() throws Exception {
        TestModels.classifier(folder.resolve("mood.safetensors"));
        server = Server.builder().models(folder).port(0).maxBody(1 << 20).start();
        client = new RestClient(server.port());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String input(String shape, String data) {
        return "{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":" + shape + ",\"data\":" + data + "}";
    }

    private static String texts(String... texts) {
        return "{\"inputs\":[" + input("[" + texts.length + "]", "[\"" + String.join("\",\"", texts) + "\"]") + "]}";
    }

    /** BYTES in the binary form. */
    private static byte[] binary(String... texts) {
        List<byte[]> encoded = Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
        ByteBuffer bytes = ByteBuffer.allocate(encoded.stream().mapToInt(each -> 4 + each.length).sum()).order(ByteOrder.LITTLE_ENDIAN);
        encoded.forEach(each -> bytes.putInt(each.length).put(each));
        return bytes.array();
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    // ---- Good calls -----------------------------------------------------------------------------------------------------------------

    @Test
    void theServerTellsItsNameVersionAndExtensions() throws Exception {
        for (String path : List.of("/v2", "/v2/")) {
            RestClient.Answer answer = client.get(path);
            assertEquals(200, answer.status());
            assertEquals("application/json", answer.header("Content-Type"));
            assertEquals("tidegate", answer.json().string("name"));
            assertFalse(answer.json().string("version").isEmpty());
            assertTrue(answer.json().strings("extensions").contains("binary_tensor_data"));
        }
    }

    @Test
    void healthHasBothKeysThatClientsLookFor() throws Exception {
        for (String path : List.of("/v2/health/live", "/v2/health/ready")) {
            RestClient.Answer answer = client.get(path);
            assertEquals(200, answer.status());
            assertTrue(answer.json().flag("live"));
            assertTrue(answer.json().flag("ready"));
        }
    }

    @Test
    void aModelTellsWhatItTakesAndGivesWithAndWithoutItsVersion() throws Exception {
        JsonObject model = client.get("/v2/models/mood").json();
        assertEquals(model, client.get("/v2/models/mood/versions/1").json());
        assertEquals("mood", model.string("name"));
        assertEquals(List.of("1"), model.strings("versions"));
        assertEquals("tidegate_classify", model.string("platform"));
        assertArrayEquals(new long[] {-1}, model.objects("inputs").get(0).wholeNumbers("shape"));
        assertArrayEquals(new long[] {-1, 2}, model.objects("outputs").get(2).wholeNumbers("shape"));
        for (String path : List.of("/v2/models/mood/ready", "/v2/models/mood/versions/1/ready")) {
            JsonObject ready = client.get(path).json();
            assertEquals("mood", ready.string("name"));
            assertTrue(ready.flag("ready"));
        }
    }

    @Test
    void aRequestIsAnsweredWithItsIdByEitherPath() throws Exception {
        String asked = texts("good film").replaceFirst("\\{", "{\"id\":\"é-7\",");
        JsonObject answer = client.post(INFER, asked).json();
        assertEquals("é-7", answer.string("id"));
        assertEquals("mood", answer.string("model_name"));
        assertEquals("1", answer.string("model_version"));
        assertEquals(answer, client.post("/v2/models/mood/versions/1/infer", asked).json());
        assertFalse(client.post(INFER, texts("good film")).json().has("id"));
    }

    @Test
    void onlyOutputsThatAreWantedComeBack() throws Exception {
        String asked = texts("good film").replaceFirst("\\{", "{\"outputs\":[{\"name\":\"probability\"}],");
        List<JsonObject> outputs = client.post(INFER, asked).json().objects("outputs");
        assertEquals(List.of("probability"), outputs.stream().map(each -> each.string("name")).toList());
    }

    @Test
    void fieldsMayComeInAnyOrderAndUnknownOnesArePassedOver() throws Exception {
        String asked = "{\"later\":{\"a\":[1,{}]},\"inputs\":[{\"data\":[\"good film\"],\"more\":[],\"shape\":[1],\"parameters\":{},"
                + "\"datatype\":\"BYTES\",\"name\":\"text\"}],\"parameters\":{\"own\":null}}";
        assertEquals(client.post(INFER, texts("good film")).text(), client.post(INFER, asked).text());
    }

    @Test
    void binaryTensorsAreReadAndWritten() throws Exception {
        RestClient.Answer plain = client.post(INFER, texts("good film", "bad film"));
        byte[] data = binary("good film", "bad film");
        String head = "{\"parameters\":{\"binary_data_output\":true},\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[2],"
                + "\"parameters\":{\"binary_data_size\":" + data.length + "}}],\"outputs\":[{\"name\":\"label\",\"parameters\":{\"binary_data\":"
                + "false}},{\"name\":\"probabilities\"}]}";
        byte[] body = join(head.getBytes(StandardCharsets.UTF_8), data);
        RestClient.Answer answer = client.post(INFER, body, HEADER, Integer.toString(head.length()));
        assertEquals(200, answer.status(), answer::text);
        int json = Integer.parseInt(answer.header(HEADER));
        byte[] all = answer.response().body();
        JsonObject read = JsonObject.parse(new String(all, 0, json, StandardCharsets.UTF_8));
        assertEquals(plain.output("label").strings("data"), read.objects("outputs").get(0).strings("data"));
        assertEquals(all.length - json, read.objects("outputs").get(1).object("parameters").integer("binary_data_size"));
        float[] floats = new float[4];
        ByteBuffer.wrap(all, json, all.length - json).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        assertArrayEquals(plain.output("probabilities").floats("data"), floats);
    }

    @Test
    void aBodyInChunksIsABody() throws Exception {
        assertEquals(client.post(INFER, texts("good film")).text(), Wire.chunked(server.port(), INFER, texts("good film"), 7).body());
    }

    // ---- Bad calls ------------------------------------------------------------------------------------------------------------------

    private record Bad(String name, String body, String message) {}

    private static List<Bad> bad() {
        String one = "[\"good film\"]";
        List<Bad> bad = new ArrayList<>();
        bad.add(new Bad("nothing", "", "JSON"));
        bad.add(new Bad("no object", "[]", "no JSON object"));
        bad.add(new Bad("no inputs", "{}", "input 'text' is missing"));
        bad.add(new Bad("inputs of another kind", "{\"inputs\":{}}", "inputs is no JSON array"));
        bad.add(new Bad("an input of another kind", "{\"inputs\":[1]}", "an input is no JSON object"));
        bad.add(new Bad("outputs of another kind", "{\"outputs\":[\"label\"]}", "an output is no JSON object"));
        bad.add(new Bad("an output without a name", "{\"outputs\":[{}]}", "an output has no name"));
        bad.add(new Bad("an id of another kind", "{\"id\":7}", "id is no text"));
        bad.add(new Bad("no name", "{\"inputs\":[{\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"a\"]}]}", "has no name"));
        bad.add(new Bad("no datatype", "{\"inputs\":[{\"name\":\"text\",\"shape\":[1],\"data\":[\"a\"]}]}", "has no datatype"));
        bad.add(new Bad("no shape", "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"data\":[\"a\"]}]}", "has no shape"));
        bad.add(new Bad("no data", "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1]}]}", "has no data"));
        bad.add(new Bad("data of another kind", "{\"inputs\":[" + input("[1]", "\"a\"") + "]}", "data is no JSON array"));
        bad.add(new Bad("data null", "{\"inputs\":[" + input("[1]", "[null]") + "]}", "expected BYTES"));
        bad.add(new Bad("a number as a text", "{\"inputs\":[" + input("[1]", "[7]") + "]}", "element 0 of data is 7; expected BYTES"));
        bad.add(new Bad("another datatype", texts("a").replace("BYTES", "STRING"), "datatype 'STRING' is none of the protocol's"));
        bad.add(new Bad("a datatype that has no JSON", texts("a").replace("BYTES", "FP16"), "no form in JSON"));
        bad.add(new Bad("the wrong datatype", "{\"inputs\":[" + input("[1]", "[1.5]").replace("BYTES", "FP32") + "]}", "is of FP32; expected BYTES"));
        bad.add(new Bad("NaN", "{\"inputs\":[" + input("[1]", "[NaN]").replace("BYTES", "FP32") + "]}", "malformed JSON"));
        bad.add(new Bad("a number beyond its type", "{\"inputs\":[" + input("[1]", "[128]").replace("BYTES", "INT8") + "]}", "expected INT8"));
        bad.add(new Bad("a number beyond all", "{\"inputs\":[" + input("[1]", "[9223372036854775808]").replace("BYTES", "INT64") + "]}",
                "expected INT64"));
        bad.add(new Bad("a negative number", "{\"inputs\":[" + input("[1]", "[-1]").replace("BYTES", "UINT64") + "]}", "expected UINT64"));
        bad.add(new Bad("a fraction as a whole number", "{\"inputs\":[" + input("[1]", "[1.0]").replace("BYTES", "INT32") + "]}", "expected INT32"));
        bad.add(new Bad("a truth as a number", "{\"inputs\":[" + input("[1]", "[true]").replace("BYTES", "FP32") + "]}", "expected FP32"));
        bad.add(new Bad("less data than the shape", "{\"inputs\":[" + input("[2]", one) + "]}", "has 2 elements; 1 were given"));
        bad.add(new Bad("more data than the shape", "{\"inputs\":[" + input("[1,0]", one) + "]}", "has 0 elements; 1 were given"));
        bad.add(new Bad("no element", "{\"inputs\":[" + input("[0]", "[]") + "]}", "has no element"));
        bad.add(new Bad("a shape of another kind", "{\"inputs\":[" + input("[1.5]", one) + "]}", "shape is no array of whole numbers"));
        bad.add(new Bad("a shape of texts", "{\"inputs\":[" + input("[\"1\"]", one) + "]}", "shape is no array of whole numbers"));
        bad.add(new Bad("a shape that is a number", "{\"inputs\":[" + input("1", one) + "]}", "shape is no JSON array"));
        bad.add(new Bad("a huge shape", "{\"inputs\":[" + input("[9223372036854775807]", one) + "]}", "is too large"));
        bad.add(new Bad("a shape beyond 64 bits", "{\"inputs\":[" + input("[9223372036854775808]", one) + "]}", "is beyond 64 bits"));
        bad.add(new Bad("a shape whose product overflows", "{\"inputs\":[" + input("[4294967296,4294967296]", one) + "]}", "is too large"));
        bad.add(new Bad("the same input twice", "{\"inputs\":[" + input("[1]", one) + "," + input("[1]", one) + "]}", "is given twice"));
        bad.add(new Bad("the same output twice", texts("a").replaceFirst("\\{", "{\"outputs\":[{\"name\":\"label\"},{\"name\":\"label\"}],"),
                "output 'label' is asked for twice"));
        bad.add(new Bad("too many texts", "{\"inputs\":[" + input("[4097]", "[\"a\"" + ",\"a\"".repeat(4096) + "]") + "]}",
                "has 4097 items; model 'mood' takes at most 4096 at once. Split it"));
        bad.add(new Bad("the same key twice", "{\"id\":\"1\",\"id\":\"2\"}", "malformed JSON"));
        bad.add(new Bad("another input", texts("a").replace("\"text\"", "\"texts\""), "has no input 'texts'; it has text"));
        bad.add(new Bad("another output", texts("a").replaceFirst("\\{", "{\"outputs\":[{\"name\":\"mood\"}],"), "has no output 'mood'"));
        bad.add(new Bad("parameters of another kind", texts("a").replaceFirst("\\{", "{\"parameters\":{\"a\":{}},"), "parameter 'a' is neither"));
        bad.add(new Bad("a number of a parameter beyond 64 bits", texts("a").replaceFirst("\\{", "{\"parameters\":{\"a\":99999999999999999999},"),
                "is beyond 64 bits"));
        bad.add(new Bad("a timeout of another kind", texts("a").replaceFirst("\\{", "{\"parameters\":{\"timeout\":\"soon\"},"),
                "parameter 'timeout' is soon; expected a whole number"));
        bad.add(new Bad("a form of all outputs that is none", texts("a").replaceFirst("\\{", "{\"parameters\":{\"binary_data_output\":\"yes\"},"),
                "parameter 'binary_data_output' is yes; expected true or false"));
        bad.add(new Bad("a form of an output that is none", texts("a").replaceFirst("\\{", "{\"outputs\":[{\"name\":\"label\",\"parameters\":"
                + "{\"binary_data\":1}}],"), "output 'label': binary_data is 1; expected true or false"));
        bad.add(new Bad("something after the value", texts("a") + "]", "malformed JSON"));
        bad.add(new Bad("a second value", texts("a") + "{}", "malformed JSON"));
        bad.add(new Bad("half of it", texts("a").substring(0, 40), "malformed JSON: it ends in the middle"));
        bad.add(new Bad("a comma too many", "{\"inputs\":[],}", "malformed JSON"));
        bad.add(new Bad("quotes of another kind", "{'inputs':[]}", "malformed JSON"));
        bad.add(new Bad("a comment", "{/* */}", "malformed JSON"));
        bad.add(new Bad("a control character in a text", texts("a\nb"), "malformed JSON"));
        bad.add(new Bad("half a surrogate pair", texts("\\ud800"), "half a pair of surrogates"));
        bad.add(new Bad("the other half", texts("\\ude00\\ud83d"), "half a pair of surrogates"));
        bad.add(new Bad("deep arrays", "{\"inputs\":[" + input("[1]", "[".repeat(2000) + "\"a\"" + "]".repeat(2000)) + "]}", "nested too deeply"));
        bad.add(new Bad("deep objects", "{\"a\":".repeat(100_000), "nested too deeply"));
        bad.add(new Bad("a long number", "{\"inputs\":[" + input("[1]", "[" + "1".repeat(5000) + "]").replace("BYTES", "FP64") + "]}", "too long"));
        bad.addAll(tooMany());
        return bad;
    }

    private static String many(int count, IntFunction<String> element) {
        return IntStream.range(0, count).mapToObj(element).collect(Collectors.joining(","));
    }

    /** Each thing once as often as is allowed, where something else is wrong, and once more often. */
    private static List<Bad> tooMany() {
        List<Bad> bad = new ArrayList<>();
        for (int more = 0; more <= 1; more++) {
            bad.add(more(more, "outputs", "{\"outputs\":[" + many(1024 + more, i -> "{\"name\":\"o" + i + "\"}") + "]," + texts("a").substring(1),
                    "has no output 'o0'", "outputs: more than 1024 are given; at most 1024 are allowed"));
            bad.add(more(more, "inputs", "{\"inputs\":[" + many(1024 + more, i -> input("[0]", "[]").replace("\"text\"", "\"i" + i + "\"")) + "]}",
                    "has no input 'i0'", "inputs: more than 1024 are given; at most 1024 are allowed"));
            bad.add(more(more, "parameters", "{\"parameters\":{" + many(1024 + more, i -> "\"p" + i + "\":1") + "},\"inputs\":[]}",
                    "input 'text' is missing", "more than 1024 are given; at most 1024 are allowed"));
            bad.add(more(more, "texts of a parameter", "{\"parameters\":{\"p\":[" + many(1023 + more, i -> "\"\"") + "]},\"inputs\":[]}",
                    "input 'text' is missing", "parameters: more than 1024 are given; at most 1024 are allowed"));
            String few = "\"parameters\":{" + many(16 + more, i -> "\"p" + i + "\":1") + "},";
            bad.add(more(more, "parameters of an input", texts("a").replace("\"text\"", "\"none\"").replace("\"name\"", few + "\"name\""),
                    "has no input 'none'", "parameters: more than 16 are given; at most 16 are allowed"));
            bad.add(more(more, "parameters of an output", "{\"outputs\":[{" + few + "\"name\":\"none\"}]," + texts("a").substring(1),
                    "has no output 'none'", "parameters: more than 16 are given; at most 16 are allowed"));
            bad.add(more(more, "dimensions", "{\"inputs\":[" + input("[" + many(16 + more, i -> "2") + "]", "[\"a\"]") + "]}",
                    "has 65536 elements; 1 were given", "the dimensions of a shape: more than 16 are given; at most 16 are allowed"));
            String name = "n".repeat(1024 + more);
            bad.add(more(more, "characters of an input's name", texts("a").replace("\"text\"", "\"" + name + "\""), "has no input 'n",
                    "the name of an input has 1025 characters; at most 1024 are allowed"));
            bad.add(more(more, "characters of an output's name", "{\"outputs\":[{\"name\":\"" + name + "\"}]," + texts("a").substring(1),
                    "has no output 'n", "the name of an output has 1025 characters; at most 1024 are allowed"));
            bad.add(more(more, "characters of an id", "{\"id\":\"" + name + "\"}", "input 'text' is missing",
                    "id has 1025 characters; at most 1024 are allowed"));
            bad.add(more(more, "fields that are unknown", "{" + many(1024 + more, i -> "\"f" + i + "\":1") + "}", "input 'text' is missing",
                    "the fields of an object: more than 1024 are given; at most 1024 are allowed"));
            bad.add(more(more, "fields within one that is unknown", "{\"f\":[{" + many(1024 + more, i -> "\"f" + i + "\":1") + "}]}",
                    "input 'text' is missing", "the fields of an object: more than 1024 are given; at most 1024 are allowed"));
        }
        bad.add(new Bad("a long name of a field", "{\"" + "n".repeat(5000) + "\":1}", "64 levels, 1000 digits and 1024 characters are allowed"));
        return bad;
    }

    private static Bad more(int more, String what, String body, String otherwise, String refusal) {
        return new Bad((more == 0 ? "as many " : "too many ") + what, body, more == 0 ? otherwise : refusal);
    }

    @TestFactory
    Stream<DynamicTest> whatIsWrongWithARequestIsSaid() {
        return bad().stream().map(each -> DynamicTest.dynamicTest(each.name(), () -> {
            RestClient.Answer answer = client.post(INFER, each.body());
            assertEquals(400, answer.status(), answer::text);
            assertEquals("application/json", answer.header("Content-Type"));
            assertTrue(answer.error().contains(each.message()), answer::error);
            Leaks.check(answer.text());
        }));
    }

    @Test
    void whatIsNotUtf8IsRefused() throws Exception {
        byte[] body = texts("good film").getBytes(StandardCharsets.ISO_8859_1);
        body[body.length - 8] = (byte) 0xe9;
        RestClient.Answer answer = client.post(INFER, body);
        assertEquals(400, answer.status());
        assertTrue(answer.error().startsWith("malformed JSON"), answer::error);
        byte[] data = {2, 0, 0, 0, (byte) 0xc3, (byte) 0x28};
        String head = "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],\"parameters\":{\"binary_data_size\":6}}]}";
        answer = client.post(INFER, join(head.getBytes(StandardCharsets.UTF_8), data), HEADER, Integer.toString(head.length()));
        assertEquals("tensor 'text': text 0 is not UTF-8", answer.error());
    }

    @TestFactory
    Stream<DynamicTest> whatIsNotThereIsNotFound() {
        return Stream.of("/none", "/v1", "/v3", "/v2/none", "/v2/health", "/v2/models/none", "/v2/models/mood/versions/2", "/v2/models/mood/versions/x",
                "/v2/models/mood/none", "/v2/models/mood/versions/1/none", "/v2/models/..%2f..%2fetc%2fpasswd", "/v2/models/%00")
                .map(path -> DynamicTest.dynamicTest(path, () -> {
                    RestClient.Answer answer = client.get(path);
                    assertTrue(answer.status() == 404 || path.contains("%") && answer.status() == 400, answer::text);
                    Leaks.check(answer.error());
                }));
    }

    @Test
    void inferenceOfWhatIsNotThereIsNotFound() throws Exception {
        for (String path : List.of("/v2/models/none/infer", "/v2/models/mood/versions/2/infer", "/v2/models/none/versions/1/infer")) {
            assertEquals(404, client.post(path, texts("a")).status(), path);
        }
    }

    @Test
    void wrongMethodsAreToldTheRightOne() throws Exception {
        for (String path : List.of("/v2", "/v2/health/live", "/v2/health/ready", "/v2/models/mood", "/v2/models/mood/ready")) {
            for (String method : List.of("POST", "PUT", "DELETE")) {
                RestClient.Answer answer = client.method(method, path);
                assertEquals(405, answer.status(), path);
                assertEquals("GET, HEAD, OPTIONS", answer.header("Allow"));
            }
        }
        RestClient.Answer answer = client.get(INFER);
        assertEquals(405, answer.status());
        assertEquals("POST, OPTIONS", answer.header("Allow"));
        assertEquals("method GET; expected one of POST, OPTIONS", answer.error());
    }

    @Test
    void messagesSayWhatToDo() throws Exception {
        assertEquals("there is no model 'none'; ask the repository's index for those that are there", client.get("/v2/models/none").error());
    }

    // ---- The pitfalls ---------------------------------------------------------------------------------------------------------------

    /** 1: nested BYTES of shape [N, 1] were refused elsewhere. */
    @Test
    void pitfall1BytesMayBeFlatOrNested() throws Exception {
        String flat = client.post(INFER, texts("good film", "bad film")).text();
        for (String input : List.of(input("[2,1]", "[[\"good film\"],[\"bad film\"]]"), input("[2,1]", "[\"good film\",\"bad film\"]"),
                input("[2]", "[[\"good film\"],[\"bad film\"]]"), input("[1,2]", "[[\"good film\",\"bad film\"]]"))) {
            assertEquals(flat, client.post(INFER, "{\"inputs\":[" + input + "]}").text(), input);
        }
    }

    /** 2: answers came nested, and [N] as [N, 1]. */
    @Test
    void pitfall2AnswersAreFlatAndKeepTheirShape() throws Exception {
        RestClient.Answer answer = client.post(INFER, texts("good film", "bad film", "a film"));
        assertArrayEquals(new long[] {3}, answer.output("label").wholeNumbers("shape"));
        assertEquals(3, answer.output("label").strings("data").size());
        assertArrayEquals(new long[] {3, 2}, answer.output("probabilities").wholeNumbers("shape"));
        assertEquals(6, answer.output("probabilities").numbers("data").length);
    }

    /** 3: outputs of texts failed. */
    @Test
    void pitfall3TextsComeBackAsTexts() throws Exception {
        RestClient.Answer answer = client.post(INFER, texts("good film"));
        assertEquals(200, answer.status());
        assertEquals("BYTES", answer.output("label").string("datatype"));
        assertTrue(List.of("good", "bad").contains(answer.output("label").strings("data").get(0)));
    }

    /** 4: lengths that were missing, negative, larger than the body, or beyond 32 bits. */
    @TestFactory
    Stream<DynamicTest> pitfall4LengthsThatLie() {
        byte[] data = binary("good film");
        String head = "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],\"parameters\":{\"binary_data_size\":%s}}]}";
        String right = head.formatted(data.length);
        List<DynamicTest> tests = new ArrayList<>();
        for (String header : List.of("-1", "0", "1", Integer.toString(right.length() - 1), Integer.toString(right.length() + 1),
                Integer.toString(right.length() + data.length + 1), "2147483648", "3282738843", "9223372036854775807", "18446744073709551616",
                "99999999999999999999999", "1e2", "0x10", "many", "")) {
            tests.add(DynamicTest.dynamicTest("a header of '" + header + "'", () -> refused(right, data, header)));
        }
        tests.add(DynamicTest.dynamicTest("no header", () -> refused(right, data, null)));
        for (String size : List.of("-1", "0", "12", "14", "2147483648", "4294967309", "9223372036854775807", "1.5", "true", "\"13\"")) {
            String wrong = head.formatted(size);
            tests.add(DynamicTest.dynamicTest("binary_data_size " + size, () -> refused(wrong, data, Integer.toString(wrong.length()))));
        }
        for (int length : new int[] {-1, 8, 10, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            byte[] lying = data.clone();
            ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putInt(length);
            tests.add(DynamicTest.dynamicTest("an element of length " + length, () -> refused(right, lying, Integer.toString(right.length()))));
        }
        return tests.stream();
    }

    private static void refused(String head, byte[] data, String header) throws Exception {
        byte[] body = join(head.getBytes(StandardCharsets.UTF_8), data);
        RestClient.Answer answer = header == null ? client.post(INFER, body) : client.post(INFER, body, HEADER, header);
        assertEquals(400, answer.status(), answer::text);
        Leaks.check(answer.error());
    }

    /** 4: a Content-Length beyond 32 bits, or beyond the limit, is told at once, before the body comes. */
    @Test
    void pitfall4HugeBodiesAreRefusedBeforeTheyCome() throws Exception {
        for (String length : List.of("1048577", "2147483648", "3282738843", "9223372036854775807")) {
            Wire.Reply reply = Wire.head(server.port(), INFER, "Content-Length: " + length);
            assertTrue(reply.status() == 413 || reply.status() == 400 && length.length() > 18, () -> reply.status() + " for " + length);
            Leaks.check(reply.body());
        }
        assertEquals(413, client.post(INFER, new byte[(1 << 20) + 1]).status());
        assertEquals(413, Wire.chunked(server.port(), INFER, " ".repeat((1 << 20) + 1), 4096).status());
    }

    /** 5: compressed answers did not say so; encodings that are not understood are refused with those that are. */
    @Test
    void pitfall5PackedBodiesAreReadAndPackedAnswersSaySo() throws Exception {
        String plain = client.post(INFER, texts("good film")).text();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(texts("good film").getBytes(StandardCharsets.UTF_8));
        }
        for (String encoding : List.of("x-gzip", "deflate", "br", "zstd", "identity, gzip")) {
            RestClient.Answer answer = client.post(INFER, packed.toByteArray(), "Content-Encoding", encoding);
            assertEquals(415, answer.status(), answer::text);
            assertEquals("gzip", answer.header("Accept-Encoding"));
        }
        assertEquals(plain, client.post(INFER, texts("good film"), "Content-Encoding", "identity").text());
        assertEquals(plain, client.post(INFER, packed.toByteArray(), "Content-Encoding", "gzip").text());
        assertEquals(400, client.post(INFER, texts("good film"), "Content-Encoding", "gzip").status());
        assertEquals(400, client.post(INFER, Arrays.copyOf(packed.toByteArray(), packed.size() - 9), "Content-Encoding", "gzip").status());
        RestClient.Answer wanted = client.post(INFER, texts("good film"), "Accept-Encoding", "deflate, gzip");
        assertEquals("gzip", wanted.header("Content-Encoding"));
        assertEquals(plain, unpacked(wanted.response().body()));
        assertNull(client.post(INFER, texts("good film"), "Accept-Encoding", "deflate, br").header("Content-Encoding"));
    }

    private static String unpacked(byte[] gzip) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** 6: a shape with -1 stands in metadata alone. */
    @Test
    void pitfall6AShapeOfARequestHasNoOpenDimension() throws Exception {
        RestClient.Answer answer = client.post(INFER, "{\"inputs\":[" + input("[-1]", "[\"a\"]") + "]}");
        assertEquals(400, answer.status());
        assertTrue(answer.error().contains("-1 stands in metadata alone"), answer::error);
    }

    /** 7: what nobody waits for any more is not run. */
    @Test
    void pitfall7ARequestWhoseTimeHasPassedIsDroppedBeforeItRuns() throws Exception {
        try (Busy busy = Busy.start(1, 64)) {
            busy.occupy();
            long before = busy.statistics().inferences();
            RestClient.Answer answer = busy.client().post(Busy.INFER, texts("good film").replaceFirst("\\{", "{\"parameters\":{\"timeout\":1000},"));
            assertEquals(504, answer.status(), answer::text);
            busy.finish();
            assertEquals(1, busy.statistics().dropped());
            assertEquals(before + busy.occupied(), busy.statistics().inferences());
            assertEquals(200, busy.client().post(Busy.INFER, texts("good film")).status());
        }
        assertNull(client.get("/v2/health/live").header("Server"));
    }
}
