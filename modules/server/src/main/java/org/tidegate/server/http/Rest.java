/* What is still coming of a request that has its reply. */
package org.tidegate.server.http;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * Reads the rest of a body and throws it away, for a while: of a connection that is closed while its client still sends, the client may lose the
 * reply, too.
 */
final class Rest implements Invocable.Task {
    private static final long MOST_BYTES = 16 << 20;
    private static final long MOST_MILLISECONDS = 1000;

    private final Request request;
    private final Runnable then;
    private final AtomicBoolean done = new AtomicBoolean();
    private long bytes;
    private boolean timed;

    /** then: called once, when all has come, or enough. */
    Rest(Request request, Runnable then) {
        this.request = request;
        this.then = then;
    }

    @Override
    public void run() {
        while (!done.get()) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                if (!timed) {
                    timed = true;
                    request.getComponents().getScheduler().schedule(this::end, MOST_MILLISECONDS, TimeUnit.MILLISECONDS);
                }
                request.demand(this);
                return;
            }
            bytes += chunk.remaining();
            boolean last = chunk.isLast() || Content.Chunk.isFailure(chunk) || bytes > MOST_BYTES;
            chunk.release();
            if (last) {
                end();
            }
        }
    }

    private void end() {
        if (done.compareAndSet(false, true)) {
            then.run();
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
