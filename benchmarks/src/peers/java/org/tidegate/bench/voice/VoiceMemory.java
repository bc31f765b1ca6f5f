/* What streams take, each count of them in a JVM of its own. */
package org.tidegate.bench.voice;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.Tidegate;

/**
 * Starts the streams, lets each hear some chunks, and says by how much the process has grown since the library was loaded. The JVM has touched
 * its heap before, and what lives there counts besides; it compiles with C1, whose own memory is small beside what is measured.
 */
final class VoiceMemory {
    private static final int STEPS = 5;
    private static final List<String> HEAP = List.of("-XX:+UseSerialGC", "-Xms48m", "-Xmx48m", "-XX:+AlwaysPreTouch",
        "-XX:TieredStopAtLevel=1");

    /** How streams are held. */
    enum Form { SESSIONS, SIDE_BY_SIDE, ONNX_RUNTIME }

    private VoiceMemory() {
    }

    /** Bytes of the process above the JVM with so many streams. ONNX Runtime reads the file, we what was saved of it. */
    static long measure(Form form, int streams, Path file) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(HEAP);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), VoiceMemory.class.getName(), form.name(),
            Integer.toString(streams), file.toString()));
        Process child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (child.waitFor() != 0) {
            throw new IOException("the process with " + streams + " streams ended with exit code " + child.exitValue() + " " + said);
        }
        return Long.parseLong(said);
    }

    /** The child: form, streams, file. */
    public static void main(String[] arguments) throws Exception {
        Form form = Form.valueOf(arguments[0]);
        int streams = Integer.parseInt(arguments[1]);
        Path file = Path.of(arguments[2]);
        VoiceSignal signal = VoiceSignal.synthetic();
        if (form == Form.ONNX_RUNTIME) {
            OrtEnvironment.getEnvironment();
        } else {
            Tidegate.instructionSet();
        }
        long before = memory();
        if (form == Form.ONNX_RUNTIME) {
            List<VoiceContender> all = new ArrayList<>();
            for (int i = 0; i < streams; i++) {
                all.add(new OnnxVoice(file, signal, 1));
            }
            report(all, before);
        } else {
            try (FrozenModel model = frozen(file)) {
                List<VoiceContender> all = new ArrayList<>();
                if (form == Form.SIDE_BY_SIDE) {
                    all.add(new TidegateVoice.Streams(model, signal, streams));
                } else {
                    for (int i = 0; i < streams; i++) {
                        all.add(new TidegateVoice.Stream(model, signal));
                    }
                }
                report(all, before);
            }
        }
    }

    private static FrozenModel frozen(Path file) throws IOException {
        try (Model model = Model.load(file)) {
            return model.freeze(Precision.FLOAT32);
        }
    }

    private static void report(List<VoiceContender> all, long before) throws IOException {
        for (int step = 0; step < STEPS; step++) {
            all.forEach(VoiceContender::run);
        }
        System.out.println(memory() - before);
        all.forEach(VoiceContender::close);
    }

    private static long memory() throws IOException {
        System.gc();
        Runtime heap = Runtime.getRuntime();
        return resident() + heap.totalMemory() - heap.freeMemory();
    }

    private static long resident() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            String line = lines.filter(each -> each.startsWith("VmRSS:")).findFirst().orElseThrow();
            return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
    }
}
