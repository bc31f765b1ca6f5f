package org.tidegate.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.tidegate.audio.Audio;
import org.tidegate.audio.AudioFile;
import org.tidegate.task.Evaluation;
import org.tidegate.task.voice.SpeechRules;
import org.tidegate.task.voice.SpeechSpan;
import org.tidegate.task.voice.VoiceAnswers;
import org.tidegate.task.voice.VoiceEvent;
import org.tidegate.task.voice.VoiceFormat;
import org.tidegate.task.voice.VoiceReading;
import org.tidegate.task.voice.VoiceStream;
import org.tidegate.text.InputFile;
import picocli.CommandLine.Command;

/** What {@code tidegate predict} does with a voice detector: sound to spans of speech. */
@Command(name = "voice", hidden = true, description = "Not trained: a voice detector is made elsewhere and imported.",
        footer = {"",
            "@|bold Examples:|@",
            "  tidegate predict --model vad.safetensors talk.wav",
            "  tidegate predict --model vad.safetensors --chart talk.png talk.wav",
            "  tidegate predict --model vad.safetensors --raw 16000 -"})
public final class VoiceCommand extends TaskCommand<VoiceReading, VoiceAnswers> {
    /** Of a piece that is read of raw sound. */
    private static final int BYTES = 1 << 12;
    private static final float FULL_SCALE = 32_768;

    /** For the service loader. */
    public VoiceCommand() {
        super(new VoiceFormat());
    }

    @Override
    public Integer call() {
        throw new IllegalArgumentException("a voice detector is not trained here; import one that was made elsewhere (" + program()
                + " import --help has an example), then: " + program() + " predict --model vad.safetensors talk.wav");
    }

    @Override
    boolean hasThreshold() {
        return true;
    }

    @Override
    boolean hears() {
        return true;
    }

    /** Each input is the name of a sound file, or with --raw of samples. */
    @Override
    void predict(VoiceAnswers answers, Predictions predictions) throws IOException {
        predictions.refuse("--beam", "--top");
        SpeechRules usual = answers.reading().rules();
        SpeechRules rules = predictions.threshold().isPresent() ? usual.threshold(predictions.threshold().getAsDouble()) : usual;
        if (predictions.raw().isPresent()) {
            predictions.refuse("--chart");
            int rate = predictions.raw().getAsInt();
            answers.stream(rate, rules).close(); // refuses the rate before any input
            predictions.files(input -> hear(answers, input, rate, rules, predictions));
        } else {
            predictions.files(input -> detect(answers, input, rules, predictions));
        }
    }

    @Override
    Evaluation evaluate(VoiceAnswers answers, Evaluations asked) {
        throw new IllegalArgumentException("a voice detector has no figures to measure, as there is no data of its training; compare the"
                + " spans that predict --json gives with your own");
    }

    private static void detect(VoiceAnswers answers, Path input, SpeechRules rules, Predictions predictions) throws IOException {
        Audio audio = AudioFile.read(input);
        float[] probabilities = answers.probabilities(audio);
        List<SpeechSpan> spans = answers.reading().spans(audio, probabilities, rules);
        if (predictions.chart().isPresent()) {
            if (predictions.inputs() > 1) {
                throw new IllegalArgumentException("--chart draws one recording, and there are several; give one at a time");
            }
            VoiceChart.save(predictions.chart().get(), input.toString(), answers.reading(), probabilities, spans, rules);
        }
        String text = spans.isEmpty() ? line(predictions, "no speech")
                : spans.stream().map(span -> line(predictions, text(span))).collect(Collectors.joining(System.lineSeparator()));
        predictions.answer(text, figures(audio.seconds(), spans));
    }

    /** Tells of each span when it has ended. */
    private static void hear(VoiceAnswers answers, Path input, int rate, SpeechRules rules, Predictions predictions) throws IOException {
        List<SpeechSpan> spans = new ArrayList<>();
        List<VoiceEvent> starts = new ArrayList<>();
        long samples = 0;
        try (VoiceStream stream = answers.stream(rate, rules); InputStream in = open(input)) {
            ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
            boolean going = true;
            while (going) {
                int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
                going = count >= 0;
                bytes.position(bytes.position() + Math.max(0, count)).flip();
                float[] piece = new float[bytes.remaining() / Short.BYTES];
                for (int i = 0; i < piece.length; i++) {
                    piece[i] = bytes.getShort() / FULL_SCALE;
                }
                bytes.compact(); // half a sample
                samples += piece.length;
                List<VoiceEvent> events = new ArrayList<>(stream.accept(piece));
                if (!going) {
                    events.addAll(stream.finish());
                }
                for (VoiceEvent event : events) {
                    if (event.kind() == VoiceEvent.Kind.SPEECH_START) {
                        starts.add(event);
                    } else {
                        SpeechSpan span = new SpeechSpan(starts.get(spans.size()).sample(), Math.min(samples, event.sample()), rate,
                                event.probability());
                        spans.add(span);
                        predictions.tell(line(predictions, text(span)));
                    }
                }
            }
        }
        if (spans.isEmpty()) {
            predictions.tell(line(predictions, "no speech"));
        }
        predictions.told(figures((double) samples / rate, spans));
    }

    /** Not unpacked: samples may begin with the bytes by which packed files are known. */
    private static InputStream open(Path input) throws IOException {
        return input.equals(InputFile.STANDARD_INPUT) ? System.in : Files.newInputStream(input);
    }

    private static String line(Predictions predictions, String text) {
        return predictions.several() ? predictions.input() + "  " + text : text;
    }

    private static String text(SpeechSpan span) {
        return String.format(Locale.ROOT, "%.2f s  %.2f s  %.2f", span.start(), span.end(), span.probability());
    }

    private static Map<String, Object> figures(double seconds, List<SpeechSpan> spans) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("seconds", seconds);
        figures.put("spans", spans.stream().map(VoiceCommand::figures).toList());
        return figures;
    }

    private static Map<String, Object> figures(SpeechSpan span) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("start", span.start());
        figures.put("end", span.end());
        figures.put("first_sample", span.firstSample());
        figures.put("end_sample", span.endSample());
        figures.put("probability", span.probability());
        return figures;
    }
}
