/* The benchmark of a voice detector. */
package org.tidegate.bench.voice;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.audio.AudioFile;
import org.tidegate.bench.Floor;
import org.tidegate.bench.Machine;
import org.tidegate.bench.Race;
import org.tidegate.bench.Times;
import org.tidegate.bench.voice.VoiceReport.Cost;
import org.tidegate.bench.voice.VoiceReport.Line;
import org.tidegate.checkpoint.AtomicFile;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Times Silero VAD (5 or 6, 16 kHz) in ONNX Runtime and imported into Tidegate, in one run: a step, 64 streams side by side, a sequence; then
 * what reduced precisions cost, and the memory of streams. Probabilities are compared before anything is timed.
 */
@Command(name = "tidegate bench --vad")
public final class VoiceCommand implements Callable<Integer> {
    private static final int STREAMS = 64;
    /** A batch that is often faster in ONNX Runtime than the whole 64 at once. */
    private static final int FEWER_STREAMS = 16;
    private static final int[] MEMORY = {1, 100, 1000};
    /** More sessions of ONNX Runtime would need ten gigabytes. */
    private static final int MOST_OF_ONNX = 100;
    private static final double TOLERANCE = 1e-5;
    private static final double THRESHOLD = 0.5;

    @Option(names = "--vad", required = true)
    private Path file;

    @Option(names = "--sound")
    private Path sound;

    @Option(names = "--quick")
    private boolean quick;

    @Option(names = "--out", required = true)
    private Path out;

    @Option(names = "--floor", required = true)
    private Path floorFile;

    private VoiceCommand() {
    }

    /** Runs it and exits. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new VoiceCommand()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        VoiceSignal signal = sound == null ? VoiceSignal.synthetic() : VoiceSignal.of(AudioFile.read(sound));
        VoiceReport report = new VoiceReport(Machine.describe(Floor.read(floorFile)));
        try (Model model = TidegateVoice.read(file)) {
            race(model, signal, report);
            costs(model, signal, report);
            memory(model, report);
        }
        Path page = out.resolve("vad.md");
        AtomicFile.write(page, report.toString().getBytes(StandardCharsets.UTF_8));
        System.out.print(report);
        System.out.println("\nresults in " + page.toAbsolutePath().normalize());
        return 0;
    }

    /** All forms in turns. */
    private void race(Model model, VoiceSignal signal, VoiceReport report) throws Exception {
        List<VoiceContender> all = new ArrayList<>();
        List<FrozenModel> models = new ArrayList<>();
        try {
            all.add(new OnnxVoice(file, signal, 1));
            all.add(new OnnxVoice(file, signal, STREAMS));
            all.add(new OnnxVoice(file, signal, FEWER_STREAMS));
            for (Precision precision : Precision.values()) {
                FrozenModel frozen = model.freeze(precision);
                models.add(frozen);
                all.add(new TidegateVoice.Stream(frozen, signal));
                all.add(new TidegateVoice.Streams(frozen, signal, STREAMS));
                all.add(new TidegateVoice.Sequence(frozen, signal));
            }
            report.difference(compare(all.get(0), all.get(3)), compare(all.get(1), all.get(4)), sequenceDifference(model, signal));
            List<Times> times = new Race(quick ? 0.5 : 3, 7).run(all);
            for (int i = 0; i < all.size(); i++) {
                report.line(new Line(all.get(i).form(), all.get(i).chunks(), times.get(i)));
            }
        } finally {
            all.forEach(VoiceContender::close);
            models.forEach(FrozenModel::close);
        }
    }

    /** The largest difference over the signal. */
    private static double compare(VoiceContender theirs, VoiceContender ours) {
        double largest = 0;
        for (int step = 0; step < VoiceSignal.CHUNKS; step++) {
            theirs.run();
            ours.run();
            largest = Math.max(largest, agreed(theirs.output(), ours.output(), TOLERANCE));
        }
        return largest;
    }

    private static double agreed(float[] theirs, float[] ours, double tolerance) {
        double largest = VoiceReport.cost("", theirs, ours, THRESHOLD, 0).largest();
        if (!(largest <= tolerance)) {
            throw new IllegalStateException("probabilities differ by " + largest + "; nothing is timed");
        }
        return largest;
    }

    private double sequenceDifference(Model model, VoiceSignal signal) throws Exception {
        try (FrozenModel frozen = model.freeze(Precision.FLOAT32)) {
            return agreed(theirs(signal), sequence(frozen, signal), TOLERANCE);
        }
    }

    private float[] theirs(VoiceSignal signal) throws Exception {
        float[] all = new float[VoiceSignal.CHUNKS];
        try (VoiceContender theirs = new OnnxVoice(file, signal, 1)) {
            for (int step = 0; step < all.length; step++) {
                theirs.run();
                all[step] = theirs.output()[0];
            }
        }
        return all;
    }

    private static float[] sequence(FrozenModel model, VoiceSignal signal) {
        try (VoiceContender ours = new TidegateVoice.Sequence(model, signal)) {
            ours.run();
            return ours.output();
        }
    }

    private void costs(Model model, VoiceSignal signal, VoiceReport report) throws Exception {
        float[] theirs = theirs(signal);
        for (Precision precision : Precision.values()) {
            try (FrozenModel frozen = model.freeze(precision)) {
                Cost cost = VoiceReport.cost(precision.name().toLowerCase(Locale.ROOT), theirs, sequence(frozen, signal), THRESHOLD,
                    frozen.bytes());
                report.cost(cost);
            }
        }
    }

    private void memory(Model model, VoiceReport report) throws IOException, InterruptedException {
        Path saved = Files.createTempFile("vad", ".safetensors");
        try {
            model.save(saved);
            for (int streams : MEMORY) {
                report.memory(streams, VoiceMemory.measure(VoiceMemory.Form.SESSIONS, streams, saved),
                    VoiceMemory.measure(VoiceMemory.Form.SIDE_BY_SIDE, streams, saved),
                    streams > MOST_OF_ONNX ? -1 : VoiceMemory.measure(VoiceMemory.Form.ONNX_RUNTIME, streams, file));
            }
        } finally {
            Files.delete(saved);
        }
    }
}
