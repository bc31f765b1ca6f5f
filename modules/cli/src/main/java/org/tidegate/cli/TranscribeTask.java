package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.tidegate.Cell;
import org.tidegate.audio.Audio;
import org.tidegate.audio.MelScale;
import org.tidegate.audio.Recording;
import org.tidegate.audio.RecordingIndex;
import org.tidegate.audio.SpeechAugmentation;
import org.tidegate.audio.WavFile;
import org.tidegate.task.FrozenTranscriber;
import org.tidegate.task.Transcriber;
import org.tidegate.task.TranscriberBuilder;
import org.tidegate.task.Transcription;
import org.tidegate.task.TranscriptionEvaluation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidegate train transcribe}: recordings to letters. */
@Command(name = "transcribe", sortOptions = false, description = "Trains a model that writes down what is said in recordings.",
        footer = {"",
            "The data are lists: tab-separated text whose first line names the columns, with the name of a WAV file (PCM of 8 or",
            "16 bits; several names with ; between them are played one after the other), what is said in it, and perhaps who",
            "says it.",
            "",
            "@|bold Examples:|@",
            "  tidegate train transcribe --data digits.tsv --out digits.safetensors --epochs 200",
            "  tidegate predict --model digits.safetensors --beam 10 --top 3 seven.wav",
            "  tidegate evaluate --model digits.safetensors --data test.tsv --json"})
public final class TranscribeTask extends ExampleTask<Recording, Transcriber> {
    /** Prefixes of a search where several answers are wanted and --beam does not say. */
    private static final int BEAM = 20;

    @Option(names = "--columns", defaultValue = "", paramLabel = "NAMES",
            description = "What the lists call their columns: \"file=path,text=sentence,speaker=client_id\" (file, text and, where it"
                    + " is there, speaker).")
    private String columns;

    @Option(names = "--cell", defaultValue = "lstm", description = "The recurrent cell: rnn, lstm, gru, … (${DEFAULT-VALUE}).")
    private Cell cell;

    @Option(names = "--hidden", defaultValue = "128", paramLabel = "N",
            description = "Hidden size of a layer in each direction (${DEFAULT-VALUE}).")
    private int hidden;

    @Option(names = "--layers", defaultValue = "1", paramLabel = "N", description = "Recurrent layers (${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--directions", defaultValue = "2", paramLabel = "N",
            description = "2: recordings are read forwards and backwards; 1: forwards, so that letters come while somebody speaks"
                    + " (${DEFAULT-VALUE}).")
    private int directions;

    @Option(names = "--dropout", defaultValue = "0.3", paramLabel = "P", description = "Dropout probability (${DEFAULT-VALUE}).")
    private double dropout;

    @Option(names = "--mels", defaultValue = "40", paramLabel = "N", description = "Mel bands of a frame (${DEFAULT-VALUE}).")
    private int mels;

    @Option(names = "--scale", defaultValue = "htk", description = "The mel scale: htk or slaney (${DEFAULT-VALUE}).")
    private MelScale scale;

    @Option(names = "--stack", defaultValue = "2", paramLabel = "N",
            description = "Frames of 10 ms that make a step of the network (${DEFAULT-VALUE}).")
    private int stack;

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
    public TranscribeTask() {
        options.epochs(100).batch(16).learningRate(5e-3);
    }

    @Override
    String task() {
        return Transcriber.TASK;
    }

    @Override
    String examples() {
        return "recordings";
    }

    /** All at one rate, so that the network's is not made anew for each batch. */
    @Override
    List<Recording> read(List<Path> files) throws IOException {
        List<Recording> recordings = read(files, RecordingIndex.Columns.parse(columns));
        int common = rate == null ? TranscriberBuilder.lowestRate(recordings) : rate;
        return recordings.stream().map(recording -> recording.at(common)).toList();
    }

    @Override
    Transcriber create(List<Recording> recordings) {
        TranscriberBuilder builder = Transcriber.builder(recordings).cell(cell).hidden(hidden).layers(layers).directions(directions)
                .dropout(dropout).mels(mels).scale(scale).stack(stack).augmentation(augmentation())
                .columns(RecordingIndex.Columns.parse(columns)).seed(options.seed);
        return (rate == null ? builder : builder.rate(rate)).build();
    }

    @Override
    Transcriber load(Path file, boolean resume) throws IOException {
        if (!resume) {
            return Transcriber.load(file);
        }
        String varied = augmentation().toString();
        RecordingIndex.Columns named = RecordingIndex.Columns.parse(columns);
        Transcriber model = Transcriber.resume(file);
        Map<String, Boolean> same = new LinkedHashMap<>();
        same.put("augmentation: " + model.augmentation(), model.augmentation().toString().equals(varied));
        same.put("--mels " + model.logMel().mels(), model.logMel().mels() == mels);
        same.put("--scale " + model.logMel().scale().name().toLowerCase(Locale.ROOT), model.logMel().scale() == scale);
        same.put("--columns " + model.columns(), model.columns().equals(named));
        return unchanged(file, model, same);
    }

    /** Each input is the name of a WAV file. */
    @Override
    void predict(Transcriber model, Predictions predictions) throws IOException {
        int beam = predictions.beam().orElse(predictions.top() > 1 ? Math.max(BEAM, predictions.top()) : 0);
        boolean drawn = false;
        try (FrozenTranscriber frozen = model.freeze(predictions.threads(), predictions.precision())) {
            for (String input : predictions) {
                Audio audio = WavFile.read(Path.of(input));
                List<Transcription> found = transcribe(frozen, input, audio, beam, predictions.top());
                if (predictions.chart().isPresent()) {
                    if (drawn) {
                        throw new IllegalArgumentException("--chart draws one recording, and there are several; give one at a time");
                    }
                    SpectrogramChart.save(predictions.chart().get(), input, model.logMel(), audio, frozen.transcribe(audio));
                    drawn = true;
                }
                predictions.answer(input, text(found), figures(found));
            }
        }
    }

    @Override
    Map<String, Object> evaluate(Transcriber model, Evaluations asked) throws IOException {
        asked.refuse("--chart");
        List<Recording> recordings = read(asked.data(), model.columns());
        TranscriptionEvaluation result;
        try (FrozenTranscriber frozen = model.freeze(asked.threads(), asked.precision())) {
            result = frozen.evaluate(recordings, asked.beam().orElse(0));
        }
        Screen screen = asked.screen();
        screen.line("exact          %.4f: %,d of %,d recordings, %.0f s", result.exactRate(), result.exact(), result.recordings(),
                result.seconds());
        screen.line("letter errors  %.4f: %,d of %,d letters%s", result.letterErrorRate(), result.letterErrors(), result.letters(),
                result.unknown() == 0 ? "" : String.format(Locale.ROOT, ", %,d of them unknown to the model", result.unknown()));
        screen.line("word errors    %.4f: %,d of %,d words", result.wordErrorRate(), result.wordErrors(), result.words());
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("exact", result.exactRate());
        figures.put("letter_error_rate", result.letterErrorRate());
        figures.put("word_error_rate", result.wordErrorRate());
        figures.put("recordings", result.recordings());
        figures.put("letters", result.letters());
        figures.put("unknown_letters", result.unknown());
        figures.put("words", result.words());
        figures.put("seconds", result.seconds());
        figures.put("beam", asked.beam().orElse(0));
        figures.put("precision", asked.precision().name().toLowerCase(Locale.ROOT));
        return figures;
    }

    private static List<Transcription> transcribe(FrozenTranscriber frozen, String file, Audio audio, int beam, int top) {
        try {
            return beam == 0 ? List.of(frozen.transcribe(audio)) : frozen.transcribe(audio, beam, top);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static String text(List<Transcription> found) {
        if (found.size() == 1) {
            return found.get(0).text();
        }
        return found.stream().map(one -> String.format(Locale.ROOT, "%8.3f  %s", one.logProbability(), one.text()))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private static Map<String, Object> figures(List<Transcription> found) {
        Map<String, Object> figures = figures(found.get(0));
        if (found.size() > 1) {
            figures.put("answers", found.stream().map(TranscribeTask::figures).toList());
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

    private static List<Recording> read(List<Path> lists, RecordingIndex.Columns columns) throws IOException {
        List<Recording> recordings = new ArrayList<>();
        for (Path list : lists) {
            recordings.addAll(RecordingIndex.read(list, columns));
        }
        return recordings;
    }
}
