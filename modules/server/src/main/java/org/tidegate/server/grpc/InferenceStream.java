/* A stream of requests and the stream of their answers. */
package org.tidegate.server.grpc;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.tidegate.server.grpc.inference.ModelInferRequest;
import org.tidegate.server.grpc.inference.ModelInferResponse;
import org.tidegate.server.grpc.inference.ModelStreamInferResponse;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.protocol.Failures;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.service.InferenceService;

/**
 * Requests in their order, answers in that of their completion; a failure is an answer with an error_message, and the stream goes on. So many
 * requests are read ahead of their answers, and none while the client leaves answers unread: what it sends beyond waits at the client.
 */
final class InferenceStream implements StreamObserver<InferMessage> {
    private static final int AHEAD = 256;

    private final InferenceService service;
    private final EventLoops loops;
    private final Executor inOrder;
    private final ServerCallStreamObserver<ModelStreamInferResponse> responses;
    private final Incoming incoming;
    private int open; // requests that have no answer yet
    private int owed; // requests that may be read when the client has read answers
    private int handed; // requests that are read on other threads
    private boolean ended; // the client sends no more, or is told that nothing more is read
    private Status end = Status.OK;
    private volatile boolean broken; // no answer can be sent

    /**
     * A stream that has begun.
     *
     * @param executor has threads for what takes longer to read
     * @param loops read from the network
     * @param gone is told when it has ended
     */
    InferenceStream(InferenceService service, ServerCallStreamObserver<ModelStreamInferResponse> responses, Executor executor,
            EventLoops loops, Consumer<InferenceStream> gone) {
        this.service = service;
        this.loops = loops;
        inOrder = MoreExecutors.newSequentialExecutor(executor);
        this.responses = responses;
        incoming = Incoming.current();
        incoming.onRefusal(this::refuse);
        responses.disableAutoRequest();
        responses.setOnReadyHandler(this::resume);
        responses.setOnCloseHandler(() -> gone.accept(this));
        responses.setOnCancelHandler(() -> gone.accept(this)); // the calls ask whether it is cancelled
        responses.request(AHEAD);
    }

    private synchronized void resume() {
        if (owed > 0 && !ended) {
            responses.request(owed);
            owed = 0;
        }
    }

    @Override
    public void onNext(InferMessage message) {
        boolean elsewhere = message.isLarge();
        Inflight.Share share = incoming.handOver();
        synchronized (this) {
            if (ended) {
                share.close();
                return;
            }
            open++;
            elsewhere |= handed > 0; // not before those that came before it
            handed += elsewhere ? 1 : 0;
        }
        if (!elsewhere) {
            infer(message, share);
            return;
        }
        inOrder.execute(Context.current().wrap(() -> {
            try {
                infer(message, share);
            } finally {
                synchronized (this) {
                    handed--;
                }
            }
        }));
    }

    private void infer(InferMessage packed, Inflight.Share share) {
        ModelInferRequest message;
        try {
            message = packed.parse(share);
        } catch (RuntimeException | Error e) { // whose request it is remains unknown
            share.close();
            refuse(Failures.of("a request of gRPC", e));
            return;
        }
        StreamedCall call = null;
        try {
            InferenceRequest request = Messages.request(message);
            share.take(Messages.made(message, request));
            share.give(packed.objects());
            call = new StreamedCall(request, share);
            service.infer(request, call);
        } catch (RuntimeException | Error e) {
            ProtocolException failure = Failures.of("a request of gRPC", e);
            if (call == null) {
                share.close();
                send(failed(message.getId(), failure));
            } else {
                call.fail(failure);
            }
        }
    }

    /** The client has gone, or is gone wrong. */
    @Override
    public void onError(Throwable failure) {
        broken = true;
    }

    /** Ends at once: what comes cannot be held, or is none. */
    private synchronized void refuse(ProtocolException failure) {
        if (!isGone()) {
            broken = true;
            ended = true;
            responses.onError(Statuses.of(failure));
        }
    }

    private boolean isGone() {
        return broken || responses.isCancelled();
    }

    @Override
    public void onCompleted() {
        end(Status.OK);
    }

    /** Reads nothing more, and ends when all that was read is answered. */
    synchronized void end(Status status) {
        if (!ended) {
            ended = true;
            end = status;
            endIfAnswered();
        }
    }

    private void endIfAnswered() {
        if (!ended || open > 0 || isGone()) {
            return;
        }
        if (end.isOk()) {
            responses.onCompleted();
        } else {
            responses.onError(end.asRuntimeException());
        }
    }

    private synchronized void send(ModelStreamInferResponse answer) {
        open--;
        if (isGone()) {
            return;
        }
        responses.onNext(answer);
        endIfAnswered();
        owed++;
        if (responses.isReady()) {
            resume();
        }
    }

    private static ModelStreamInferResponse failed(String id, ProtocolException failure) {
        return ModelStreamInferResponse.newBuilder().setErrorMessage(failure.getMessage())
                .setInferResponse(ModelInferResponse.newBuilder().setId(id)).build();
    }

    private final class StreamedCall extends GrpcCall {
        private final String id;

        StreamedCall(InferenceRequest request, Inflight.Share share) {
            super(request, loops, share);
            id = request.id();
        }

        @Override
        void send(ModelInferResponse answer) {
            InferenceStream.this.send(ModelStreamInferResponse.newBuilder().setInferResponse(answer).build());
        }

        @Override
        void sendFailure(ProtocolException failure) {
            InferenceStream.this.send(failed(id, failure));
        }

        @Override
        void ended() {
            share().close();
        }

        @Override
        public boolean isCancelled() {
            return isGone();
        }
    }
}
