/* What has come of a call. */
package org.tidegate.server.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.function.Consumer;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.protocol.ProtocolException;

/**
 * Counts the bytes of a call's messages as they come, also of a message that is not there yet, and ends the call where all requests hold too
 * much. Told of it by the thread that reads the connection.
 */
final class Incoming extends ServerStreamTracer {
    private static final Context.Key<Incoming> KEY = Context.key("tidegate.incoming");

    private final Inflight.Share share;
    private Consumer<ProtocolException> refused = failure -> {};
    private long packed; // of the message that comes
    private long unpacked;
    private volatile long all; // unpacked, of all messages; changed by the thread that reads
    private boolean over;

    private Incoming(Inflight inflight) {
        share = inflight.share();
    }

    /** Makes one for each call, which has it in its context. */
    static ServerStreamTracer.Factory factory(Inflight inflight) {
        return new ServerStreamTracer.Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
                return new Incoming(inflight);
            }
        };
    }

    @Override
    public Context filterContext(Context context) {
        return context.withValue(KEY, this);
    }

    /** That of the call whose context is the thread's. */
    static Incoming current() {
        return KEY.get();
    }

    /** Names who ends the call where it holds too much. */
    void onRefusal(Consumer<ProtocolException> end) {
        refused = end;
    }

    /** Whether it holds too much: what comes of it is not looked at. */
    boolean isOver() {
        return over;
    }

    /** The bytes of all messages so far, unpacked. */
    long all() {
        return all;
    }

    /** What is counted of the call, until it is closed: its trailers are sent, or its client has gone. */
    Inflight.Share share() {
        return share;
    }

    /** What was counted so far, as the part of a request of its own. */
    Inflight.Share handOver() {
        packed = 0;
        unpacked = 0;
        return share.handOver();
    }

    @Override
    public void inboundWireSize(long bytes) {
        packed += bytes;
        take(bytes);
    }

    /** Of a message that is not packed as many as came. */
    @Override
    public void inboundUncompressedSize(long bytes) {
        long before = Math.max(packed, unpacked);
        unpacked += bytes;
        all += bytes;
        take(Math.max(packed, unpacked) - before);
    }

    private void take(long bytes) {
        if (over) {
            return;
        }
        try {
            share.take(bytes);
        } catch (ProtocolException e) {
            over = true;
            refused.accept(e);
        }
    }

    @Override
    public void streamClosed(Status status) {
        share.close();
    }
}
