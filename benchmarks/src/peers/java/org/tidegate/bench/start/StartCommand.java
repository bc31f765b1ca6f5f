/* The benchmark of a start. */
package org.tidegate.bench.start;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.tidegate.Model;
import org.tidegate.bench.Floor;
import org.tidegate.bench.Machine;
import org.tidegate.checkpoint.AtomicFile;
import org.tidegate.onnx.OnnxExport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Starts JVMs in turns, each of which opens a small LSTM and answers once: with Tidegate, with ONNX Runtime, and one that does nothing. Answers are compared before anything is timed. Then the same with the classes of each in an archive
 * (-XX:SharedArchiveFile).
 */
@Command(name = "tidegate bench --start")
public final class StartCommand implements Callable<Integer> {
    /** What a program of ours does, as it is marked. */
    static final List<String> PARTS = List.of("the native library", "the file", "freezing", "session and first answer");

    private static final String SPEC = "words = ids axis=text\ne = embedding words rows=2000 cols=64\n"
        + "h = recurrent e cell=lstm size=128\ny = linear h.h_n cols=2\n";
    private static final int WORDS = 20;
    private static final int TURNS = 15;
    private static final int QUICK_TURNS = 5;
    private static final double TOLERANCE = 1e-5;
    private static final double TARGET = 0.5;
    private static final double MOST_MEGABYTES = 3.5;

    @Option(names = "--start", required = true)
    private boolean start;

    @Option(names = "--quick")
    private boolean quick;

    @Option(names = "--out", required = true)
    private Path out;

    @Option(names = "--floor", required = true)
    private Path floorFile;

    private StartCommand() {
    }

    /** Runs it and exits. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new StartCommand()).execute(arguments));
    }

    /** What is asked. */
    static int[] words() {
        int[] words = new int[WORDS];
        for (int i = 0; i < WORDS; i++) {
            words[i] = i * 97 % 2000;
        }
        return words;
    }

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("start");
        try {
            Path ours = folder.resolve("model.safetensors");
            Path theirs = folder.resolve("model.onnx");
            try (Model model = Model.of(SPEC, 1)) {
                model.save(ours);
                OnnxExport.of(model).outputs("y").write(theirs);
            }
            String report = report(folder, ours, theirs);
            Path page = out.resolve("start.md");
            AtomicFile.write(page, report.getBytes(StandardCharsets.UTF_8));
            System.out.print(report);
            System.out.println("\nresults in " + page.toAbsolutePath().normalize());
            return 0;
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private String report(Path folder, Path ours, Path theirs) throws IOException, InterruptedException {
        List<Path> tidegate = jars("tidegate-[0-9.]+|jackson-core-.*");
        List<Path> onnxRuntime = jars("onnxruntime-.*");
        List<String> cache = List.of("-Dorg.bytedeco.javacpp.cachedir=" + System.getProperty("org.bytedeco.javacpp.cachedir"));
        Starts empty = new Starts("an empty program", List.of(), jars("nothing"), EmptyStart.class, ours);
        Starts whole = new Starts("Tidegate", cache, tidegate, TidegateStart.class, ours);
        Starts other = new Starts("ONNX Runtime", List.of(), onnxRuntime, OnnxStart.class, theirs);
        Path ourArchive = folder.resolve("ours.jsa");
        Path theirArchive = folder.resolve("theirs.jsa");
        new Starts("an archive", with(cache, "-XX:ArchiveClassesAtExit=" + ourArchive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"), tidegate,
            TidegateStart.class, ours).run(false);
        new Starts("an archive", List.of("-XX:ArchiveClassesAtExit=" + theirArchive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"), onnxRuntime,
            OnnxStart.class, theirs).run(false);
        Starts archived = new Starts("Tidegate, classes archived", with(cache, "-XX:SharedArchiveFile=" + ourArchive), tidegate,
            TidegateStart.class, ours);
        Starts otherArchived = new Starts("ONNX Runtime, classes archived", List.of("-XX:SharedArchiveFile=" + theirArchive), onnxRuntime,
            OnnxStart.class, theirs);
        List<Starts> all = List.of(whole, other, empty, archived, otherArchived);
        for (Starts each : all) {
            each.run(false); // files come into the page cache, libraries are unpacked
        }
        compare(whole.scores(), other.scores());
        int turns = quick ? QUICK_TURNS : TURNS;
        for (int turn = 0; turn < turns; turn++) {
            for (Starts each : all) {
                each.run(true);
            }
        }
        StringBuilder page = new StringBuilder("# From the JVM's start to the first answer\n\n");
        page.append("- ").append(Machine.describe(Floor.read(floorFile)).get(0)).append('\n')
            .append("- Medians of JVMs that took turns; the processor's times are means. A ratio below 1: less time than ONNX Runtime.\n");
        page.append("\nEmbedding 2000 x 64, LSTM 128, 2 scores, ").append(WORDS).append(" words; plain `java`, ").append(turns)
            .append(" turns. Answers agree.\n\n")
            .append("| program | of ONNX Runtime's time | of its processor time | ms to the answer | ms of processor |\n")
            .append("| --- | --- | --- | --- | --- |\n");
        for (Starts each : all) {
            Starts beside = each == archived || each == otherArchived ? otherArchived : other;
            page.append(row("| %s | **%.2f** | %.2f | %.0f | %.0f |\n", each.name, each.answered() / beside.answered(),
                each.processor() / beside.processor(), each.answered() * 1e3, each.processor() * 1e3));
        }
        page.append(row("\nTarget: %.2f of ONNX Runtime's time; %s.\n\n| part | ms |\n| --- | --- |\n", TARGET,
            whole.answered() <= TARGET * other.answered() ? "reached" : "missed"));
        double[] parts = whole.parts();
        page.append(row("| the JVM, to main | %.1f |\n", parts[0] * 1e3));
        for (int i = 0; i < PARTS.size(); i++) {
            page.append(row("| %s | %.1f |\n", PARTS.get(i), parts[i + 1] * 1e3));
        }
        page.append("\n| jars of a program that | MB |\n| --- | --- |\n")
            .append(row("| serves by Tidegate (at most %.1f) | %.2f |\n", MOST_MEGABYTES, megabytes(tidegate)))
            .append(row("| serves by ONNX Runtime | %.1f |\n", megabytes(onnxRuntime)));
        return page.toString();
    }

    private static String row(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static List<String> with(List<String> options, String... more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return all;
    }

    /** The benchmark's own jar, and those of these names. */
    private static List<Path> jars(String names) {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of)
            .filter(jar -> jar.getFileName().toString().matches("(tidegate-benchmarks|" + names + ")\\.jar")).toList();
    }

    private static double megabytes(List<Path> jars) throws IOException {
        double bytes = 0;
        for (Path jar : jars) {
            bytes += jar.getFileName().toString().startsWith("tidegate-benchmarks") ? 0 : Files.size(jar);
        }
        return bytes / 1e6;
    }

    private static void compare(float[] ours, float[] theirs) {
        for (int i = 0; i < ours.length; i++) {
            if (!(Math.abs(ours[i] - theirs[i]) <= TOLERANCE)) {
                throw new IllegalStateException("the answers differ: " + ours[i] + " and " + theirs[i] + "; nothing is timed");
            }
        }
    }
}
