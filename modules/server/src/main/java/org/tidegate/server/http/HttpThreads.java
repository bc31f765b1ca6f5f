/* The threads of a listener for HTTP. */
package org.tidegate.server.http;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Jetty's pool, and the one thread that reads for all connections. A connection whose request is answered goes on with that thread: Jetty would
 * wake another to look whether there is more, which then wakes the one that reads.
 */
final class HttpThreads extends QueuedThreadPool {
    private volatile ManagedSelector selector;

    HttpThreads(int threads) {
        super(threads, Math.min(threads, 4));
        setName("tidegate-http");
    }

    /** The selector of the one that reads, once it runs. */
    void readBy(ManagedSelector reading) {
        selector = reading;
    }

    @Override
    public void execute(Runnable job) {
        if (job instanceof Connection && selector != null) {
            afterReading(job);
        } else {
            super.execute(job);
        }
    }

    /** Runs a task on the thread that reads, when it has read what there is of all connections. */
    void afterReading(Runnable task) {
        selector.submit(keys -> task.run());
    }
}
