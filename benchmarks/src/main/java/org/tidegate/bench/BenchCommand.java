/* The benchmarks' command line. */
package org.tidegate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.tidegate.bench.work.Peer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares, times, and writes CSV, Markdown and charts. The launcher script has the help and refuses what is unknown. */
@Command(name = "tidegate bench")
public final class BenchCommand implements Callable<Integer> {
    private static final int JAVA_THREADS = 2;
    /** What chooses the price of a call. */
    private static final String CALL = "call";
    /** What chooses how the answers of a task scale. */
    private static final String ANSWERS = "answers";

    @Option(names = "--rows", paramLabel = "PATTERN")
    private Pattern rows = Pattern.compile("");

    @Option(names = "--against", paramLabel = "PATTERN")
    private Pattern against = Pattern.compile("");

    @Option(names = "--quick")
    private boolean quick;

    @Option(names = "--out", paramLabel = "FOLDER")
    private Path out = Path.of("target", "bench");

    @Option(names = "--floor", paramLabel = "FILE")
    private Path floorFile;

    private BenchCommand() {
    }

    /** Runs it and exits. */
    public static void main(String[] arguments) {
        CommandLine command = new CommandLine(new BenchCommand());
        command.setExecutionExceptionHandler((failure, line, result) -> {
            if (!(failure instanceof IllegalArgumentException)) {
                throw failure;
            }
            System.err.println("tidegate bench: " + failure.getMessage());
            return CommandLine.ExitCode.USAGE;
        });
        System.exit(command.execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Progress progress = new Progress(System.out);
        Files.createDirectories(out);
        Floor floor = floorFile == null ? null : Floor.read(floorFile);
        List<Peer> peers = Contenders.peers().stream().filter(peer -> against.matcher(peer.name()).find()).toList();
        Comparison comparison = new Comparison(peers, floor, new Race(quick ? 0.3 : 1, 7), progress);
        Throughput throughput = new Throughput(quick ? 7 : 15);
        List<Row> chosen = Rows.all().stream().filter(row -> rows.matcher(row.id()).find()).filter(comparison::supports).toList();
        List<String> head = Machine.describe(floor);
        head.forEach(progress::say);
        boolean call = rows.matcher(CALL).find();
        boolean answers = rows.matcher(ANSWERS).find();
        if (chosen.isEmpty() && !call && !answers) {
            String groups = CALL + ", " + ANSWERS + ", " + String.join(", ", Rows.all().stream().map(Row::group).distinct().toList());
            throw new IllegalArgumentException(
                "--rows " + rows + " chooses no line. Groups are " + groups + "; a line is like " + Rows.all().get(0).id() + ".");
        }
        if (call) {
            CallPrice price = CallPrice.measure(out);
            progress.say(price.toString());
            head.add(price.toString());
        }
        if (answers) {
            String scaling = AnswersScaling.measure(JAVA_THREADS, quick ? 7 : 15).toString();
            progress.say(scaling);
            head.add(scaling);
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (Row row : chosen) {
            Outcome outcome = row.group().equals(Rows.JAVA_THREADS) ? throughput.run(row, JAVA_THREADS) : comparison.run(row);
            outcomes.add(outcome);
            progress.say("[" + outcomes.size() + "/" + chosen.size() + "] " + summary(outcome));
            write(head, outcomes);
        }
        CurveChart.writeAll(out, Curve.of(outcomes));
        progress.say("results in " + out.toAbsolutePath().normalize());
        return 0;
    }

    private void write(List<String> head, List<Outcome> outcomes) throws IOException {
        CsvReport.write(out.resolve("results.csv"), outcomes);
        MarkdownReport.write(out.resolve("results.md"), head, outcomes, Curve.of(outcomes));
    }

    private static String summary(Outcome outcome) {
        StringBuilder text = new StringBuilder(outcome.row().id());
        for (Entry entry : outcome.entries()) {
            if (entry.isTimed()) {
                text.append(String.format(Locale.ROOT, " | %s %.2f us (x%.2f, %.0e)", entry.name(), entry.times().median() * 1e6,
                    outcome.ratio(entry), entry.difference()));
            }
        }
        return text.toString();
    }
}
