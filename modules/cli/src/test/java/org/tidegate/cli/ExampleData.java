package org.tidegate.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.tidegate.Model;
import org.tidegate.checkpoint.SafetensorsWriter;
import org.tidegate.task.voice.SpeechRules;
import org.tidegate.task.voice.VoiceFormat;
import org.tidegate.task.voice.VoiceReading;

/** Small made-up data under the names that the documents' programs read: what each task learns in a second. */
final class ExampleData {
    private static final int RATE = 8000;
    private static final int WORD = 1200;
    private static final int SIDE = 6;

    private ExampleData() {}

    static void write(Path folder) throws IOException {
        Files.writeString(folder.resolve("notes.txt"), MadeUpText.of(20_000) + "Today the cat sees a bird.\n");
        texts(folder);
        Path models = Files.createDirectories(folder.resolve("models"));
        Files.createSymbolicLink(models.resolve("mood.safetensors"), folder.toAbsolutePath().resolve("mood.safetensors")); // of the program Mood
        days(folder.resolve("days.csv"));
        sentences(folder);
        pairs(folder.resolve("english-french.tsv"));
        recordings(folder);
        images(folder);
        pytorch(folder.resolve("pytorch.safetensors"));
        voice(folder);
    }

    private static void texts(Path folder) throws IOException {
        String lines = "good\ta lovely day\nbad\tan awful night\ngood\twhat a lovely song\nbad\twhat an awful noise\n";
        Files.writeString(folder.resolve("train.tsv"), lines.repeat(8));
        Files.writeString(folder.resolve("test.tsv"), "good\ta lovely noise\nbad\tan awful song\n");
        String topics = "sport\tthe team won\nnews\tthe vote was close\nnews|sport\tthe team won the vote\n\tthe night was long\n";
        Files.writeString(folder.resolve("topics.tsv"), topics.repeat(12));
    }

    /** Two years of a yearly wave with noise. */
    private static void days(Path file) throws IOException {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder("date,temp,rain\n");
        for (int day = 0; day < 730; day++) {
            double temp = 12 + 9 * Math.sin(2 * Math.PI * day / 365) + random.nextGaussian();
            text.append(String.format(Locale.ROOT, "day %d,%.1f,%.1f%n", day, temp, 2 * random.nextDouble()));
        }
        Files.writeString(file, text);
    }

    /** "the fox sleeps in its den .", as CoNLL-U and as text: nouns, verbs and the rest. */
    private static void sentences(Path folder) throws IOException {
        String[][] who = {{"fox", "den"}, {"cow", "barn"}, {"dog", "kennel"}};
        StringBuilder conllu = new StringBuilder();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 150; i++) {
            String[] one = who[i % who.length];
            String[][] words = {{"the", "DET"}, {one[0], "NOUN"}, {"sleeps", "VERB"}, {"in", "ADP"}, {"its", "PRON"}, {one[1], "NOUN"},
                {".", "PUNCT"}};
            for (int w = 0; w < words.length; w++) {
                conllu.append(w + 1).append('\t').append(words[w][0]).append("\t_\t").append(words[w][1]).append("\t_\t_\t0\troot\t_\t_\n");
            }
            conllu.append('\n');
            text.append("The ").append(one[0]).append(" sleeps in its ").append(one[1]).append(".\n");
        }
        Files.writeString(folder.resolve("train.conllu"), conllu);
        Files.writeString(folder.resolve("sentences.txt"), text);
    }

    private static void pairs(Path file) throws IOException {
        String[][] colours = {{"red", "rouge"}, {"green", "vert"}, {"blue", "bleu"}};
        String[][] things = {{"cat", "chat"}, {"dog", "chien"}};
        StringBuilder lines = new StringBuilder();
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            String[] colour = colours[random.nextInt(colours.length)];
            String[] thing = things[random.nextInt(things.length)];
            lines.append("A ").append(colour[0]).append(' ').append(thing[0]).append(".\tUn ").append(thing[1]).append(' ')
                    .append(colour[1]).append(".\n");
        }
        Files.writeString(file, lines);
    }

    /** A low tone says "a", a high one "b". */
    private static void recordings(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("wav"));
        List<String> lines = new ArrayList<>(List.of("file\ttext\tspeaker"));
        for (int i = 0; i < 24; i++) {
            wav(folder.resolve("wav/" + i + ".wav"), i % 2 == 0 ? 300 : 2000, i);
            lines.add("wav/" + i + ".wav\t" + (i % 2 == 0 ? "a" : "b") + "\tme");
        }
        Files.write(folder.resolve("recordings.tsv"), lines);
    }

    /** A voice detector for which loud sound is speech, noise that is loud from 0.5 to 1.2 s and from 1.8 to 2.55 s, and quiet noise. */
    static void voice(Path folder) throws IOException {
        String spec = "sound = input axis=sound cols=256\npower = square sound\nloud = linear power cols=1 bias=false\n"
                + "rnn = recurrent loud cell=gru size=2\nboth = concat loud rnn\nlogit = linear both cols=1\n"
                + "speech = activation logit kind=sigmoid\n";
        try (Model model = Model.of(spec, 7)) {
            float[] mean = new float[256];
            Arrays.fill(mean, 1f / mean.length);
            model.parameter("loud.weight").set(mean);
            model.parameter("logit.weight").set(400, 0.1f, -0.1f);
            model.parameter("logit.bias").set(-4);
            new VoiceFormat().save(new VoiceReading(RATE, 256, SpeechRules.USUAL, "sound", "speech"), model,
                    folder.resolve("vad.safetensors"));
        }
        Random random = new Random(1);
        ByteBuffer talk = ByteBuffer.allocate(3 * RATE * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 3 * RATE; i++) {
            boolean loud = i >= 0.5 * RATE && i < 1.2 * RATE || i >= 1.8 * RATE && i < 2.55 * RATE;
            talk.putShort((short) ((loud ? 6000 : 300) * random.nextGaussian()));
        }
        wav(folder.resolve("talk.wav"), talk.array());
        wav(folder.resolve("quiet.wav"), Arrays.copyOf(talk.array(), RATE / 2));
    }

    private static void wav(Path file, double pitch, long seed) throws IOException {
        Random random = new Random(seed);
        double varied = pitch * (0.9 + 0.2 * random.nextDouble());
        ByteBuffer bytes = ByteBuffer.allocate(WORD * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < WORD; i++) {
            double loud = 10_000 * Math.sin(Math.PI * i / WORD);
            bytes.putShort((short) Math.round(loud * Math.sin(2 * Math.PI * varied * i / RATE) + 20 * random.nextGaussian()));
        }
        wav(file, bytes.array());
    }

    private static void wav(Path file, byte... samples) throws IOException {
        AudioSystem.write(new AudioInputStream(new ByteArrayInputStream(samples), new AudioFormat(RATE, 16, 1, true, false),
                samples.length / Short.BYTES), AudioFileFormat.Type.WAVE, file.toFile());
    }

    /** Images of 6 x 6 pixels with as many bright rows as the digit says. */
    private static void images(Path folder) throws IOException {
        int[] digits = new Random(1).ints(240, 0, SIDE).toArray();
        ByteBuffer pixels = ByteBuffer.allocate(16 + digits.length * SIDE * SIDE).putInt(2051).putInt(digits.length).putInt(SIDE).putInt(SIDE);
        ByteBuffer labels = ByteBuffer.allocate(8 + digits.length).putInt(2049).putInt(digits.length);
        for (int digit : digits) {
            for (int p = 0; p < SIDE * SIDE; p++) {
                pixels.put((byte) (p / SIDE < digit ? 255 : 0));
            }
            labels.put((byte) digit);
        }
        gzip(folder.resolve("images-idx3-ubyte.gz"), pixels.array());
        gzip(folder.resolve("labels-idx1-ubyte.gz"), labels.array());
    }

    private static void gzip(Path file, byte... bytes) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(bytes);
        }
    }

    /** The parameters of a PyTorch module with an embedding, an LSTM and a linear layer, as its state_dict names them. */
    private static void pytorch(Path file) throws IOException {
        String spec = "words = ids axis=words\nembedding = embedding words rows=100 cols=16\nlstm = recurrent embedding cell=lstm size=32\n"
                + "out = linear lstm cols=100\n";
        try (Model model = Model.of(spec, 7)) {
            SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
            model.parameters().forEach(parameter -> writer.tensor(parameter.name(), parameter::get, parameter.shape()));
            writer.write(file);
        }
    }
}
