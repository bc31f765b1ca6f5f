/* What every call of gRPC gets before it is looked at. */
package org.tidegate.server.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.tidegate.server.ops.Access;
import org.tidegate.server.ops.Operations;
import org.tidegate.server.ops.RequestId;

/**
 * Gives each call its id, refuses calls without a token but for the server's health, and hands each call that has ended to the access log.
 * The log has no model and no bytes of a call: a stream may have many.
 */
final class Entrance implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> ID = Metadata.Key.of(RequestId.HEADER, Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Boolean> STRANGER = Context.key("tidegate-stranger");
    private static final String HEALTH = "grpc.health.v1.Health";

    /** What calls without a token are told. */
    static final Status NO_TOKEN = Status.UNAUTHENTICATED.withDescription("a token is needed: authorization: Bearer TOKEN");

    private final Operations operations;

    Entrance(Operations operations) {
        this.operations = operations;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Identified<Q, A> identified = new Identified<>(call, RequestId.of(headers.get(ID)));
        if (operations.tokens() == null || operations.tokens().accept(headers.get(AUTHORIZATION))) {
            return next.startCall(identified, headers);
        }
        if (HEALTH.equals(call.getMethodDescriptor().getServiceName())) {
            return Contexts.interceptCall(Context.current().withValue(STRANGER, true), identified, headers, next);
        }
        identified.close(NO_TOKEN, new Metadata());
        return new ServerCall.Listener<>() {};
    }

    /** Whether the call on this thread has no token where one is needed. */
    static boolean isStranger() {
        return Boolean.TRUE.equals(STRANGER.get());
    }

    /** A call whose answer has its id. */
    private final class Identified<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final String id;
        private final long begin = System.nanoTime();
        private boolean begun;

        Identified(ServerCall<Q, A> call, String id) {
            super(call);
            this.id = id;
        }

        @Override
        public void sendHeaders(Metadata headers) {
            begun = true;
            headers.put(ID, id);
            super.sendHeaders(headers);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (!begun) {
                trailers.put(ID, id);
            }
            super.close(status, trailers);
            if (operations.log() != null) {
                String path = "/" + getMethodDescriptor().getFullMethodName();
                operations.log().add(new Access(System.currentTimeMillis(), "gRPC", "POST", path, null, null, status.getCode().value(),
                        TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin), 0, 0, id, address()));
            }
        }

        private String address() {
            SocketAddress client = getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
            return client instanceof InetSocketAddress known ? known.getAddress().getHostAddress() : String.valueOf(client);
        }
    }
}
