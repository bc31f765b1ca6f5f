/* Looks at the folder of the models again and again. */
package org.tidegate.server.repository;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A thread that scans a repository until it is closed. A folder that cannot be read is looked at again. */
public final class RepositoryWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RepositoryWatch.class.getName());

    private final ModelRepository repository;
    private final ScheduledExecutorService thread;
    private boolean failing; // said once, not at every look

    /**
     * Begins.
     *
     * @param repository what is scanned
     * @param pause between two looks
     */
    public RepositoryWatch(ModelRepository repository, Duration pause) {
        this.repository = repository;
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "tidegate-repository");
            made.setDaemon(true);
            return made;
        });
        thread.scheduleWithFixedDelay(this::look, pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void look() {
        try {
            repository.scan();
            failing = false;
        } catch (IOException | RuntimeException | Error e) { // an exception would end the schedule
            if (!failing) {
                LOG.log(Level.WARNING, "the folder of the models cannot be looked at: {0}", e.toString());
            }
            failing = true;
        }
    }

    /** Ends; a look that has begun is finished. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
