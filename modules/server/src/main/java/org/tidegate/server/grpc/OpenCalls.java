/* Calls of services that do not know when the server stops. */
package org.tidegate.server.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Knows the calls of a service that are open, and ends them: after the answer that is being written, and before what is asked next. */
final class OpenCalls implements ServerInterceptor {
    private final Set<Open<?, ?>> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    /** Ends those that are open, and each that comes later. */
    void end() {
        ended = true;
        calls.forEach(Open::end);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Open<Q, A> open = new Open<>(call);
        ServerCall.Listener<Q> listener = next.startCall(open, headers);
        calls.add(open);
        if (ended) {
            open.end();
        }
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onMessage(Q message) {
                synchronized (open) {
                    super.onMessage(message);
                }
            }

            @Override
            public void onHalfClose() {
                synchronized (open) {
                    super.onHalfClose();
                }
            }

            @Override
            public void onReady() {
                synchronized (open) {
                    super.onReady();
                }
            }

            @Override
            public void onCancel() {
                calls.remove(open);
                super.onCancel();
            }

            @Override
            public void onComplete() {
                calls.remove(open);
                super.onComplete();
            }
        };
    }

    /** A call that is closed once: what its service says after that is not sent. */
    private static final class Open<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private boolean closed;

        Open(ServerCall<Q, A> call) {
            super(call);
        }

        void end() {
            close(InferenceCalls.STOPPING, new Metadata());
        }

        @Override
        public synchronized void sendHeaders(Metadata headers) {
            if (!closed) {
                super.sendHeaders(headers);
            }
        }

        @Override
        public synchronized void sendMessage(A message) {
            if (!closed) {
                super.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!closed) {
                closed = true;
                super.close(status, trailers);
            }
        }
    }
}
