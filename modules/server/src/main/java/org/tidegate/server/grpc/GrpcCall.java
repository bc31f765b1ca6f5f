/* A request of gRPC on its way. */
package org.tidegate.server.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.tidegate.server.grpc.inference.ModelInferResponse;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.protocol.Call;
import org.tidegate.server.protocol.Failures;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

/** A request whose answer is sent, once, by whoever has it. Made on the thread that has the call's context. */
abstract class GrpcCall implements Call {
    private final InferenceRequest request;
    private final EventLoops loops;
    private final Inflight.Share share;
    private final long deadline;
    private final Entrance.Note note; // null for no log
    private final AtomicBoolean ended = new AtomicBoolean();
    private ProtocolException unsent; // by the thread that answers

    /** share: what the request holds. */
    GrpcCall(InferenceRequest request, EventLoops loops, Inflight.Share share) {
        this.request = request;
        this.loops = loops;
        this.share = share;
        deadline = deadline(request);
        note = Entrance.note();
        Entrance.note(request.model(), request.version());
    }

    /** The earlier of the call's deadline and the request's timeout, in microseconds. */
    private static long deadline(InferenceRequest request) {
        Deadline given = Context.current().getDeadline();
        long timeout = request.number("timeout", 0);
        long left = Math.min(given == null ? Long.MAX_VALUE : given.timeRemaining(TimeUnit.NANOSECONDS),
                timeout <= 0 ? Long.MAX_VALUE : TimeUnit.MICROSECONDS.toNanos(timeout));
        return left == Long.MAX_VALUE ? Long.MAX_VALUE : System.nanoTime() + left;
    }

    /** Sends the answer; called once, or {@link #sendFailure} is. */
    abstract void send(ModelInferResponse answer);

    /** Sends the failure. */
    abstract void sendFailure(ProtocolException failure);

    /** Called when one of them was. */
    abstract void ended();

    final Inflight.Share share() {
        return share;
    }

    @Override
    public final void answer(InferenceResponse answer) {
        if (note != null) {
            note.model(answer.model(), answer.version());
        }
        ModelInferResponse message;
        try {
            message = Messages.response(request, answer);
        } catch (RuntimeException | Error e) {
            unsent = Failures.of("the writing of an answer", e);
            fail(unsent);
            return;
        }
        end(() -> send(message));
    }

    private void end(Runnable send) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        try {
            send.run();
        } catch (IllegalStateException e) { // the call has ended without this: its client broke the protocol
            unsent = new ProtocolException(Status.CANCELLED, "the call had ended");
            System.getLogger(GrpcCall.class.getName()).log(System.Logger.Level.DEBUG, "an answer came too late", e);
        } finally {
            ended();
        }
    }

    @Override
    public final void fail(ProtocolException failure) {
        end(() -> sendFailure(failure));
    }

    @Override
    public final ProtocolException unsent() {
        return unsent != null ? unsent : Call.super.unsent();
    }

    @Override
    public final void hold(long bytes) {
        share.take(bytes);
    }

    @Override
    public final long deadline() {
        return deadline;
    }

    @Override
    public final Executor reader() {
        return loops.current();
    }
}
