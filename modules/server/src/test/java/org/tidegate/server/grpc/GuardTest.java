/* Calls of gRPC whose code throws. */
package org.tidegate.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.protobuf.Empty;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.protocol.Thrown;

class GuardTest {
    private static final MethodDescriptor<Empty, Empty> METHOD = MethodDescriptor.<Empty, Empty>newBuilder().setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("a/b").setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance())).build();

    /** A call that notes how it ended. */
    private static final class Noted<Q, A> extends ServerCall<Q, A> {
        private final MethodDescriptor<Q, A> method;
        private final List<Status> ends = new ArrayList<>();

        Noted(MethodDescriptor<Q, A> method) {
            this.method = method;
        }

        @Override
        public void request(int messages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(A message) {}

        @Override
        public void close(Status status, Metadata trailers) {
            ends.add(status);
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<Q, A> getMethodDescriptor() {
            return method;
        }
    }

    @SuppressWarnings("unchecked") // the guard's messages are streams of bytes
    private static <Q, A> List<Status> ends(ServerMethodDefinition<Q, A> method) throws Exception {
        Noted<Q, A> call = new Noted<>(method.getMethodDescriptor());
        Context context = Incoming.factory(new Inflight(1 << 20)).newServerStreamTracer("a/b", new Metadata()).filterContext(Context.current());
        ServerCall.Listener<Q> listener = context.call(() -> method.getServerCallHandler().startCall(call, new Metadata()));
        listener.onMessage((Q) new ByteArrayInputStream(new byte[0]));
        listener.onHalfClose();
        return call.ends;
    }

    @ParameterizedTest
    @EnumSource(Thrown.class)
    void whateverIsThrownIsToldOnceAndByTheOneRule(Thrown thrown) throws Exception {
        for (boolean later : List.of(false, true)) {
            ServerServiceDefinition service = ServerServiceDefinition.builder("a").addMethod(METHOD, (call, headers) -> new ServerCall.Listener<>() {
                @Override
                public void onMessage(Empty message) {
                    if (!later) {
                        thrown.raise();
                    }
                }

                @Override
                public void onHalfClose() {
                    thrown.raise();
                }
            }).build();
            List<Status> ends = ends(Guard.of(service).getMethod("a/b"));
            assertEquals(List.of(Statuses.code(thrown.elsewhere())), ends.stream().map(Status::getCode).toList());
            assertFalse(ends.get(0).getDescription().contains("secret"));
        }
    }
}
