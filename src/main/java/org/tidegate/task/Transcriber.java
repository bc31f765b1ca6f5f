package org.tidegate.task;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.Value;
import org.tidegate.audio.Audio;
import org.tidegate.audio.LogMel;
import org.tidegate.audio.Recording;
import org.tidegate.audio.RecordingIndex;
import org.tidegate.audio.SpeechAugmentation;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.json.JsonObject;

/**
 * Writes down what is said, letter by letter: log-mel features → recurrent layers → scores of letters and the blank, trained with CTC,
 * which needs no word of when a letter was said. Graves, Fernández, Gomez and Schmidhuber, "Connectionist temporal classification",
 * 2006.
 *
 * <pre>{@code
 * List<Recording> recordings = RecordingIndex.read(Path.of("digits.tsv"), RecordingIndex.Columns.USUAL);
 * try (Transcriber model = Transcriber.builder(recordings).hidden(128).build()) {
 *     model.train(recordings, List.of(), Training.epochs(100).batch(16).learningRate(5e-3));
 *     System.out.println(model.transcribe(WavFile.read(Path.of("seven.wav"))).text());
 * }
 * }</pre>
 *
 * <p>For one thread at a time. Holds native memory until it is closed; closing twice is harmless.
 */
public final class Transcriber extends ExampleModel<Recording> {
    /** The task's name. */
    public static final String TASK = "transcribe";
    /** The graph's input of features, {@code [T,N,columns]}, and its axis. */
    static final String FEATURES = "features";
    /** The graph's input of labels, and its axis. */
    static final String LETTERS = "letters";
    /** The graph's output, {@code [T,N,labels]} unnormalised log probabilities. */
    static final String LOGITS = "logits";
    private static final String AUGMENTATION = "augmentation";
    private static final String COLUMNS = "columns";

    private final SpeechFeatures features;
    private final Letters letters;
    private final SpeechAugmentation augmentation;
    private final RecordingIndex.Columns columns;
    private final SpeechExamples examples;

    Transcriber(SpeechFeatures features, Letters letters, SpeechAugmentation augmentation, RecordingIndex.Columns columns,
            Model model) {
        super(model);
        this.features = features;
        this.letters = letters;
        this.augmentation = augmentation;
        this.columns = columns;
        examples = new SpeechExamples(features, letters, augmentation);
    }

    /**
     * A builder for a new model.
     *
     * @param training the recordings that it will be trained on: their texts give the letters, their sounds the rate and the features'
     *     means and deviations
     */
    public static TranscriberBuilder builder(List<Recording> training) {
        return new TranscriberBuilder(training);
    }

    /**
     * Loads a model, to use it, or to train it further on new recordings. The caller closes it.
     *
     * @throws CheckpointException if the file is damaged or holds no transcriber; the message says why
     * @throws IOException if it cannot be read
     */
    public static Transcriber load(Path file) throws IOException {
        return OldTaskFile.load(file, TASK, Transcriber::read);
    }

    /**
     * Loads a model with the state of its training: the next {@link #train} goes on where that one stopped, to the bit as if it never
     * had.
     *
     * @throws CheckpointException as {@link #load}, or if the file holds no state of a training
     * @throws IOException if it cannot be read
     */
    public static Transcriber resume(Path file) throws IOException {
        return OldTaskFile.resume(file, TASK, Transcriber::read);
    }

    @Override
    public String task() {
        return TASK;
    }

    @Override
    public String target() {
        return "recording";
    }

    /** Each recording's loss is divided by its letters. */
    @Override
    public String lossUnit() {
        return "nats/letter";
    }

    @Override
    public String describe() {
        return letters.vocabulary().size() + " letters, " + features.logMel().mels() + " mel bands at " + rate() + " Hz, "
                + (isStreaming() ? "one direction" : "both directions");
    }

    /** Samples a second of the sound that the network hears; other sound is resampled. */
    public int rate() {
        return features.rate();
    }

    /** The features before they are normalised and stacked. */
    public LogMel logMel() {
        return features.logMel();
    }

    /** How the training recordings are varied. */
    public SpeechAugmentation augmentation() {
        return augmentation;
    }

    /** The columns of the list of recordings that the model was trained on. */
    public RecordingIndex.Columns columns() {
        return columns;
    }

    /** Whether it reads in one direction only, so that {@link #stream} can be used. */
    public boolean isStreaming() {
        return model().nodes().stream().noneMatch(node -> node.attribute("bidirectional").orElse("false").equals("true"));
    }

    /** {@link FrozenTranscriber#transcribe(Audio)} of this model as it is now. Make one with {@link #freeze} for many recordings. */
    public Transcription transcribe(Audio audio) {
        try (FrozenTranscriber frozen = freeze(1, Precision.FLOAT32)) {
            return frozen.transcribe(audio);
        }
    }

    /** This model as it is now, to answer with. The caller closes it. */
    public FrozenTranscriber freeze(int threads, Precision precision) {
        return new FrozenTranscriber(Sessions.frozen(model(), threads, precision), features, letters);
    }

    /**
     * This model as it is now, to answer while somebody speaks. The caller closes it.
     *
     * @throws IllegalStateException if it reads in both directions
     */
    public SpeechStream stream(Precision precision) {
        if (!isStreaming()) {
            throw new IllegalStateException("the model reads in both directions, so it must have heard the end first; train one with"
                    + " one direction to transcribe while somebody speaks");
        }
        return new SpeechStream(Sessions.frozen(model(), 1, precision), features, letters);
    }

    @Override
    protected Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(LETTERS, letters.vocabulary().toJson().toString());
        metadata.put(FEATURES, SpeechFeaturesJson.write(features).toString());
        metadata.put(AUGMENTATION, augmentation.toJson().toString());
        metadata.put(COLUMNS, columns.toString());
        return metadata;
    }

    /** A recording must be long enough for its text, and the text made of letters that the model knows. */
    @Override
    protected void check(Recording example) {
        examples.of(example);
    }

    /** Keeps the recordings of each speaker side by side, to be joined. */
    @Override
    protected void begin(List<Recording> recordings) {
        examples.keep(recordings);
    }

    @Override
    protected int length(Recording example) {
        return features.steps(example.audio().at(rate()).samples().length);
    }

    @Override
    protected void fill(Batch batch, List<Recording> recordings) {
        write(batch, recordings.stream().map(examples::of).toList());
    }

    @Override
    protected void fill(Batch batch, List<Recording> recordings, RandomGenerator random) {
        write(batch, recordings.stream().map(recording -> examples.varied(recording, random)).toList());
    }

    @Override
    protected String fingerprint(List<Recording> recordings) {
        return Fingerprint.of(recordings.size(), "recordings", recordings.stream().flatMap(recording -> {
            ByteBuffer samples = ByteBuffer.allocate(recording.audio().samples().length * Float.BYTES);
            samples.asFloatBuffer().put(recording.audio().samples());
            return Stream.of((recording.text() + '\n' + recording.speaker()).getBytes(StandardCharsets.UTF_8), samples.array());
        }));
    }

    private void write(Batch batch, List<SpeechExamples.Example> some) {
        SpeechBatch.write(batch, some.stream().map(SpeechExamples.Example::steps).toList(), features.columns());
        SpeechBatch.writeLabels(batch, some.stream().map(SpeechExamples.Example::labels).toList());
    }

    private static Transcriber read(Checkpoint checkpoint) throws IOException {
        try {
            Letters letters = new Letters(OldTaskFile.vocabulary(checkpoint, LETTERS));
            SpeechFeatures features = SpeechFeaturesJson.read(JsonObject.parse(checkpoint.require(FEATURES)));
            SpeechAugmentation augmentation = SpeechAugmentation.fromJson(JsonObject.parse(checkpoint.require(AUGMENTATION)));
            RecordingIndex.Columns columns = RecordingIndex.Columns.parse(checkpoint.require(COLUMNS));
            return OldTaskFile.checked(checkpoint, "transcriber", model -> {
                checkGraph(model, features, letters);
                return new Transcriber(features, letters, augmentation, columns, model);
            });
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(checkpoint.path() + " is no usable transcriber: " + e.getMessage(), e);
        }
    }

    private static void checkGraph(Model model, SpeechFeatures features, Letters letters) {
        Value input = model.value(FEATURES);
        Value targets = model.value(LETTERS);
        Value logits = model.value(LOGITS);
        if (!input.input() || input.kind() != Value.Kind.REAL || !targets.input() || targets.kind() != Value.Kind.IDS
                || logits.kind() != Value.Kind.REAL || input.columns() != features.columns() || logits.columns() != letters.labels()) {
            throw new IllegalArgumentException("its graph reads " + input.columns() + " columns and gives " + logits.columns()
                    + " scores; expected " + features.columns() + " and " + letters.labels());
        }
    }
}
