/* Who has had the machine. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the machine's cores have done since it started, in ticks. Interrupts are left out: most of them here carry the load's own packets.
 *
 * @param nanoTime when this was
 * @param all ticks of all processes, those too that another guest of the same host took
 * @param own ticks of this process and of its children that have ended
 */
record MachineTime(long nanoTime, long all, long own) {
    private static final double TICKS = 100; // a second, everywhere on Linux
    private static final int[] PROCESSES = {1, 2, 3, 8}; // of /proc/stat's first line: user, nice, system, steal
    private static final int OWN = 11; // of /proc/self/stat behind the name, and three more: user and system, and those of children

    static MachineTime now() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            String[] all = lines.findFirst().orElseThrow().split(" +");
            String self = Files.readString(Path.of("/proc/self/stat"));
            String[] own = self.substring(self.lastIndexOf(')') + 2).split(" ");
            return new MachineTime(System.nanoTime(), IntStream.of(PROCESSES).mapToLong(i -> Long.parseLong(all[i])).sum(),
                IntStream.range(OWN, OWN + 4).mapToLong(i -> Long.parseLong(own[i])).sum());
        }
    }

    double secondsTo(MachineTime later) {
        return (later.nanoTime - nanoTime) / 1e9;
    }

    /** The part of all cores that went to others, if the children in between have ended. */
    double othersTo(MachineTime later) {
        double others = (later.all - all - (later.own - own)) / TICKS;
        return Math.max(0, others / (secondsTo(later) * Runtime.getRuntime().availableProcessors()));
    }
}
