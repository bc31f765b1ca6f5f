/* The answer to a request for one text, as it is written. */
package org.tidegate.server.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.Callback;
import org.tidegate.server.protocol.Failures;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.ProtocolException;

/**
 * Server-sent events, one for each part of a text and a last one for what is left of it and the details. A failure before the first part is
 * a reply like any other; one after it is an event with the protocol's error object.
 *
 * <p>What cannot be sent yet waits in memory, no more than the whole answer; nobody waits for a slow client.
 */
final class EventStream extends TextCall {
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private boolean begun;
    private boolean ended; // nothing follows what waits
    private boolean sending;
    private boolean over;
    private int told; // chars
    private Throwable broken;

    EventStream(Exchange exchange, InferenceRequest asked, String output, boolean details) {
        super(exchange, asked, output, details);
    }

    @Override
    public synchronized void part(String text) {
        try {
            told += text.length();
            send(object(text, null), false);
        } catch (RuntimeException | OutOfMemoryError e) { // the others of the batch go on
            fail(Failures.of("the writing of an answer", e));
            cancel();
        }
    }

    @Override
    synchronized void write(InferenceResponse answer) {
        send(object(text(answer).substring(told), answer), true);
    }

    @Override
    public synchronized void fail(ProtocolException failure) {
        if (!begun) {
            begun = true;
            ended = true;
            super.fail(failure);
        } else {
            send(JsonResponse.error(failure.getMessage()), true);
        }
    }

    private void send(byte[] event, boolean last) {
        if (ended) {
            return;
        }
        if (!begun) {
            begun = true;
            exchange().response().setStatus(200);
            exchange().response().getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8");
            exchange().response().getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
        }
        waiting.writeBytes("data: ".getBytes(StandardCharsets.US_ASCII));
        waiting.writeBytes(event);
        waiting.writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
        ended |= last;
        flush();
    }

    /** Sends what waits, unless something is on its way. */
    private void flush() {
        if (sending || over) {
            return;
        }
        if (broken != null) {
            if (ended) {
                over = true;
                exchange().callback().failed(broken);
            }
            return;
        }
        if (waiting.size() == 0) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(waiting.toByteArray());
        waiting.reset();
        over = ended;
        sending = true;
        exchange().response().write(ended, bytes, ended ? exchange().callback() : Callback.from(this::sent, this::failed));
    }

    private synchronized void sent() {
        sending = false;
        flush();
    }

    private synchronized void failed(Throwable failure) {
        sending = false;
        broken = failure;
        cancel();
        flush();
    }
}
