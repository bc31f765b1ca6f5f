package org.tidegate.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C (or a kill) while it is open: {@link #requested} becomes true, and the process does not end before {@link #close}, so that
 * what was learned can be saved.
 */
final class StopSignal implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean requested;

    StopSignal(Screen screen) {
        hook = new Thread(() -> {
            requested = true;
            screen.line("stopping after this step …");
            try {
                if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    screen.error("tidegate: the step did not end within " + PATIENCE_SECONDS + " s; leaving without it");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "stop-signal");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    boolean requested() {
        return requested;
    }

    /** Everything is saved and said: the process may end. */
    @Override
    public void close() {
        done.countDown();
        if (!requested) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
