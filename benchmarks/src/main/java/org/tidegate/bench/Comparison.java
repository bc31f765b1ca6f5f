/* One line of the comparison: prepare, compare outputs, then time. */
package org.tidegate.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tidegate.bench.work.Contender;
import org.tidegate.bench.work.Kind;
import org.tidegate.bench.work.Peer;
import org.tidegate.bench.work.Problem;

/** Runs the lines. A peer whose outputs differ from ours is named and not timed. */
final class Comparison {
    private final TidegatePeer ourselves = new TidegatePeer();
    private final List<Peer> peers;
    private final Floor floor;
    private final Race race;
    private final Progress progress;

    /** A comparison with those peers; the floor may be null. */
    Comparison(List<Peer> peers, Floor floor, Race race, Progress progress) {
        this.peers = peers;
        this.floor = floor;
        this.race = race;
        this.progress = progress;
    }

    /** Whether we can do the work at all. */
    boolean supports(Row row) {
        return row.work().supportedBy(ourselves);
    }

    /** Compares and times one line. */
    Outcome run(Row row) throws Exception {
        Problem problem = row.work().problem();
        List<Lane> lanes = new ArrayList<>();
        List<Entry> silent = new ArrayList<>();
        try {
            Contender ours = problem.prepare(ourselves);
            float[] results = Agreement.results(row.work(), ours);
            double error = row.work().kind() == Kind.TRAIN || row.work().ragged() ? Double.NaN : Agreement.error(problem, results);
            lanes.add(new Lane(ourselves.name(), error, ours));
            if (error > Contenders.tolerance(row.work())) {
                throw new IllegalStateException(
                    String.format(Locale.ROOT, "%s: our outputs are off by %.1e; there is nothing to compare.", row.id(), error));
            }
            if (row.baseline() != null) {
                Contender baseline = row.baseline().problem().prepare(ourselves);
                lanes.add(new Lane(ourselves.name() + " " + row.baseline().label(), Double.NaN, baseline));
            }
            for (Peer peer : peers) {
                if (row.work().supportedBy(peer)) {
                    enter(peer, problem, results, lanes, silent);
                }
            }
            return time(row, lanes, silent);
        } finally {
            lanes.forEach(lane -> lane.contender().close());
        }
    }

    private void enter(Peer peer, Problem problem, float[] results, List<Lane> lanes, List<Entry> silent) {
        Contender contender = null;
        try {
            contender = problem.prepare(peer);
            double difference = Agreement.difference(problem.work(), results, Agreement.results(problem.work(), contender));
            if (difference <= Contenders.tolerance(problem.work())) {
                lanes.add(new Lane(peer.name(), difference, contender));
                return;
            }
            String note = String.format(Locale.ROOT, "not timed: its outputs differ from ours by %.1e", difference);
            silent.add(new Entry(peer.name(), difference, null, null, -1, note));
        } catch (Exception | LinkageError e) {
            silent.add(new Entry(peer.name(), Double.NaN, null, null, -1, "not timed: " + e));
        }
        progress.say("  " + peer.name() + " " + silent.get(silent.size() - 1).note());
        if (contender != null) {
            contender.close();
        }
    }

    private Outcome time(Row row, List<Lane> lanes, List<Entry> silent) {
        System.gc();
        List<Contender> contenders = lanes.stream().map(Lane::contender).toList();
        List<Times> times = race.run(contenders);
        List<long[]> latencies = row.latency() ? race.latencies(contenders) : List.of();
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < lanes.size(); i++) {
            Lane lane = lanes.get(i);
            Percentiles percentiles = row.latency() ? Percentiles.of(latencies.get(i)) : null;
            entries.add(new Entry(lane.name(), lane.difference(), times.get(i), percentiles, lane.contender().bytes(),
                lane.contender().note()));
        }
        entries.addAll(silent);
        return new Outcome(row, entries, floor == null ? Double.NaN : floor.seconds(row.work()));
    }

    private record Lane(String name, double difference, Contender contender) {
    }
}
