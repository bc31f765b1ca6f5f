/* The threads that read from the network. */
package org.tidegate.server.grpc;

import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Netty's event loops of one listener: by epoll where the system has it. */
final class EventLoops implements AutoCloseable {
    private static final long QUIET_MILLISECONDS = 50; // loops tell one another of channels that close
    private static final long GRACE_MILLISECONDS = 1000;

    private final EventLoopGroup loops;
    private final Supplier<ServerChannel> listeners;

    EventLoops() {
        int threads = Runtime.getRuntime().availableProcessors();
        ThreadFactory factory = new DefaultThreadFactory("tidegate-grpc-io", true);
        if (Epoll.isAvailable()) {
            loops = new MultiThreadIoEventLoopGroup(threads, factory, EpollIoHandler.newFactory());
            listeners = EpollServerSocketChannel::new;
        } else {
            loops = new MultiThreadIoEventLoopGroup(threads, factory, NioIoHandler.newFactory());
            listeners = NioServerSocketChannel::new;
        }
    }

    /** Reads for a server by these. The channel that listens is as it is made. */
    NettyServerBuilder of(NettyServerBuilder server, UnaryOperator<ServerChannel> made) {
        return server.bossEventLoopGroup(loops).workerEventLoopGroup(loops).channelFactory(() -> made.apply(listeners.get()));
    }

    /** {@return what runs a task on this thread once it has read what has come; null where this is none of the threads that read} */
    Executor current() {
        for (EventExecutor loop : loops) {
            if (loop.inEventLoop()) {
                return loop;
            }
        }
        return null;
    }

    @Override
    public void close() {
        loops.shutdownGracefully(QUIET_MILLISECONDS, GRACE_MILLISECONDS, TimeUnit.MILLISECONDS);
    }
}
