package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.tidegate.audio.Audio;
import org.tidegate.audio.AudioFile;
import org.tidegate.audio.LogMel;
import org.tidegate.audio.MelScale;
import org.tidegate.audio.Recording;
import org.tidegate.audio.RecordingIndex;
import org.tidegate.audio.SpeechAugmentation;
import org.tidegate.task.Evaluation;
import org.tidegate.task.transcribe.Transcriber;
import org.tidegate.task.transcribe.TranscriberAnswers;
import org.tidegate.task.transcribe.TranscriberBuilder;
import org.tidegate.task.transcribe.TranscriberFormat;
import org.tidegate.task.transcribe.TranscriberReading;
import org.tidegate.task.transcribe.Transcription;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tidegate train transcribe}: recordings to letters. */
@Command(name = "transcribe", sortOptions = false, description = "Trains a model that writes down what is said in recordings.",
        footer = {"",
            "The data are lists: tab-separated text whose first line names the columns, with the name of a sound file (WAV or FLAC;",
            "several names with ; between them are played one after the other), what is said in it, and perhaps who says it.",
            "",
            "@|bold Examples:|@",
            "  tidegate train transcribe --data digits.tsv --out digits.safetensors --epochs 200",
            "  tidegate predict --model digits.safetensors --beam 10 --top 3 seven.wav",
            "  tidegate evaluate --model digits.safetensors --data test.tsv --json"})
public final class TranscribeCommand extends ExampleCommand<Recording, TranscriberReading, Transcriber, TranscriberAnswers> {
    /** The beam size where several answers are wanted without --beam. */
    private static final int BEAM = 20;

    @Option(names = "--columns", defaultValue = "", paramLabel = "NAMES",
            description = "What the lists call their columns: \"file=path,text=sentence,speaker=client_id\" (file, text and, where it"
                    + " is there, speaker).")
    private String columns;

    @Mixin
    private final LayerOptions layers = new LayerOptions(TranscriberBuilder.LAYERS);

    @Option(names = "--directions", paramLabel = "N",
            description = "2: recordings are read forwards and backwards; 1: forwards, so that letters come while somebody speaks"
                    + " (${DEFAULT-VALUE}).")
    private int directions = TranscriberBuilder.DIRECTIONS;

    @Option(names = "--mels", paramLabel = "N", description = "Mel bands of a frame (${DEFAULT-VALUE}).")
    private int mels = TranscriberBuilder.MELS;

    @Option(names = "--scale", description = "The mel scale: htk or slaney (${DEFAULT-VALUE}).")
    private MelScale scale = TranscriberBuilder.SCALE;

    @Option(names = "--stack", paramLabel = "N", description = "Frames of 10 ms that make a step of the first layer (${DEFAULT-VALUE}).")
    private int stack = TranscriberBuilder.STACK;

    @Option(names = "--pyramid", paramLabel = "N",
            description = "Halve the steps after each of the first N layers, by stacking them in pairs; needs more layers than that"
                    + " (${DEFAULT-VALUE}).")
    private int pyramid = TranscriberBuilder.PYRAMID;

    @Option(names = "--rate", paramLabel = "HZ",
            description = "Sample rate that the network hears; recordings of another are resampled (the lowest of the data).")
    private Integer rate;

    @Option(names = "--speed", defaultValue = "0.1", paramLabel = "X",
            description = "Play training recordings up to this part faster or slower (${DEFAULT-VALUE}).")
    private double speed;

    @Option(names = "--gain", defaultValue = "6", paramLabel = "DB",
            description = "Make them up to so many decibels louder or quieter (${DEFAULT-VALUE}).")
    private double gain;

    @Option(names = "--noise", defaultValue = "0.05", paramLabel = "X",
            description = "Add to every second white noise of up to this part of its own deviation (${DEFAULT-VALUE}).")
    private double noise;

    @Option(names = "--join", defaultValue = "1", paramLabel = "N",
            description = "Join up to so many recordings of a speaker to one (${DEFAULT-VALUE}).")
    private int join;

    /** For the service loader. */
    public TranscribeCommand() {
        super(new TranscriberFormat());
        options.epochs(100).batch(16).learningRate(5e-3);
    }

    @Override
    String examples() {
        return "recordings";
    }

    /** Resampled once to one rate, rather than anew for each batch. */
    @Override
    List<Recording> read(List<Path> files) throws IOException {
        List<Recording> recordings = RecordingIndex.read(files, RecordingIndex.Columns.parse(columns));
        int common = rate == null ? TranscriberBuilder.lowestRate(recordings) : rate;
        new LogMel(common, mels, scale); // refuses a rate before all recordings take the memory of it
        return recordings.stream().map(recording -> recording.at(common)).toList();
    }

    @Override
    Transcriber create(List<Recording> recordings) {
        TranscriberBuilder builder = layers.put(Transcriber.builder(recordings)).directions(directions).mels(mels).scale(scale).stack(stack)
                .pyramid(pyramid).augmentation(augmentation()).columns(RecordingIndex.Columns.parse(columns)).seed(options.seed);
        return (rate == null ? builder : builder.rate(rate)).build();
    }

    /** Each input is the name of a sound file. */
    @Override
    void predict(TranscriberAnswers answers, Predictions predictions) throws IOException {
        int beam = predictions.beam().orElse(predictions.top() > 1 ? Math.max(BEAM, predictions.top()) : 0);
        predictions.files(input -> {
            Audio audio = AudioFile.read(input);
            List<Transcription> found = transcribe(answers, input, audio, beam, predictions.top());
            if (predictions.chart().isPresent()) {
                if (predictions.inputs() > 1) {
                    throw new IllegalArgumentException("--chart draws one recording, and there are several; give one at a time");
                }
                SpectrogramChart.save(predictions.chart().get(), input.toString(), answers.reading().features().logMel(), audio,
                        answers.transcribe(audio));
            }
            if (found.size() == 1) {
                predictions.result(found.get(0).text(), figures(found));
            } else {
                predictions.answer(text(found), figures(found));
            }
        });
    }

    @Override
    Evaluation evaluate(TranscriberAnswers answers, Evaluations asked) throws IOException {
        asked.refuse("--chart");
        return answers.evaluate(answers.reading().read(asked.data()), asked.beam().orElse(0));
    }

    private static List<Transcription> transcribe(TranscriberAnswers answers, Path file, Audio audio, int beam, int top) {
        try {
            return beam == 0 ? List.of(answers.transcribe(audio)) : answers.transcribe(audio, beam, top);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static String text(List<Transcription> found) {
        return found.stream().map(one -> String.format(Locale.ROOT, "%8.3f  %s", one.logProbability(), Printable.of(one.text())))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private static Map<String, Object> figures(List<Transcription> found) {
        Map<String, Object> figures = figures(found.get(0));
        if (found.size() > 1) {
            figures.put("answers", found.stream().map(TranscribeCommand::figures).toList());
        }
        return figures;
    }

    private static Map<String, Object> figures(Transcription one) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("text", one.text());
        figures.put("log_probability", one.logProbability());
        if (!one.seconds().isEmpty()) {
            figures.put("letter_seconds", one.seconds());
        }
        return figures;
    }

    private SpeechAugmentation augmentation() {
        return SpeechAugmentation.NONE.speed(1 - speed, 1 + speed).gain(gain).noise(noise).join(join);
    }
}
