/* gRPC without messages: requests are bytes when they come here, and answers stay bytes. */
package org.tidegate.bench.serve;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** One connection for any number of calls at once. */
final class GrpcWire implements Wire {
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private static final byte[] NO_ANSWER = "a call ended without an answer".getBytes(StandardCharsets.UTF_8);

    private final EventLoopGroup loop = new NioEventLoopGroup(1);
    private final ManagedChannel channel;
    private final MethodDescriptor<byte[], byte[]> method;

    /** Calls of a method of the protocol's service. */
    GrpcWire(int port, String name) {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().directExecutor().eventLoopGroup(loop)
            .channelType(NioSocketChannel.class).build();
        method = MethodDescriptor.newBuilder(BYTES, BYTES).setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("inference.GRPCInferenceService/" + name).build();
    }

    @Override
    public void send(byte[] request, Listener listener) {
        ClientCalls.asyncUnaryCall(channel.newCall(method, CallOptions.DEFAULT), request, new StreamObserver<>() {
            private byte[] answer;

            @Override
            public void onNext(byte[] value) {
                answer = value;
            }

            @Override
            public void onError(Throwable failure) {
                listener.answered(false, ByteBuffer.wrap(failure.toString().getBytes(StandardCharsets.UTF_8)));
            }

            @Override
            public void onCompleted() {
                listener.answered(answer != null, ByteBuffer.wrap(answer == null ? NO_ANSWER : answer));
            }
        });
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
