/* The body of a request, read as it comes. */
package org.tidegate.server.http;

import java.io.ByteArrayOutputStream;
import java.util.function.BiConsumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.thread.Invocable;

/** Gathers a body without a thread that waits for it, and calls whoever wants it, once, with it or with what came in between. */
final class Body implements Invocable.Task {
    /** More has come than is taken. */
    static final class TooLarge extends Exception {
        private static final long serialVersionUID = 1;

        TooLarge() {
            super(null, null, false, false);
        }
    }

    private static final int FIRST_BYTES = 1024;

    private final Content.Source source;
    private final long most;
    private final BiConsumer<byte[], Throwable> wanted;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(FIRST_BYTES);

    Body(Content.Source source, long most, BiConsumer<byte[], Throwable> wanted) {
        this.source = source;
        this.most = most;
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
            all = bytes.toByteArray();
        } catch (OutOfMemoryError e) {
            wanted.accept(null, e);
            return;
        }
        wanted.accept(all, null);
    }

    /** {@return why a piece cannot be kept; null where it can} */
    private Throwable keep(Content.Chunk chunk) {
        try {
            if (bytes.size() + (long) chunk.remaining() > most) {
                return new TooLarge();
            }
            byte[] part = new byte[chunk.remaining()];
            chunk.get(part, 0, part.length);
            bytes.writeBytes(part);
            return null;
        } catch (OutOfMemoryError e) {
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
