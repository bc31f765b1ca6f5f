/* A stream of requests and the stream of their answers. */
package org.tidegate.server.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.tidegate.server.grpc.inference.ModelInferRequest;
import org.tidegate.server.grpc.inference.ModelInferResponse;
import org.tidegate.server.grpc.inference.ModelStreamInferResponse;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.service.InferenceService;

/**
 * Requests in their order, answers in that of their completion; a failure is an answer with an error_message, and the stream goes on. So many
 * requests are read ahead of their answers, and none while the client leaves answers unread: what it sends beyond waits at the client.
 */
final class InferenceStream implements StreamObserver<ModelInferRequest> {
    private static final int AHEAD = 256;

    private final InferenceService service;
    private final ServerCallStreamObserver<ModelStreamInferResponse> responses;
    private int open; // requests that have no answer yet
    private int owed; // requests that may be read when the client has read answers
    private boolean ended; // the client sends no more

    InferenceStream(InferenceService service, ServerCallStreamObserver<ModelStreamInferResponse> responses) {
        this.service = service;
        this.responses = responses;
        responses.disableAutoRequest();
        responses.setOnReadyHandler(this::resume);
        responses.setOnCancelHandler(() -> { }); // the calls ask whether it is
        responses.request(AHEAD);
    }

    private synchronized void resume() {
        if (owed > 0) {
            responses.request(owed);
            owed = 0;
        }
    }

    @Override
    public void onNext(ModelInferRequest message) {
        synchronized (this) {
            open++;
        }
        StreamedCall call = null;
        try {
            InferenceRequest request = Messages.request(message);
            call = new StreamedCall(request);
            service.infer(request, call);
        } catch (RuntimeException | Error e) {
            ProtocolException failure = Statuses.told(e);
            if (call == null) {
                send(failed(message.getId(), failure));
            } else {
                call.fail(failure);
            }
        }
    }

    /** The client has gone. */
    @Override
    public void onError(Throwable failure) {}

    @Override
    public synchronized void onCompleted() {
        ended = true;
        end();
    }

    private void end() {
        if (ended && open == 0 && !responses.isCancelled()) {
            responses.onCompleted();
        }
    }

    private synchronized void send(ModelStreamInferResponse answer) {
        open--;
        if (responses.isCancelled()) {
            return;
        }
        responses.onNext(answer);
        end();
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

        StreamedCall(InferenceRequest request) {
            super(request);
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
        public boolean isCancelled() {
            return responses.isCancelled();
        }
    }
}
