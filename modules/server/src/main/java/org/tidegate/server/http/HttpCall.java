/* A request of HTTP on its way. */
package org.tidegate.server.http;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.tidegate.server.protocol.Call;
import org.tidegate.server.protocol.Failures;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.ProtocolException;

/** A request whose reply is written by whoever has the answer; an answer that cannot be written is a failure. */
abstract class HttpCall implements Call {
    private final Exchange exchange;
    private final InferenceRequest asked;
    private final long deadline;
    private volatile boolean cancelled;
    private ProtocolException unsent; // by the thread that answers

    /** @throws ProtocolException if the request's timeout is no number */
    HttpCall(Exchange exchange, InferenceRequest asked) {
        this.exchange = exchange;
        this.asked = asked;
        long timeout = asked.number("timeout", 0); // microseconds
        deadline = timeout <= 0 ? Long.MAX_VALUE : System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(timeout);
        exchange.request().addFailureListener(failure -> cancel());
    }

    final Exchange exchange() {
        return exchange;
    }

    final InferenceRequest asked() {
        return asked;
    }

    /** Writes the reply; whatever it throws before any of it is sent becomes the reply. */
    abstract void write(InferenceResponse answer);

    @Override
    public final void answer(InferenceResponse answer) {
        exchange.request().setAttribute(HttpLog.VERSION, answer.version());
        try {
            write(answer);
        } catch (RuntimeException | Error e) {
            unsent = Failures.of("the writing of an answer", e);
            fail(unsent);
        }
    }

    @Override
    public void fail(ProtocolException failure) {
        exchange.fail(failure);
    }

    @Override
    public final ProtocolException unsent() {
        return unsent != null ? unsent : Call.super.unsent();
    }

    final void cancel() {
        cancelled = true;
    }

    @Override
    public final boolean isCancelled() {
        return cancelled;
    }

    @Override
    public final void hold(long bytes) {
        exchange.share().take(bytes);
    }

    @Override
    public final long deadline() {
        return deadline;
    }

    @Override
    public final Executor reader() {
        return exchange.reader();
    }
}
