package org.tidegate.task;

import java.util.List;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.Session;

/**
 * A session over a frozen model and a batch for it, lent by {@link Workers} to one borrower at a time: without recurrent state, and with an
 * empty batch. What the session shows belongs to it: copy what outlives the loan.
 */
public final class Worker {
    private final Session session;
    private final Batch batch;

    Worker(FrozenModel model, int threads, List<String> kept) {
        session = kept.isEmpty() ? model.newSession() : model.newSession(kept.get(0), kept.subList(1, kept.size()).toArray(String[]::new));
        try {
            session.setThreads(threads);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
        batch = model.newBatch();
    }

    /** {@return the session} Closed by its owner, not by the borrower. */
    public Session session() {
        return session;
    }

    /** {@return a batch for the session} */
    public Batch batch() {
        return batch;
    }

    /** Clears the recurrent state and the batch. */
    void clear() {
        session.setCarry(false);
        session.clear();
        batch.clear();
    }

    void close() {
        session.close();
    }
}
