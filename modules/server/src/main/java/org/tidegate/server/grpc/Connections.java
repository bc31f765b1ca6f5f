/* The connections of gRPC. */
package org.tidegate.server.grpc;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;

/** Counts connections: so many are open at once, more wait until one closes. */
final class Connections {
    private final int most;
    private volatile int open; // changed by the accepting thread alone

    Connections(int most) {
        this.most = most;
    }

    /** How many are open. */
    int open() {
        return open;
    }

    /** The channel that listens, which accepts no more than that. */
    ServerChannel limit(ServerChannel listener) {
        listener.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object accepted) {
                count(context, 1);
                ((Channel) accepted).closeFuture().addListener(closed -> context.executor().execute(() -> count(context, -1)));
                context.fireChannelRead(accepted);
            }
        });
        return listener;
    }

    private void count(ChannelHandlerContext context, int more) {
        open += more;
        context.channel().config().setAutoRead(open < most);
    }
}
