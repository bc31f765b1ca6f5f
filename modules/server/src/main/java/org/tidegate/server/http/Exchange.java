/* One request of HTTP and the reply to it. */
package org.tidegate.server.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.protocol.Failures;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.protocol.Texts;

/** A request, and what it takes to answer it, from whichever thread has the answer. */
final class Exchange {
    static final String JSON_TYPE = "application/json";
    static final String HEADER_LENGTH = "Inference-Header-Content-Length";
    private static final String GZIP = "gzip";
    private static final String WORK = "a request of HTTP";
    private static final int LONG_BYTES = 64 << 10;
    private static final int UNPACKED_BYTES = 16 << 10; // at once
    private static final Predicate<TimeoutException> STAYS = timeout -> false; // a request that waits for its answer is not idle

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final long mostBody;
    private final Inflight.Share share;
    private final List<String> path;
    private final ModelPath model; // null for none
    private final Executor reader;
    private Thread reading; // the one that reads for all clients, while it works on this request

    /** @throws ProtocolException if the path is malformed */
    Exchange(Request request, Response response, Callback callback, long mostBody, Inflight inflight, Executor reader) {
        this.reader = reader;
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.mostBody = mostBody;
        share = inflight.share();
        Request.addCompletionListener(request, failure -> share.close());
        String whole = request.getHttpURI().getCanonicalPath();
        if (whole == null || whole.isEmpty()) { // of CONNECT
            throw ProtocolException.invalid("the request has no path");
        }
        path = ModelPath.parts(whole);
        model = ModelPath.of(path);
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

    /** The model that the path is of; null for none. */
    ModelPath model() {
        return model;
    }

    /** {@return what runs a task once this thread has read all there is; null where it is not the one that reads} */
    Executor reader() {
        return reading == Thread.currentThread() ? reader : null;
    }

    String header(String name) {
        return request.getHeaders().get(name);
    }

    /** @throws ProtocolException if the request has another method */
    void checkGet() {
        if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
            throw otherMethod("GET, HEAD, OPTIONS");
        }
    }

    /** @throws ProtocolException if the request has another method */
    void checkPost() {
        if (!HttpMethod.POST.is(request.getMethod())) {
            throw otherMethod("POST, OPTIONS");
        }
    }

    /** OPTIONS is told which methods there are; what is thrown ends the request. */
    private RuntimeException otherMethod(String allowed) {
        response.getHeaders().put(HttpHeader.ALLOW, allowed);
        if (HttpMethod.OPTIONS.is(request.getMethod())) {
            response.setStatus(HttpStatus.NO_CONTENT_204);
            response.write(true, null, callback);
            return new Answered();
        }
        return new ProtocolException(Status.METHOD_NOT_ALLOWED, "method " + Texts.shown(request.getMethod()) + "; expected one of " + allowed);
    }

    /** Ends the work on a request that has its answer. */
    private static final class Answered extends RuntimeException {
        private static final long serialVersionUID = 1;

        Answered() {
            super(null, null, false, false);
        }
    }

    /**
     * Calls work with the whole body, when it has come; whatever that throws is sent as a failure. Of a body that is packed or long it runs
     * on a thread of the pool: the one that reads for all others must not be kept.
     */
    void body(Consumer<byte[]> work) {
        boolean packed = isPacked();
        if (request.getLength() > mostBody) {
            throw Pieces.tooLarge(mostBody);
        }
        request.addIdleTimeoutListener(STAYS);
        new Body(request, new Pieces(mostBody, share), (body, failure) -> {
            if (failure == null) {
                if (packed) {
                    later(() -> work.accept(unpacked(body)));
                } else if (body.length > LONG_BYTES) {
                    later(() -> work.accept(body));
                } else {
                    reading = Thread.currentThread();
                    guard(() -> work.accept(body));
                    reading = null;
                }
            } else {
                incomplete(failure);
            }
        }).run();
    }

    /** What is answered where the body did not come. */
    private void incomplete(Throwable failure) {
        if (failure instanceof TimeoutException) {
            response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
            send(HttpStatus.REQUEST_TIMEOUT_408, JsonResponse.error("the body did not come in time"));
        } else if (failure instanceof ProtocolException || failure instanceof OutOfMemoryError) {
            fail(Failures.of(WORK, failure));
        } else {
            fail(ProtocolException.invalid("the body broke off"));
        }
    }

    private boolean isPacked() {
        String encoding = header("Content-Encoding");
        if (encoding == null || encoding.isBlank() || encoding.strip().equalsIgnoreCase("identity")) {
            return false;
        }
        if (encoding.strip().equalsIgnoreCase(GZIP)) {
            return true;
        }
        response.getHeaders().put(HttpHeader.ACCEPT_ENCODING, GZIP);
        throw new ProtocolException(Status.UNSUPPORTED_ENCODING, "the body is encoded as " + Texts.shown(encoding)
                + "; expected gzip, once, or none");
    }

    private byte[] unpacked(byte[] body) {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            Pieces pieces = new Pieces(mostBody, share);
            byte[] part = new byte[UNPACKED_BYTES];
            for (int count = in.read(part); count >= 0; count = in.read(part)) {
                pieces.add(count, ByteBuffer.wrap(part)::get);
            }
            return pieces.join();
        } catch (IOException e) {
            throw ProtocolException.invalid("the body is said to be gzip and is not, or has not all of it");
        }
    }

    /** Runs work that takes its time on a thread of the pool; what it throws is sent as a failure. */
    void later(Runnable work) {
        guard(() -> request.getContext().execute(() -> guard(work)));
    }

    /** Runs work; what it throws is sent as a failure. */
    void guard(Runnable work) {
        try {
            work.run();
        } catch (Answered e) {
            return;
        } catch (RuntimeException | Error e) {
            fail(Failures.of(WORK, e));
        }
    }

    /** Sends a failure, and lets the client end what it still sends. */
    void fail(ProtocolException failure) {
        send(failure.status().http(), JSON_TYPE, ByteBuffer.wrap(JsonResponse.error(failure.getMessage())),
                Callback.from(InvocationType.NON_BLOCKING, new Rest(request, callback::succeeded), callback::failed));
    }

    /** Sends a reply of JSON. */
    void send(int status, byte[] json) {
        send(status, JsonResponse.Body.of(json));
    }

    /** Sends a reply of JSON, and tensors after it. */
    void send(int status, JsonResponse.Body body) {
        if (body.binary().isEmpty()) {
            send(status, JSON_TYPE, ByteBuffer.wrap(body.json()));
            return;
        }
        ByteBuffer all = body.joined();
        response.getHeaders().put(HEADER_LENGTH, Integer.toString(body.json().length));
        send(status, "application/octet-stream", all);
    }

    /** Sends a reply of any type. */
    void send(int status, String type, ByteBuffer content) {
        send(status, type, content, callback);
    }

    private void send(int status, String type, ByteBuffer content, Callback sent) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.remaining());
        share.add(content.remaining());
        response.write(true, content, sent);
    }

    /** What it holds until it is answered. */
    Inflight.Share share() {
        return share;
    }

    /** For replies that are written piece by piece: to be ended once. */
    Callback callback() {
        return callback;
    }

    ProtocolException noSuch() {
        return new ProtocolException(Status.NOT_FOUND, "there is no " + Texts.shown(request.getHttpURI().getPath()));
    }
}
