/* What a call may do to its client and to the server. */
package org.tidegate.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.io.InputStream;
import org.tidegate.server.protocol.Failures;
import org.tidegate.server.protocol.ProtocolException;

/** Ends a call whose message is malformed, or whose code throws, with a status that its client may read. */
final class Guard implements ServerInterceptor {
    /** Leaves a message as it came, so that it is parsed within the guard. */
    private static final class Unparsed implements MethodDescriptor.Marshaller<InputStream> {
        @Override
        public InputStream stream(InputStream message) {
            return message;
        }

        @Override
        public InputStream parse(InputStream message) {
            return message;
        }
    }

    private Guard() {}

    static ProtocolException malformed() {
        return ProtocolException.invalid("the message is malformed: it is not the call's");
    }

    /** A service within the guard. */
    static ServerServiceDefinition of(ServerServiceDefinition service) {
        return ServerInterceptors.intercept(ServerInterceptors.useMarshalledMessages(service, new Unparsed()), new Guard());
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Incoming incoming = Incoming.current();
        incoming.onRefusal(failure -> call.close(Statuses.status(failure), new Metadata()));
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            private boolean ended;

            @Override
            public void onMessage(Q message) {
                guard(() -> super.onMessage(message));
            }

            @Override
            public void onHalfClose() {
                guard(super::onHalfClose);
            }

            private void guard(Runnable work) {
                if (ended || incoming.isOver()) {
                    return;
                }
                try {
                    work.run();
                } catch (RuntimeException | Error e) {
                    ended = true;
                    boolean malformed = e.getCause() instanceof InvalidProtocolBufferException;
                    ProtocolException failure = malformed ? malformed() : Failures.of("a call of gRPC", e);
                    call.close(Statuses.status(failure), new Metadata());
                    super.onCancel();
                }
            }
        };
    }
}
