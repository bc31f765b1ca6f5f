/* One request of HTTP and the reply to it. */
package org.tidegate.server.http;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.protocol.Texts;

/** A request, and what it takes to answer it, from whichever thread has the answer. */
final class Exchange {
    static final String JSON_TYPE = "application/json";
    static final String HEADER_LENGTH = "Inference-Header-Content-Length";
    private static final String IDENTITY = "identity";

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final long mostBody;
    private final List<String> path;

    /** @throws ProtocolException if the path is malformed */
    Exchange(Request request, Response response, Callback callback, long mostBody) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.mostBody = mostBody;
        path = Arrays.stream(request.getHttpURI().getCanonicalPath().substring(1).split("/")).map(Exchange::decoded).toList();
    }

    private static String decoded(String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ProtocolException.invalid("the path is malformed");
        }
    }

    Request request() {
        return request;
    }

    Response response() {
        return response;
    }

    /** The parts of the path between slashes, decoded. */
    List<String> path() {
        return path;
    }

    String header(String name) {
        return request.getHeaders().get(name);
    }

    /** @throws ProtocolException if the request has another method */
    void checkGet() {
        if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
            throw wrongMethod("GET");
        }
    }

    /** @throws ProtocolException if the request has another method */
    void checkPost() {
        if (!HttpMethod.POST.is(request.getMethod())) {
            throw wrongMethod("POST");
        }
    }

    /** Calls work with the whole body, when it has come; whatever that throws is sent as a failure. */
    void body(Consumer<byte[]> work) {
        checkEncoding();
        if (request.getLength() > mostBody) {
            throw tooLarge();
        }
        Content.Source.asByteArrayAsync(request, (int) mostBody).whenComplete((body, failure) -> {
            if (failure != null) {
                fail(Request.getContentBytesRead(request) > mostBody ? tooLarge() : ProtocolException.invalid("the body broke off"));
            } else {
                guard(() -> work.accept(body));
            }
        });
    }

    private void checkEncoding() {
        String encoding = header("Content-Encoding");
        if (encoding != null && !encoding.isBlank() && !encoding.strip().equalsIgnoreCase(IDENTITY)) {
            response.getHeaders().put(HttpHeader.ACCEPT_ENCODING, IDENTITY);
            throw new ProtocolException(Status.UNSUPPORTED_ENCODING, "the body is encoded as " + Texts.shown(encoding) + "; send it as it is");
        }
    }

    /** Runs work; what it throws is sent as a failure. */
    void guard(Runnable work) {
        try {
            work.run();
        } catch (ProtocolException e) {
            fail(e);
        } catch (RuntimeException | Error e) {
            System.getLogger(Exchange.class.getName()).log(System.Logger.Level.ERROR, "a request failed", e);
            fail(new ProtocolException(Status.INTERNAL, "the server failed"));
        }
    }

    void fail(ProtocolException failure) {
        send(failure.status().http(), JsonResponse.error(failure.getMessage()));
    }

    /** Sends a reply of JSON. */
    void send(int status, byte[] json) {
        send(status, JsonResponse.Body.of(json));
    }

    /** Sends a reply of JSON, and tensors after it. */
    void send(int status, JsonResponse.Body body) {
        ByteBuffer all = ByteBuffer.wrap(body.json());
        if (body.binary().isEmpty()) {
            send(status, JSON_TYPE, all);
            return;
        }
        List<ByteBuffer> tensors = body.binary();
        all = ByteBuffer.allocate(body.json().length + tensors.stream().mapToInt(ByteBuffer::remaining).sum()).put(body.json());
        tensors.forEach(all::put);
        response.getHeaders().put(HEADER_LENGTH, Integer.toString(body.json().length));
        send(status, "application/octet-stream", all.flip());
    }

    /** Sends a reply of any type. */
    void send(int status, String type, ByteBuffer content) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.remaining());
        response.write(true, content, callback);
    }

    /** For replies that are written piece by piece: to be ended once. */
    Callback callback() {
        return callback;
    }

    private ProtocolException wrongMethod(String expected) {
        response.getHeaders().put(HttpHeader.ALLOW, expected);
        return new ProtocolException(Status.METHOD_NOT_ALLOWED, "method " + Texts.shown(request.getMethod()) + "; expected " + expected);
    }

    ProtocolException noSuch() {
        return new ProtocolException(Status.NOT_FOUND, "there is no " + Texts.shown(request.getHttpURI().getPath()));
    }

    private ProtocolException tooLarge() {
        return new ProtocolException(Status.TOO_LARGE, "the body has more than " + mostBody + " bytes");
    }
}
