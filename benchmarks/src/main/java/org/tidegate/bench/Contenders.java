/* Who can be measured. */
package org.tidegate.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import org.tidegate.Precision;
import org.tidegate.bench.work.Contender;
import org.tidegate.bench.work.Peer;
import org.tidegate.bench.work.Problem;
import org.tidegate.bench.work.Work;

/** Ourselves and the peers on the class path. */
public final class Contenders {
    private Contenders() {
    }

    /** The peers, in the order of their service file; none without the peers' profile. */
    static List<Peer> peers() {
        return ServiceLoader.load(Peer.class).stream().map(ServiceLoader.Provider::get).toList();
    }

    /**
     * The contender of that name, ready to run.
     *
     * @throws IllegalArgumentException if there is none, or it cannot do the work
     * @throws IllegalStateException if its outputs are not ours
     */
    public static Contender prepareChecked(String name, Work work) throws Exception {
        Problem problem = work.problem();
        Peer ourselves = new TidegatePeer();
        List<Peer> all = new ArrayList<>(peers());
        all.add(0, ourselves);
        Peer chosen = all.stream().filter(peer -> peer.name().equals(name) && work.supportedBy(peer)).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("Nobody called '" + name + "' who does " + work + "; there are "
                + String.join(", ", all.stream().map(Peer::name).toList()) + "."));
        Contender contender = problem.prepare(chosen);
        try (Contender ours = problem.prepare(ourselves)) {
            double difference = Agreement.difference(work, Agreement.results(work, ours), Agreement.results(work, contender));
            if (!(difference <= tolerance(work))) {
                throw new IllegalStateException(
                    String.format(Locale.ROOT, "%s: the outputs of %s differ from ours by %.1e.", work, name, difference));
            }
        }
        return contender;
    }

    /** The largest difference of outputs with which two compute the same function. */
    static double tolerance(Work work) {
        return work.precision() == Precision.FLOAT32 ? 1e-4 : work.precision() == Precision.BFLOAT16 ? 1e-2 : 5e-2;
    }
}
