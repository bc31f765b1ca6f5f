package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

/** Words of tones: "a" and "b" are 150 ms of a low and a high one. The WAV files are written by the JDK. */
class TranscribeTest {
    private static final int LENGTH = 1200;

    @TempDir
    Path folder;
    private Path list;
    private Path model;

    private Path wav(String name, String text, int channels, int seed) throws IOException {
        Random random = new Random(seed);
        String[] words = text.split(" ");
        ByteBuffer bytes = ByteBuffer.allocate(words.length * LENGTH * 2 * channels).order(ByteOrder.LITTLE_ENDIAN);
        for (String word : words) {
            double pitch = (word.equals("a") ? 300 : 2000) * (0.9 + 0.2 * random.nextDouble());
            for (int i = 0; i < LENGTH; i++) {
                double loud = 10_000 * Math.sin(Math.PI * i / LENGTH);
                short sample = (short) Math.round(loud * Math.sin(2 * Math.PI * pitch * i / 8000) + 20 * random.nextGaussian());
                for (int c = 0; c < channels; c++) {
                    bytes.putShort(sample);
                }
            }
        }
        Path file = folder.resolve(name);
        AudioInputStream sound = new AudioInputStream(new ByteArrayInputStream(bytes.array()),
                new AudioFormat(8000, 16, channels, true, false), (long) words.length * LENGTH);
        AudioSystem.write(sound, AudioFileFormat.Type.WAVE, file.toFile());
        return file;
    }

    @BeforeEach
    void record() throws IOException {
        List<String> lines = new ArrayList<>(List.of("file\ttext\tspeaker"));
        for (int i = 0; i < 24; i++) {
            String text = i % 2 == 0 ? "a" : "b";
            wav(i + ".wav", text, 1 + i % 2, i);
            lines.add(i + ".wav\t" + text + "\tme");
        }
        list = Files.write(folder.resolve("list.tsv"), lines);
        model = folder.resolve("model.safetensors");
    }

    private Run train(Object... more) {
        List<Object> words = new ArrayList<>(List.of("train", "transcribe", "--data", list, "--valid", 0, "--out", model,
                "--hidden", 16, "--mels", 12, "--dropout", 0, "--join", 3, "--batch", 4, "--lr", 0.02, "--every", 10, "--threads", 1));
        words.addAll(Arrays.asList(more));
        return Run.of(words.toArray());
    }

    @Test
    void aTrainedModelWritesDownAndIsMeasured() throws Exception {
        train("--epochs", 60, "--speed", 0.02, "--gain", 1, "--noise", 0).succeeded();
        Path joined = Files.writeString(folder.resolve("joined.tsv"),
                "file\ttext\n0.wav;1.wav\ta b\n3.wav\tb\n2.wav;4.wav\ta a\n");
        JsonObject figures = figures("evaluate", "--model", model, "--data", joined, "--json");
        assertEquals(0.0, figures.number("letter_error_rate"), 0.15);
        assertEquals(0.0, figures.number("word_error_rate"), 0.4);
        assertEquals(3.0, figures.number("examples"));
        assertEquals(7.0, figures.number("letters"));
        figures = figures("evaluate", "--model", model, "--data", joined, "--beam", 8, "--json");
        assertEquals(0.0, figures.number("letter_error_rate"), 0.15);
        assertEquals(8.0, figures.number("beam"));

        Path low = wav("low.wav", "a", 1, 99);
        Path both = wav("both.wav", "a b", 2, 98);
        assertEquals(List.of("a", "a b"), Run.of("predict", "--model", model, low, both).succeeded().out().lines().toList());
        JsonObject answer = figures("predict", "--model", model, "--top", 2, "--json", low);
        assertEquals("a", answer.string("text"));
        assertEquals(2, answer.objects("answers").size());
        Path chart = folder.resolve("chart.png");
        Run.of("predict", "--model", model, "--chart", chart, both).succeeded();
        assertTrue(ImageIO.read(chart.toFile()).getHeight() > 100);
    }

    @Test
    void aResumedTrainingTakesTheSameRecordingsAndTheSameVariation() throws Exception {
        train("--epochs", 2).succeeded();
        Run resumed = train("--epochs", 4, "--resume").succeeded();
        assertTrue(resumed.out().contains("epoch 4: "), resumed.out());
        Run other = train("--epochs", 3, "--resume", "--speed", 0.2);
        assertEquals(1, other.code());
        assertTrue(other.err().contains("another network than the options describe (augmentation.least_speed is 0.9)"), other.err());
        other = train("--epochs", 3, "--resume", "--scale", "slaney");
        assertTrue(other.err().contains("another network than the options describe (features.scale is \"htk\")"), other.err());
        other = train("--epochs", 3, "--resume", "--stack", 1);
        assertTrue(other.code() == 1 && other.err().contains("another network than the options describe (stack is 2)"), other.err());
    }

    @Test
    void aPyramidHalvesTheStepsBetweenItsLayers() throws Exception {
        Run run = train("--epochs", 0.2, "--layers", 2, "--stack", 1, "--pyramid", 1).succeeded();
        assertTrue(run.out().contains("pairs = frames rnn size=2"), run.out());
        JsonObject answer = figures("predict", "--model", model, "--json", folder.resolve("0.wav"));
        assertTrue(answer.has("text"), answer.toString());
        run = train("--epochs", 1, "--resume", "--layers", 2, "--stack", 1);
        assertTrue(run.code() == 1 && run.err().contains("another network than the options describe (pyramid is 1"), run.err());
        run = train("--epochs", 1, "--pyramid", 1);
        assertTrue(run.code() == 1 && run.err().contains("a pyramid of height 1 needs at least 2 recurrent layers"), run.err());
    }

    @Test
    void wrongFilesAreNamed() throws Exception {
        train("--epochs", 0.4, "--directions", 1).succeeded();
        Path text = Files.writeString(folder.resolve("text.wav"), "no sound at all");
        Run run = Run.of("predict", "--model", model, text);
        assertTrue(run.code() == 1 && run.err().contains("text.wav is no WAV file"), run.err());
        run = Run.of("predict", "--model", model, folder.resolve("missing.wav"));
        assertTrue(run.code() == 1 && run.err().contains("missing.wav"), run.err());
        Path tooShort = Files.writeString(folder.resolve("short.tsv"), "file\ttext\n0.wav\taabbaabb\n");
        run = Run.of("train", "transcribe", "--data", tooShort, "--valid", 0, "--out", folder.resolve("other.safetensors"));
        assertTrue(run.code() == 1 && run.err().contains(tooShort + ", line 2: 0.wav is too short for its text"), run.err());
        run = Run.of("train", "transcribe", "--data", list, "--rate", 70_000_000, "--out", folder.resolve("other.safetensors"));
        assertTrue(run.code() == 1 && run.err().contains("at 70000000 Hz; expected"), run.err());
        Path chart = folder.resolve("a.png");
        run = Run.of("predict", "--model", model, "--chart", chart, folder.resolve("0.wav"), folder.resolve("1.wav"));
        assertTrue(run.code() == 1 && run.err().contains("one at a time"), run.err());
        run = Run.of("evaluate", "--model", model, "--data", list, "--chart", chart);
        assertTrue(run.code() == 1 && run.err().contains("no use for --chart"), run.err());
    }

    private static JsonObject figures(Object... words) {
        return JsonObject.parse(Run.of(words).succeeded().lastLine());
    }
}
