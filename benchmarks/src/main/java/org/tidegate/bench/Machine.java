package org.tidegate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.tidegate.Tidegate;

/** What the figures belong to. */
public final class Machine {
    private Machine() {
    }

    /** The first lines of a report: processor, date, versions, floor. */
    public static List<String> describe(Floor floor) {
        List<String> lines = new ArrayList<>();
        int cores = Runtime.getRuntime().availableProcessors();
        lines.add(processor() + ", " + cores + (cores == 1 ? " core; " : " cores; ") + LocalDate.now() + "; Java "
            + Runtime.version().feature() + "; Tidegate " + Tidegate.version() + " (" + Tidegate.instructionSet() + ").");
        lines.add("Medians of contenders that took turns in one run, one thread unless said otherwise. A ratio above 1: "
            + "Tidegate is faster.");
        lines.add(floor == null ? "The floor was not measured." : "Floor of one core: " + floor + ".");
        return lines;
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name")).findFirst().map(line -> line.substring(line.indexOf(':') + 2))
                .orElse("unknown processor");
        } catch (IOException e) {
            return "unknown processor (" + e.getMessage() + ")";
        }
    }
}
