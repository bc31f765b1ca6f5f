/* The files of the page at /, by the JDK's client. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

    @TempDir
    static Path folder;

    private static Server server;
    private static RestClient client;

    @BeforeAll
    static void start() throws Exception {
        server = Server.builder().models(folder).port(0).start();
        client = new RestClient(server.port());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static List<String> files() throws Exception {
        try (Stream<Path> found = Files.walk(FILES)) {
            return found.filter(Files::isRegularFile).map(file -> FILES.relativize(file).toString()).sorted().toList();
        }
    }

    @Test
    void thePageIsAtTheRoot() throws Exception {
        RestClient.Answer page = client.get("/");
        assertEquals(200, page.status());
        assertEquals(Files.readString(FILES.resolve("index.html")), page.text());
    }

    @Test
    void eachFileHasItsContentItsTypeAndWhatKeepsOthersOut() throws Exception {
        List<String> files = files();
        assertTrue(files.size() > 10, files.toString());
        for (String name : files) {
            RestClient.Answer answer = client.get("/page/" + name);
            assertEquals(200, answer.status(), name);
            assertEquals(Files.readString(FILES.resolve(name)), answer.text(), name);
            assertEquals(TYPES.get(name.substring(name.lastIndexOf('.') + 1)), answer.header("Content-Type"), name);
            assertEquals("nosniff", answer.header("X-Content-Type-Options"), name);
            List<String> policy = List.of(answer.header("Content-Security-Policy").split("; ?"));
            List<String> expected = List.of("default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'");
            assertTrue(policy.containsAll(expected), name + ": " + policy);
            assertFalse(policy.toString().matches(".*(unsafe|https?:|\\*|data:|blob:).*"), name + ": " + policy);
        }
    }

    @Test
    void whatABrowserKeepsIsNotSentAgain() throws Exception {
        RestClient.Answer first = client.get("/page/style.css");
        String tag = first.header("ETag");
        assertTrue(tag.matches("\"[0-9a-f]{24}\""), tag);
        assertEquals("no-cache", first.header("Cache-Control"));
        for (String kept : List.of(tag, "W/" + tag, "\"other\", " + tag)) {
            RestClient.Answer again = client.get("/page/style.css", "If-None-Match", kept);
            assertEquals(304, again.status(), kept);
            assertEquals("", again.text());
            assertEquals(tag, again.header("ETag"));
        }
        assertEquals(200, client.get("/page/style.css", "If-None-Match", "\"other\"").status());
        assertFalse(tag.equals(client.get("/page/main.js").header("ETag")));
    }

    @Test
    void onlyGetAndHeadAreAnswered() throws Exception {
        RestClient.Answer head = client.method("HEAD", "/");
        assertEquals(200, head.status());
        assertEquals("", head.text());
        assertEquals(Long.toString(Files.size(FILES.resolve("index.html"))), head.header("Content-Length"));
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
            RestClient.Answer refused = client.method(method, "/page/main.js");
            assertTrue(refused.status() >= 400, method);
            assertTrue(refused.text().contains("expected one of GET, HEAD"), method + ": " + refused.text());
        }
    }

    @Test
    void nothingOutsideTheFolderCanBeRead() throws Exception {
        for (String path : List.of("/page/", "/page", "/page/none.js", "/page/tasks", "/page/tasks/", "/page/main.js/x", "/page/.js",
                "/page/../PageRoute.class", "/page/..%2f..%2fserver%2fServer.class", "/page/%2e%2e/%2e%2e/Server.class",
                "/page/tasks/..%2fmain.js", "/page/tasks/../../Server.class", "/page//main.js", "/page/tasks%2flm.js",
                "/page/main.js%00.css", "/page/%2fetc%2fpasswd", "//etc/passwd", "/page/..\\main.js", "/page/MAIN.JS", "/index.html", "/main.js")) {
            try (Wire wire = new Wire(server.port())) { // no client would send them
                int status = wire.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").reply().status();
                assertTrue(status >= 400 && status < 500, path + ": " + status);
            }
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
