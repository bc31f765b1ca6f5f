package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

/** A detector for which loud sound is speech, and a talk that is loud from 0.5 to 1.2 s and from 1.8 to 2.55 s. */
class VoiceTest {
    private static final int HEADER = 44;
    private static final String SPANS = "0\\.[45]\\d s  1\\.2\\d s  (0\\.9\\d|1\\.00)\n1\\.[78]\\d s  2\\.[56]\\d s  (0\\.9\\d|1\\.00)\n";

    @TempDir
    static Path folder;
    private static Path model;
    private static Path talk;

    @BeforeAll
    static void write() throws Exception {
        ExampleData.voice(folder);
        model = folder.resolve("vad.safetensors");
        talk = folder.resolve("talk.wav");
    }

    private static byte[] samples() throws Exception {
        byte[] wav = Files.readAllBytes(talk);
        return Arrays.copyOfRange(wav, HEADER, wav.length);
    }

    @Test
    void eachSpanOfARecordingIsALine() throws Exception {
        String out = Run.of("predict", "--model", model, talk).succeeded().out();
        assertTrue(out.matches(SPANS), out);
        assertEquals(out, Run.fed(Files.readAllBytes(talk), "predict", "--model", model, "-").succeeded().out());
        JsonObject json = JsonObject.parse(Run.of("predict", "--model", model, "--json", talk).succeeded().out());
        assertEquals(List.of("input", "seconds", "spans"), List.copyOf(json.keys()));
        assertEquals(3.0, json.number("seconds"));
        List<JsonObject> spans = json.objects("spans");
        assertEquals(List.of("start", "end", "first_sample", "end_sample", "probability"), List.copyOf(spans.get(0).keys()));
        assertEquals(0.5, spans.get(0).number("start"), 0.05);
        assertEquals(spans.get(1).number("end") * 8000, spans.get(1).wholeNumber("end_sample"), 1e-6);
    }

    @Test
    void severalRecordingsAreNamedAndOneWithoutSpeechSaysSo() {
        Path tone = folder.resolve("quiet.wav");
        List<String> lines = Run.of("predict", "--model", model, talk, tone).succeeded().out().lines().toList();
        assertEquals(3, lines.size());
        assertTrue(lines.get(0).startsWith(talk + "  0."), lines.get(0));
        assertEquals(tone + "  no speech", lines.get(2));
        assertEquals("no speech\n", Run.of("predict", "--model", model, tone).succeeded().out());
        assertEquals(lines, Run.fed(talk + "\n" + tone + "\n", "predict", "--model", model).succeeded().out().lines().toList());
        Run run = Run.of("predict", "--model", model, folder.resolve("none.wav"), talk);
        assertEquals(1, run.code());
        assertEquals(3, run.out().lines().count());
    }

    @Test
    void aThresholdOfOnesOwnAndAPicture() throws Exception {
        assertEquals("no speech\n", Run.of("predict", "--model", model, "--threshold", 1, talk).succeeded().out());
        Path chart = folder.resolve("talk.png");
        Run.of("predict", "--model", model, "--chart", chart, talk).succeeded();
        assertEquals(1000, ImageIO.read(chart.toFile()).getWidth());
        Run.of("predict", "--model", model, "--chart", folder.resolve("quiet.png"), folder.resolve("quiet.wav")).succeeded();
        Run.of("predict", "--model", model, "--chart", chart, talk, talk).failed("one at a time");
    }

    @Test
    void samplesWithoutAHeaderAreHeardWhileTheyCome() throws Exception {
        byte[] samples = samples();
        String out = Run.of("predict", "--model", model, talk).out();
        assertEquals(out, Run.fed(samples, "predict", "--model", model, "--raw", 8000, "-").succeeded().out());
        Path raw = Files.write(folder.resolve("talk.raw"), Arrays.copyOf(samples, samples.length - 1)); // half a sample
        assertEquals(out, Run.of("predict", "--model", model, "--raw", 8000, raw).succeeded().out());
        JsonObject faster = JsonObject.parse(Run.of("predict", "--model", model, "--raw", 16_000, "--json", raw).succeeded().out());
        assertEquals(0.25, faster.objects("spans").get(0).number("start"), 0.04);
        assertEquals(23_999 / 16_000.0, faster.number("seconds"));

        Process process = ChildJvm.of(List.of("-XX:+UseSerialGC"), TidegateCommand.class, "predict", "--model", model.toString(), "--raw",
                "8000", "-").redirectErrorStream(false).start();
        try (OutputStream to = process.getOutputStream(); BufferedReader in = process.inputReader()) {
            to.write(samples, 0, samples.length / 2); // the first span has ended
            to.flush();
            assertEquals(out.lines().findFirst().orElseThrow(), in.readLine());
            assertFalse(in.ready());
            to.write(samples, samples.length / 2, samples.length - samples.length / 2);
            to.close();
            assertEquals(out.lines().skip(1).findFirst().orElseThrow(), in.readLine());
        }
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    }

    @Test
    void whatItHasNoUseForIsRefused() throws Exception {
        Run.of("predict", "--model", model, "--raw", 0, "-").failed("the sample rates are 0 and 8000 Hz");
        Run.of("predict", "--model", model, "--raw", 8000, "--chart", folder.resolve("x.png"), talk).failed("no use for --chart");
        Run.of("predict", "--model", model, "--beam", 3, talk).failed("no use for --beam");
        Run.of("predict", "--model", model, "--top", 3, talk).failed("no use for --top");
        Run.of("predict", "--model", model, "--threshold", 0, talk).failed("the threshold of speech is 0.0");
        Run.of("evaluate", "--model", model, "--data", talk).failed("a voice detector has no figures to measure");
        Run.of("train", "voice").failed("a voice detector is not trained here");
        Path text = Files.writeString(folder.resolve("notes.txt"), "the cat sees a bird. ".repeat(20));
        Path notes = folder.resolve("notes.safetensors");
        Run.train(text, notes, "--epochs", 0.1);
        Run.of("predict", "--model", notes, "--raw", 8000, "the").failed("no use for --raw");
    }

    @Test
    void inspectShowsWhatItIs() {
        Run run = Run.of("inspect", "--json", model).succeeded();
        String first = model + ": voice activity at 8000 Hz, a probability every 32.0 ms, speech from 0.50 on";
        assertEquals(first, run.out().lines().findFirst().orElseThrow());
        assertTrue(run.out().contains("It answers only"), run.out());
        JsonObject json = JsonObject.parse(run.lastLine());
        assertEquals("voice", json.string("task"));
        assertFalse(json.flag("resumable"));
    }
}
