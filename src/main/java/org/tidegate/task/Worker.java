package org.tidegate.task;

import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.Session;

/**
 * A session over a frozen model and a batch for it, lent by {@link Workers} to one borrower at a time. It comes as new: without state, and
 * with an empty batch. What the session shows belongs to it: copy what outlives the loan.
 */
public final class Worker {
    private final Session session;
    private final Batch batch;

    Worker(FrozenModel model, int threads) {
        session = model.newSession();
        try {
            session.setThreads(threads);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
        batch = model.newBatch();
    }

    /** The session. It is closed by its owner, not by the borrower. */
    public Session session() {
        return session;
    }

    /** A batch for the session. */
    public Batch batch() {
        return batch;
    }

    /** Forgets what the borrower did. */
    void clear() {
        session.setCarry(false);
        session.clear();
        batch.clear();
    }

    void close() {
        session.close();
    }
}
