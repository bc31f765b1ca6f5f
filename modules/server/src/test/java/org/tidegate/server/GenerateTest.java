/* Texts that models write, over HTTP. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tidegate.Precision;
import org.tidegate.decode.Sampling;
import org.tidegate.json.JsonObject;
import org.tidegate.server.batch.Statistics;
import org.tidegate.server.task.TaskModels;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.task.lm.LanguageModelAnswers;
import org.tidegate.task.translate.Translator;
import org.tidegate.task.translate.TranslatorAnswers;
import org.tidegate.text.Vocabulary;

class GenerateTest {
    private static final String LETTERS = "the tide \u0939\u093f\u0928\u094d\u0926\u0940 \u0E44\u0E17\u0E22\u0E49 \u0639\u0631\u0628\u064A"
            + " \u4E2D\u6587\u8BF4 \uD83D\uDE00\uD83D\uDC4D\uD83C\uDFFD\n";

    @TempDir
    static Path folder;

    private static Server server;
    private static RestClient client;

    @BeforeAll
    static void start() throws Exception {
        save("lm", 6);
        save("slow", 512);
        TaskModels.CLASSIFY.save(folder.resolve("mood.safetensors"));
        TaskModels.TRANSLATE.save(folder.resolve("french.safetensors"));
        server = Server.builder().models(folder).port(0).threads(1).start();
        client = new RestClient(server.port());
    }

    private static void save(String name, int hidden) throws Exception {
        try (LanguageModel model = LanguageModel.builder(Vocabulary.ofCodePoints(LETTERS)).hidden(hidden).embedding(5).seed(4).build()) {
            model.save(folder.resolve(name + ".safetensors"));
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RestClient.Answer ask(String path, String body) throws Exception {
        return client.post("/v2/models/" + path, body);
    }

    private static String asked(String prompt, String parameters) {
        String text = JsonObject.builder().put("text_input", prompt).build().toString();
        return text.substring(0, text.length() - 1) + ",\"parameters\":{" + parameters + "}}";
    }

    /** The objects of the events of a stream. */
    private static List<JsonObject> events(String stream) {
        assertTrue(stream.endsWith("\n\n"), stream);
        return Stream.of(stream.split("\n\n")).map(event -> {
            assertTrue(event.startsWith("data: {") && !event.contains("\n"), event);
            return JsonObject.parse(event.substring(6));
        }).toList();
    }

    private static String joined(List<JsonObject> events) {
        StringBuilder text = new StringBuilder();
        for (JsonObject event : events) {
            String part = event.string("text_output");
            assertTrue(StandardCharsets.UTF_8.newEncoder().canEncode(part), "a part ends within a code point");
            text.append(part);
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"the tide", "\u0939\u093f\u0928\u094d\u0926\u0940", "\u0E44\u0E17\u0E22", "\u0639\u0631\u0628\u064A",
        "\u4E2D\u6587", "\uD83D\uDE00"})
    void aTextIsTheLibrarysAtOnceAndAsItIsWritten(String prompt) throws Exception {
        String parameters = "\"max_tokens\":60,\"temperature\":0.9,\"top_p\":0.95,\"top_k\":20,\"seed\":5";
        String expected;
        try (LanguageModelAnswers library = LanguageModel.open(folder.resolve("lm.safetensors"), Precision.FLOAT32)) {
            expected = library.generate(prompt, 60, Sampling.temperature(0.9).topP(0.95).topK(20).seed(5));
        }
        JsonObject whole = ask("lm/generate", asked(prompt, parameters)).json();
        assertEquals(expected, whole.string("text_output"));
        assertEquals("lm", whole.string("model_name"));
        assertEquals("1", whole.string("model_version"));
        RestClient.Answer stream = ask("lm/versions/1/generate_stream", asked(prompt, parameters + ",\"details\":true"));
        assertEquals("text/event-stream; charset=utf-8", stream.header("Content-Type"));
        List<JsonObject> events = events(stream.text());
        assertEquals(61, events.size(), "an event for each token, and a last one");
        assertEquals(expected, joined(events));
        JsonObject details = events.get(60).object("details");
        assertEquals("length", details.string("finish_reason"));
        assertTrue(stream.text().contains("\"logprobs\":[{\"text\":\""), stream.text());
    }

    @Test
    void aTextEndsBeforeAStopSequence() throws Exception {
        String prompt = "the tide";
        String parameters = "\"max_tokens\":200,\"temperature\":1,\"seed\":3,\"details\":true";
        String all = ask("lm/generate", asked(prompt, parameters)).json().string("text_output");
        int from = all.offsetByCodePoints(0, 40);
        String stop = all.substring(from, all.offsetByCodePoints(from, 3));
        String stops = parameters + ",\"stop\":[\"zzz\"," + JsonObject.builder().put("s", stop).build().toString().replaceAll("^\\{\"s\":|\\}$", "")
                + "]";
        JsonObject whole = ask("lm/generate", asked(prompt, stops)).json();
        assertEquals(all.substring(0, all.indexOf(stop)), whole.string("text_output"));
        assertEquals("stop_sequence", whole.object("details").string("finish_reason"));
        String infer = "{\"parameters\":{" + stops + "},\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"" + prompt
                + "\"]}]}";
        JsonObject inferred = ask("lm/infer", infer).json().objects("outputs").get(0);
        assertEquals(List.of(whole.string("text_output")), inferred.strings("data"));
        List<JsonObject> events = events(ask("lm/generate_stream", asked(prompt, stops)).text());
        assertEquals(whole.string("text_output"), joined(events));
        assertEquals("stop_sequence", events.get(events.size() - 1).object("details").string("finish_reason"));
    }

    @Test
    void aTranslatorWritesItsTranslation() throws Exception {
        String expected;
        try (TranslatorAnswers library = Translator.open(folder.resolve("french.safetensors"), Precision.FLOAT32)) {
            expected = library.translate("the tide turns").text();
        }
        assertEquals(expected, ask("french/generate", asked("the tide turns", "")).json().string("text_output"));
        assertEquals(expected, joined(events(ask("french/generate_stream", asked("the tide turns", "")).text())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"generate", "generate_stream"})
    void whatIsWrongIsSaidBeforeAnythingIsWritten(String call) throws Exception {
        assertWrong("mood/" + call, asked("the", ""), "model 'mood' writes no text");
        assertWrong("lm/" + call, "{}", "text_input is missing");
        assertWrong("lm/" + call, "{\"text_input\":7}", "text_input is no text");
        assertWrong("lm/" + call, "{\"text_input\":\"\\ud83d\"}", "text_input has one half of a character");
        assertWrong("lm/" + call, asked("the", "\"max_tokens\":4097"), "parameter 'max_tokens' is 4097; expected 0 to 4096");
        assertWrong("lm/" + call, asked("the", "\"best_of\":2"), "parameter 'best_of' is none that model 'lm' has");
        assertWrong("lm/" + call, asked("the", "\"top_p\":0"), "top-p is 0.0; expected more than 0");
        assertWrong("lm/" + call, asked("the", "\"temperature\":-1"), "the temperature is -1.0");
        assertWrong("lm/" + call, asked("the", "\"stop\":[\"\"]"), "parameter 'stop' has a text of 0 characters");
        assertWrong("lm/" + call, asked("the", "\"stop\":[\"\\ud83d\"]"), "parameter 'stop' has a text that ends within a character");
        assertWrong("lm/" + call, asked("the", "\"stop\":[1]"), "an element of 'stop' is no text");
        assertWrong("lm/" + call, asked("QQ", ""), "is not in the vocabulary");
        assertEquals(404, ask("none/" + call, asked("the", "")).status());
    }

    private static void assertWrong(String path, String body, String message) throws Exception {
        RestClient.Answer answer = ask(path, body);
        assertEquals(400, answer.status(), answer.text());
        assertTrue(answer.json().string("error").contains(message), answer.text());
    }

    @Test
    void aFailureAfterTheFirstPartIsAnEvent() throws Exception {
        for (int micros = 20_000;; micros *= 2) { // long enough for a part, too short for the whole
            RestClient.Answer answer = ask("slow/generate_stream", asked("the tide", "\"max_tokens\":4096,\"timeout\":" + micros));
            assertTrue(micros < 10_000_000, "no time was right");
            if (answer.status() == 200) {
                List<JsonObject> events = events(answer.text());
                assertTrue(events.size() > 1);
                assertTrue(events.get(events.size() - 1).has("error"), () -> events.get(events.size() - 1).toString());
                return;
            }
            assertEquals(504, answer.status());
        }
    }

    @Test
    void aClientThatVanishesEndsItsText() throws Exception {
        Statistics statistics = server.service().repository().model("slow", "").statistics();
        long dropped = statistics.dropped();
        long answered = statistics.success().count();
        String body = asked("the tide", "\"max_tokens\":4096");
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoLinger(true, 0);
            socket.getOutputStream().write(("POST /v2/models/slow/generate_stream HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            StringBuilder read = new StringBuilder();
            while (read.indexOf("data: ") < 0) {
                read.append((char) in.read());
            }
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (statistics.dropped() == dropped && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertEquals(dropped + 1, statistics.dropped());
        assertEquals(answered, statistics.success().count());
    }

    @Test
    void aShortRequestDoesNotWaitForLongTexts() throws Exception {
        int texts = 4;
        CountDownLatch begun = new CountDownLatch(texts);
        AtomicInteger ended = new AtomicInteger();
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < texts; i++) {
            all.add(client.lines("/v2/models/slow/generate_stream", asked("the tide", "\"max_tokens\":2000"))
                    .thenAcceptAsync(answer -> {
                        CountDownLatch first = new CountDownLatch(1);
                        answer.body().filter(line -> !line.isEmpty()).forEach(line -> {
                            if (first.getCount() == 1) {
                                first.countDown();
                                begun.countDown();
                            }
                        });
                        ended.incrementAndGet();
                    }, task -> new Thread(task).start()));
        }
        assertTrue(begun.await(30, TimeUnit.SECONDS));
        String body = "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"the tide\"]}]}";
        assertEquals(200, ask("mood/infer", body).status());
        assertEquals(0, ended.get(), "the only worker wrote a text to its end first");
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    }
}
