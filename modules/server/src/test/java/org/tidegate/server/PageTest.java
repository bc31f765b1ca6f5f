/* The files of the page at /, by the JDK's client. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
    private static final Path FILES = Path.of(System.getProperty("tidegate.root"),
            "modules/server/src/main/resources/org/tidegate/server/page");
    private static final Map<String, String> TYPES = Map.of("html", "text/html; charset=utf-8", "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8", "svg", "image/svg+xml");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static Server server;

    @BeforeAll
    static void start() throws Exception {
        server = Server.builder().models(folder).port(0).start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static List<String> files() throws Exception {
        try (Stream<Path> found = Files.walk(FILES)) {
            return found.filter(Files::isRegularFile).map(file -> FILES.relativize(file).toString()).sorted().toList();
        }
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    @Test
    void thePageIsAtTheRoot() throws Exception {
        HttpResponse<String> page = send("GET", "/");
        assertEquals(200, page.statusCode());
        assertEquals(Files.readString(FILES.resolve("index.html")), page.body());
    }

    @Test
    void eachFileHasItsContentItsTypeAndWhatKeepsOthersOut() throws Exception {
        List<String> files = files();
        assertTrue(files.size() > 10, files.toString());
        for (String name : files) {
            HttpResponse<String> answer = send("GET", "/page/" + name);
            assertEquals(200, answer.statusCode(), name);
            assertEquals(Files.readString(FILES.resolve(name)), answer.body(), name);
            assertEquals(TYPES.get(name.substring(name.lastIndexOf('.') + 1)), header(answer, "Content-Type"), name);
            assertEquals("nosniff", header(answer, "X-Content-Type-Options"), name);
            List<String> policy = List.of(header(answer, "Content-Security-Policy").split("; ?"));
            List<String> expected = List.of("default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'");
            assertTrue(policy.containsAll(expected), name + ": " + policy);
            assertFalse(policy.toString().matches(".*(unsafe|https?:|\\*|data:|blob:).*"), name + ": " + policy);
        }
    }

    @Test
    void whatABrowserKeepsIsNotSentAgain() throws Exception {
        HttpResponse<String> first = send("GET", "/page/style.css");
        String tag = header(first, "ETag");
        assertTrue(tag.matches("\"[0-9a-f]{24}\""), tag);
        assertEquals("no-cache", header(first, "Cache-Control"));
        for (String kept : List.of(tag, "W/" + tag, "\"other\", " + tag)) {
            HttpResponse<String> again = send("GET", "/page/style.css", "If-None-Match", kept);
            assertEquals(304, again.statusCode(), kept);
            assertEquals("", again.body());
            assertEquals(tag, header(again, "ETag"));
        }
        assertEquals(200, send("GET", "/page/style.css", "If-None-Match", "\"other\"").statusCode());
        assertFalse(tag.equals(header(send("GET", "/page/main.js"), "ETag")));
    }

    @Test
    void onlyGetAndHeadAreAnswered() throws Exception {
        HttpResponse<String> head = send("HEAD", "/");
        assertEquals(200, head.statusCode());
        assertEquals("", head.body());
        assertEquals(Long.toString(Files.size(FILES.resolve("index.html"))), header(head, "Content-Length"));
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
            HttpResponse<String> refused = send(method, "/page/main.js");
            assertTrue(refused.statusCode() >= 400, method);
            assertTrue(refused.body().contains("expected one of GET, HEAD"), method + ": " + refused.body());
        }
    }

    @Test
    void nothingOutsideTheFolderCanBeRead() throws Exception {
        for (String path : List.of("/page/", "/page", "/page/none.js", "/page/tasks", "/page/tasks/", "/page/main.js/x", "/page/.js",
                "/page/../PageRoute.class", "/page/..%2f..%2fserver%2fServer.class", "/page/%2e%2e/%2e%2e/Server.class",
                "/page/tasks/..%2fmain.js", "/page/tasks/../../Server.class", "/page//main.js", "/page/tasks%2flm.js",
                "/page/main.js%00.css", "/page/%2fetc%2fpasswd", "//etc/passwd", "/page/..\\main.js", "/page/MAIN.JS", "/index.html", "/main.js")) {
            String answer = raw(path);
            assertTrue(answer.startsWith("HTTP/1.1 4"), path + ": " + answer);
        }
    }

    /** The status line of what is answered to a path that no client would send. */
    private static String raw(String path) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
        }
    }

    @Test
    void allThatThePageLoadsIsAmongItsFilesAndNoneIsLeftOver() throws Exception {
        List<String> files = files();
        Pattern loaded = Pattern.compile("(?:from |import |new URL\\()'(\\.{1,2}/[^']+)'|(?:src|href)=\"(page/[^\"]+)\"");
        Stream<String> named = Stream.of();
        for (String name : files) {
            Path file = FILES.resolve(name);
            Matcher matcher = loaded.matcher(Files.readString(file));
            Stream<Path> here = matcher.results().map(match -> match.group(1) != null ? file.resolveSibling(match.group(1)).normalize()
                    : FILES.resolve(match.group(2).substring("page/".length())));
            named = Stream.concat(named, here.map(found -> FILES.relativize(found).toString()).toList().stream());
        }
        assertEquals(files, Stream.concat(named, Stream.of("index.html")).distinct().sorted().toList());
    }

    @Test
    void nothingIsInlineAndNothingIsLoadedFromElsewhere() throws Exception {
        for (String name : files()) {
            String text = Files.readString(FILES.resolve(name));
            for (String wrong : List.of("(src|href)=\"(https?:)?//", "@import", "\\burl\\(", "from '(https?:)?//", "fetch\\('",
                    "<script(?![^>]*src=)", "\\son[a-z]+=\"", "\\sstyle=\"", "<style", "innerHTML", "\\beval\\b")) {
                assertFalse(Pattern.compile(wrong).matcher(text).find(), name + " has " + wrong);
            }
        }
    }
}
