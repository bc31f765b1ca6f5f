/* The body of a request, read as it comes. */
package org.tidegate.server.http;

import java.util.function.BiConsumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.thread.Invocable;
import org.tidegate.server.protocol.ProtocolException;

/** Gathers a body without a thread that waits for it, and calls whoever wants it, once, with it or with what came in between. */
final class Body implements Invocable.Task {
    private final Content.Source source;
    private final Pieces pieces;
    private final BiConsumer<byte[], Throwable> wanted;

    Body(Content.Source source, Pieces pieces, BiConsumer<byte[], Throwable> wanted) {
        this.source = source;
        this.pieces = pieces;
        this.wanted = wanted;
    }

    /** Reads what is there, and comes again for more. */
    @Override
    public void run() {
        boolean last = false;
        while (!last) {
            Content.Chunk chunk = source.read();
            if (chunk == null) {
                source.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                wanted.accept(null, chunk.getFailure());
                return;
            }
            last = chunk.isLast();
            Throwable failure = keep(chunk);
            if (failure != null) {
                wanted.accept(null, failure);
                return;
            }
        }
        byte[] all;
        try {
            all = pieces.join();
        } catch (OutOfMemoryError e) {
            wanted.accept(null, e);
            return;
        }
        wanted.accept(all, null);
    }

    /** {@return why a piece cannot be kept; null where it can} */
    private Throwable keep(Content.Chunk chunk) {
        try {
            pieces.add(chunk.remaining(), chunk::get);
            return null;
        } catch (ProtocolException | OutOfMemoryError e) {
            return e;
        } finally {
            chunk.release();
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
