/* The page for people. */
package org.tidegate.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;

/**
 * The page at / and its files at /page/NAME, from the jar's folder org/tidegate/server/page. A name has no dot but the one before its
 * ending, so nothing else can be read. What a browser keeps it asks about again, and is told where it is still right.
 */
final class PageRoute implements Route {
    private static final String FOLDER = "/org/tidegate/server/page/";
    private static final String PREFIX = "page/";
    private static final Pattern NAME = Pattern.compile("(?:tasks/)?[a-z]{1,32}\\.(html|css|js|svg)");
    private static final Map<String, String> TYPES = Map.of("html", "text/html; charset=utf-8", "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8", "svg", "image/svg+xml");
    private static final HttpFields HEADERS = HttpFields.from(
            new HttpField(HttpHeader.CACHE_CONTROL, "no-cache"),
            new HttpField("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
            new HttpField("Cross-Origin-Opener-Policy", "same-origin"),
            new HttpField("Cross-Origin-Resource-Policy", "same-origin"),
            new HttpField("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)"),
            new HttpField("Referrer-Policy", "no-referrer"),
            new HttpField("X-Content-Type-Options", "nosniff"));

    private final Map<String, File> files = new ConcurrentHashMap<>();

    private record File(String type, byte[] content, String tag) {}

    @Override
    public boolean handle(Exchange exchange) {
        String asked = String.join("/", exchange.path());
        String name = asked.isEmpty() ? "index.html" : asked.startsWith(PREFIX) ? asked.substring(PREFIX.length()) : "";
        File file = NAME.matcher(name).matches() ? files.computeIfAbsent(name, PageRoute::read) : null;
        if (file == null) {
            return false;
        }
        exchange.checkGet();
        Response response = exchange.response();
        response.getHeaders().add(HEADERS).put(HttpHeader.ETAG, file.tag);
        String kept = exchange.header(HttpHeader.IF_NONE_MATCH.asString());
        if (kept != null && kept.contains(file.tag)) {
            response.setStatus(304);
            response.write(true, null, exchange.callback());
        } else {
            exchange.send(200, file.type, ByteBuffer.wrap(file.content));
        }
        return true;
    }

    /** A file of the folder; null if there is none. */
    private static File read(String name) {
        try (InputStream stream = PageRoute.class.getResourceAsStream(FOLDER + name)) {
            if (stream == null) {
                return null;
            }
            byte[] content = stream.readAllBytes();
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
            String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
            return new File(type, content, '"' + HexFormat.of().formatHex(hash, 0, 12) + '"');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // each JDK has it
        }
    }
}
