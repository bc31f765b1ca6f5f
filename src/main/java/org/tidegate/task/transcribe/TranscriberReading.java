package org.tidegate.task.transcribe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Network;
import org.tidegate.Value;
import org.tidegate.audio.Audio;
import org.tidegate.audio.Recording;
import org.tidegate.audio.RecordingIndex;
import org.tidegate.audio.SpeechAugmentation;
import org.tidegate.json.JsonObject;
import org.tidegate.task.ExampleReading;
import org.tidegate.task.GraphCheck;
import org.tidegate.text.Vocabulary;

/**
 * What a transcriber knows besides its network.
 *
 * @param features the input features
 * @param letters the labels
 * @param directions 2 for bidirectional layers, 1 for forwards only, as a stream needs
 * @param augmentation the data augmentation of training
 * @param columns the columns of its lists of recordings
 */
public record TranscriberReading(SpeechFeatures features, Letters letters, int directions, SpeechAugmentation augmentation,
        RecordingIndex.Columns columns) implements ExampleReading<Recording> {
    /** Inputs, each on an axis of its own name: the features {@code [T,N,columns]}, and the labels. */
    static final String FEATURES = "features";
    static final String LETTERS = "letters";
    /** Nodes: the recurrent layers, and the logits {@code [T,N,labels]}. */
    static final String RECURRENT = "rnn";
    static final String LOGITS = "logits";

    /** An example of training: features {@code [steps, columns]} and labels. */
    private record Example(float[] steps, int[] labels) {}

    static TranscriberReading of(JsonObject json) {
        json.only("directions", "features", "augmentation", "columns", "letters");
        JsonObject columns = json.object("columns").only("file", "text", "speaker", "speaker_chosen");
        return new TranscriberReading(SpeechFeatures.of(json.object("features")), new Letters(Vocabulary.fromJson(json.object("letters"))),
                json.integer("directions"), SpeechAugmentation.fromJson(json.object("augmentation")),
                new RecordingIndex.Columns(columns.string("file"), columns.string("text"), columns.string("speaker"),
                        columns.flag("speaker_chosen")));
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder().put("directions", directions).put("features", features.toJson())
                .put("augmentation", augmentation.toJson())
                .put("columns", JsonObject.builder().put("file", columns.file()).put("text", columns.text())
                        .put("speaker", columns.speaker()).put("speaker_chosen", columns.speakerChosen()).build())
                .put("letters", letters.vocabulary().toJson()).build();
    }

    @Override
    public String task() {
        return Transcriber.TASK;
    }

    @Override
    public String target() {
        return "recording";
    }

    /** The loss of a recording is divided by its letters. */
    @Override
    public String lossUnit() {
        return "nats/letter";
    }

    @Override
    public String examples() {
        return "recordings";
    }

    @Override
    public String describe() {
        return letters.vocabulary().size() + " letters, " + features.logMel().mels() + " mel bands at " + features.rate() + " Hz, "
                + (directions == 1 ? "one direction" : "both directions");
    }

    @Override
    public void checkFits(Network network) {
        boolean both = network.node(RECURRENT).attribute("bidirectional").isPresent();
        GraphCheck.of(network).axes(FEATURES, LETTERS).reals(FEATURES, Value.Rows.PER_STEP, features.columns()).ids(LETTERS)
                .output(LOGITS, Value.Rows.PER_STEP, letters.labels())
                .holds(directions == (both ? 2 : 1), "its layers read in " + (both ? 2 : 1) + " directions; expected " + directions);
    }

    /** The number of steps of features. The transcript must consist of the model's letters, and be no longer than the recording allows. */
    @Override
    public int length(Recording recording) {
        int steps = features.steps(samples(recording.name(), recording.audio()).length);
        labels(recording, steps);
        return steps;
    }

    @Override
    public void fill(Batch batch, List<Recording> recordings) {
        fillExamples(batch, recordings.stream().map(this::example).toList());
    }

    /** With augmentation: recordings are varied, and joined with others of the same speaker. */
    @Override
    public Filler<Recording> filler(List<Recording> training) {
        Map<String, List<Recording>> speakers = training.stream().collect(Collectors.groupingBy(Recording::speaker));
        return (batch, recordings, random) -> fillExamples(batch,
                recordings.stream().map(recording -> varied(recording, speakers.get(recording.speaker()), random)).toList());
    }

    @Override
    public Stream<byte[]> content(Recording recording) {
        ByteBuffer samples = ByteBuffer.allocate(recording.audio().samples().length * Float.BYTES);
        samples.asFloatBuffer().put(recording.audio().samples());
        return Stream.of((recording.text() + '\n' + recording.speaker()).getBytes(StandardCharsets.UTF_8), samples.array());
    }

    @Override
    public List<Recording> read(List<Path> files) throws IOException {
        return RecordingIndex.read(files, columns);
    }

    /** The features of audio, {@code [steps, columns]}; fails if there are none. */
    float[] steps(String name, Audio audio) {
        return features.of(samples(name, audio));
    }

    /** Whether a recording's transcript has a loss: its letters are the model's, and no more than its steps allow. */
    boolean canBeScored(Recording recording) {
        return letters.unknown(recording.text()) == 0 && features.steps(samples(recording.name(), recording.audio()).length)
                >= Letters.steps(letters.labels(recording.name(), recording.text()));
    }

    /** Writes the features of recordings. */
    void fillSteps(Batch batch, List<float[]> recordings) {
        int width = features.columns();
        batch.lengths(FEATURES, recordings.stream().mapToInt(steps -> steps.length / width).toArray());
        FloatBuffer rows = batch.writableReals(FEATURES);
        for (int s = 0; s < recordings.size(); s++) {
            float[] steps = recordings.get(s);
            for (int t = 0; t < steps.length / width; t++) {
                rows.put(batch.row(FEATURES, s, t) * width, steps, t * width, width);
            }
        }
    }

    /** An empty transcript is written as one blank. */
    private void fillExamples(Batch batch, List<Example> examples) {
        fillSteps(batch, examples.stream().map(Example::steps).toList());
        int[][] labels = examples.stream().map(Example::labels).map(some -> some.length == 0 ? new int[] {Letters.BLANK} : some)
                .toArray(int[][]::new);
        batch.lengths(LETTERS, Stream.of(labels).mapToInt(some -> some.length).toArray()).ids(LETTERS, labels);
    }

    /** A recording without augmentation; fails as {@link #length}. */
    private Example example(Recording recording) {
        float[] steps = steps(recording.name(), recording.audio());
        return new Example(steps, labels(recording, steps.length / features.columns()));
    }

    /** The labels of a recording that has so many steps; fails if they need more. */
    private int[] labels(Recording recording, int steps) {
        int[] labels = letters.labels(recording.name(), recording.text());
        int needed = Letters.steps(labels);
        if (steps < needed) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "%s is too short for its text: \"%s\" needs at least %d steps of"
                    + " %d frames (one for each letter, one more between two that are the same), and its %.2f s have %d. Correct the text,"
                    + " or use fewer frames a step.", recording.name(), recording.text(), needed, features.stack(),
                    recording.audio().seconds(), steps));
        }
        return labels;
    }

    /** The samples of a sound at the rate of the features; fails if they make no step. */
    private float[] samples(String name, Audio audio) {
        float[] samples = audio.at(features.rate()).samples();
        if (features.steps(samples.length) == 0) {
            throw new IllegalArgumentException(name + " is too short: it lasts " + Math.round(1000 * audio.seconds())
                    + " ms; expected at least " + Math.round(1000.0 * features.logMel().size() / features.rate()) + " ms");
        }
        return samples;
    }

    /** The recording and others of its speaker, joined and each varied; the recording unchanged where that is too short for CTC. */
    private Example varied(Recording recording, List<Recording> others, RandomGenerator random) {
        List<Audio> sounds = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        int count = 1 + random.nextInt(augmentation.join());
        for (int i = 0; i < count; i++) {
            Recording part = i == 0 ? recording : others.get(random.nextInt(others.size()));
            sounds.add(new Audio(augmentation.vary(part.audio().at(features.rate()).samples(), random), features.rate()));
            text.append(text.isEmpty() || part.text().isEmpty() ? "" : " ").append(part.text());
        }
        float[] sound = Audio.join(sounds).samples();
        augmentation.addNoise(sound, random);
        Example varied = new Example(features.of(sound), letters.labels(recording.name(), text.toString()));
        int steps = varied.steps.length / features.columns();
        return steps > 0 && steps >= Letters.steps(varied.labels) ? varied : example(recording);
    }
}
