/* The benchmark of a server. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tidegate.bench.Floor;
import org.tidegate.bench.Machine;
import org.tidegate.checkpoint.AtomicFile;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves classifiers with random weights from processes of their own, and asks them. Answers are compared before anything is timed. */
@Command(name = "tidegate bench --serve")
public final class LoadCommand implements Callable<Integer> {
    @Option(names = "--serve", required = true)
    private boolean serve;

    @Option(names = "--server", required = true)
    private Path server;

    @Option(names = "--quick")
    private boolean quick;

    @Option(names = "--rows")
    private Pattern rows = Pattern.compile("");

    @Option(names = "--out", required = true)
    private Path out;

    @Option(names = "--floor", required = true)
    private Path floorFile;

    private LoadCommand() {
    }

    /** Runs it and exits. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new LoadCommand()).execute(arguments));
    }

    /** A part of the report. */
    @FunctionalInterface
    private interface Section {
        String measure(Bench bench) throws IOException, InterruptedException;
    }

    private static final Map<String, Section> SECTIONS = new LinkedHashMap<>();

    static {
        SECTIONS.put("transports of lstm128", bench -> Transports.measure(bench, Workload.SMALL));
        SECTIONS.put("transports of lstm512", bench -> Transports.measure(bench, Workload.LARGE));
        SECTIONS.put("clients", Clients::measure);
        SECTIONS.put("second-opinion", SecondOpinion::measure);
        SECTIONS.put("batching", Batching::measure);
        SECTIONS.put("peers", Peers::measure);
        SECTIONS.put("sequences", OpenSequences::measure);
        SECTIONS.put("memory", Endurance::measure);
        SECTIONS.put("start", Readiness::measure);
    }

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("serve");
        try {
            Bench bench = Bench.prepare(folder, server, out, quick);
            Path file = out.resolve("serve.md");
            MachineTime begin = MachineTime.now();
            StringBuilder page = new StringBuilder("# A server under load\n\n- " + Machine.describe(Floor.read(floorFile)).get(0) + "\n"
                + "- Server and clients share the machine. Inference: the part of its time that runs of the model took.\n");
            for (Map.Entry<String, Section> each : SECTIONS.entrySet()) {
                if (rows.matcher(each.getKey()).find()) {
                    String section = "\n## " + each.getKey() + "\n\n" + measure(bench, each.getKey(), each.getValue());
                    System.out.print(section);
                    page.append(section);
                    AtomicFile.write(file, page.toString().getBytes(StandardCharsets.UTF_8));
                }
            }
            List<String> faults = bench.findings().faults();
            String end = String.format(Locale.ROOT, "%nAll in %.0f s. %s%n", begin.secondsTo(MachineTime.now()), faults.isEmpty()
                ? "No request failed, and every rate that was offered was reached."
                : "**What went wrong:**\n\n- " + String.join("\n- ", faults));
            System.out.print(end);
            AtomicFile.write(file, page.append(end).toString().getBytes(StandardCharsets.UTF_8));
            System.out.println("\nresults in " + file.toAbsolutePath().normalize());
            return faults.isEmpty() ? 0 : 1;
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** A section and what is to be known about it. One that fails does not keep the others from being measured. */
    private static String measure(Bench bench, String name, Section section) throws IOException, InterruptedException {
        MachineTime begin = MachineTime.now();
        String text;
        try {
            text = section.measure(bench);
        } catch (IOException | IllegalStateException e) {
            text = "Failed: " + e.getMessage() + "\n";
            bench.findings().fault(name + ": " + e.getMessage());
        }
        MachineTime end = MachineTime.now();
        List<String> unsteady = bench.findings().takeUnsteady();
        return text + String.format(Locale.ROOT, "%n%.0f s; other processes took %.0f %% of the machine's time.%s%n", begin.secondsTo(end),
            100 * begin.othersTo(end), unsteady.isEmpty() ? "" : String.format(Locale.ROOT,
                " No two windows of the warm-up agreed within %.0f %%: %s.", 100 * WarmUp.TOLERANCE, String.join("; ", unsteady)));
    }
}
