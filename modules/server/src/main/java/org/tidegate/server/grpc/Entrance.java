/* What every call of gRPC gets before it is looked at. */
package org.tidegate.server.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.tidegate.server.ops.Access;
import org.tidegate.server.ops.Operations;
import org.tidegate.server.ops.RequestId;

/**
 * Gives each call its id, refuses calls without a token but for the server's health, and hands each call that has ended to the access log: when it
 * is closed, or its client has given it up.
 * The bytes are those of all messages of a call, unpacked; the model of a stream is that of its last request or answer.
 */
final class Entrance implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> ID = Metadata.Key.of(RequestId.HEADER, Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Note> NOTE = Context.key("tidegate-note");
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
        boolean known = operations.tokens() == null || operations.tokens().accept(headers.get(AUTHORIZATION));
        if (!known && !HEALTH.equals(call.getMethodDescriptor().getServiceName())) {
            identified.close(NO_TOKEN, new Metadata());
            return new ServerCall.Listener<>() {};
        }
        if (known && operations.log() == null) {
            return next.startCall(identified, headers);
        }
        Context context = Context.current().withValues(STRANGER, !known, NOTE, identified.note);
        return new SimpleForwardingServerCallListener<>(Contexts.interceptCall(context, identified, headers, next)) {
            @Override
            public void onCancel() {
                Deadline deadline = Context.current().getDeadline();
                identified.log(deadline != null && deadline.isExpired() ? Status.Code.DEADLINE_EXCEEDED : Status.Code.CANCELLED);
                super.onCancel();
            }
        };
    }

    /** Of a message that is written, but not packed yet. */
    private static int bytes(Object message) {
        try {
            return message instanceof InputStream stream ? stream.available() : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /** What the log will say of the call on this thread; null where there is no log, or no call. */
    static Note note() {
        return NOTE.get();
    }

    /** Notes the model that the call on this thread is about. */
    static void note(String model, String version) {
        Note note = note();
        if (note != null) {
            note.model(model, version);
        }
    }

    /** What becomes known of a call; any thread. */
    static final class Note {
        private final LongAdder sent = new LongAdder();
        private volatile String model;
        private volatile String version;

        /** version: that which was asked for, empty for the newest, or that which answered. */
        void model(String name, String number) {
            model = name.isEmpty() ? null : name;
            version = number.isEmpty() ? null : number;
        }
    }

    /** Whether the call on this thread has no token where one is needed. */
    static boolean isStranger() {
        return Boolean.TRUE.equals(STRANGER.get());
    }

    /** A call whose answer has its id. */
    private final class Identified<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final String id;
        private final Note note = new Note();
        private final Incoming incoming = Incoming.current();
        private final AtomicBoolean logged = new AtomicBoolean();
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
        public void sendMessage(A message) {
            note.sent.add(bytes(message));
            super.sendMessage(message);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (!begun) {
                trailers.put(ID, id);
            }
            super.close(status, trailers);
            log(status.getCode());
        }

        /** Once: a call that its client gave up may be closed all the same. */
        private void log(Status.Code status) {
            if (operations.log() != null && logged.compareAndSet(false, true)) {
                String path = "/" + getMethodDescriptor().getFullMethodName();
                operations.log().add(new Access(System.currentTimeMillis(), "gRPC", "POST", path, note.model, note.version,
                        status.value(), TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin), incoming.all(), note.sent.sum(),
                        id, address()));
            }
        }

        private String address() {
            SocketAddress client = getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
            return client instanceof InetSocketAddress known ? known.getAddress().getHostAddress() : String.valueOf(client);
        }
    }
}
