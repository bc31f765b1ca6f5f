/* The protocol over gRPC. */
package org.tidegate.server.grpc;

import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.tidegate.server.ops.Certificates;
import org.tidegate.server.ops.Operations;
import org.tidegate.server.service.InferenceService;

/** A listener for gRPC. */
public final class GrpcTransport implements AutoCloseable {
    private static final int THREADS = 16; // for what takes longer; other calls are read by netty's own
    private static final int CALLS = 1024; // of a connection at once
    private static final long PING_SECONDS = 60; // finds out which clients have gone
    private static final long MOST_PINGS_SECONDS = 10; // a client that pings more often is sent away
    private static final long HANDSHAKE_SECONDS = 20;
    private static final long GRACE_SECONDS = 10;
    private static final long CUT_SECONDS = 1; // for connections that were cut off to close

    private final InferenceCalls calls;
    private final HealthCalls health;
    private final OpenCalls reflections = new OpenCalls();
    private final ExecutorService executor;
    private final EventLoops loops = new EventLoops();
    private final Server server;

    /**
     * Listens.
     *
     * @param service answers
     * @param address where
     * @param mostBody bytes of a message, at most
     * @param mostConnections that are open at once; more wait until one closes
     * @param operations what it shares with other transports
     * @throws IOException if it cannot
     */
    public GrpcTransport(InferenceService service, InetSocketAddress address, long mostBody, int mostConnections, Operations operations)
            throws IOException {
        executor = threads();
        Connections connections = new Connections(mostConnections);
        calls = new InferenceCalls(service, executor, loops);
        health = new HealthCalls(service);
        try {
            server = secured(loops.of(NettyServerBuilder.forAddress(address), connections::limit), operations.certificates())
                    .intercept(new Entrance(operations)).addStreamTracerFactory(Incoming.factory(operations.inflight()))
                    .directExecutor().maxInboundMessageSize((int) mostBody)
                    .maxConcurrentCallsPerConnection(CALLS)
                    .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS).permitKeepAliveTime(MOST_PINGS_SECONDS, TimeUnit.SECONDS)
                    .permitKeepAliveWithoutCalls(true).handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
                    .addService(Guard.of(calls.bind())).addService(Guard.of(health.bindService()))
                    .addService(Guard.of(ServerInterceptors.intercept(ProtoReflectionServiceV1.newInstance(), reflections))).build().start();
        } catch (IOException | RuntimeException e) {
            health.close();
            executor.shutdown();
            loops.close();
            throw e;
        }
        operations.metrics().gauge("tidegate_grpc_connections", "Connections that are open.", connections::open);
    }

    private static NettyServerBuilder secured(NettyServerBuilder plain, Certificates certificates) throws SSLException {
        if (certificates == null) {
            return plain;
        }
        X509Certificate[] chain = certificates.chain().toArray(X509Certificate[]::new);
        return plain.sslContext(GrpcSslContexts.configure(SslContextBuilder.forServer(certificates.key(), chain)).build());
    }

    private static ExecutorService threads() {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(THREADS, THREADS, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "tidegate-grpc-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** {@return the port that it listens at} */
    public int port() {
        return server.getPort();
    }

    /** Stops, as {@link #stop}. */
    @Override
    public void close() {
        stop();
    }

    /**
     * Stops: calls in progress are answered, new ones refused.
     *
     * @return whether all were answered in time
     */
    public boolean stop() {
        server.shutdown();
        calls.drain();
        reflections.end();
        health.close();
        boolean answered = false;
        try {
            answered = server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
            server.shutdownNow();
            server.awaitTermination(CUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        executor.shutdown();
        loops.close();
        return answered;
    }
}
