package org.tidegate.task;

import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.Network;
import org.tidegate.Precision;
import org.tidegate.Session;

/** Opens sessions for so many threads; where the threads are refused, nothing stays open. */
final class Sessions {
    private Sessions() {}

    /** A session over a network. The caller closes it. */
    static Session of(Network network, int threads) {
        Session session = network.newSession();
        try {
            session.setThreads(threads);
            return session;
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    /** A session over a model as it is now, its weights packed in a precision. The caller closes it, and it holds all that it needs. */
    static Session frozen(Model model, int threads, Precision precision) {
        try (FrozenModel frozen = model.freeze(precision)) {
            return of(frozen, threads);
        }
    }
}
