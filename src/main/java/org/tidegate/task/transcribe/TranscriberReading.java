package org.tidegate.task.transcribe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Network;
import org.tidegate.NodeSpec;
import org.tidegate.Session;
import org.tidegate.Tensor;
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
 * What a transcriber knows besides its network, which stacks the frames of its input: {@code stack} of them are a step of the first layer,
 * and each of the first {@code pyramid} layers is followed by a stacking of its steps in pairs.
 *
 * @param features the input features
 * @param letters the labels
 * @param stack frames of a step of the first layer
 * @param pyramid the height of the pyramid: how often the steps are halved
 * @param directions 2 for bidirectional layers, 1 for forwards only, as a stream needs
 * @param augmentation the data augmentation of training
 * @param columns the columns of its lists of recordings
 */
public record TranscriberReading(SpeechFeatures features, Letters letters, int stack, int pyramid, int directions,
        SpeechAugmentation augmentation, RecordingIndex.Columns columns) implements ExampleReading<Recording> {
    /** Inputs, each on an axis of its own name: the features of frames {@code [T,N,mels]}, and the labels. */
    static final String FEATURES = "features";
    static final String LETTERS = "letters";
    /** Nodes: stacked frames where a step has several; the recurrent layers, and between those of the pyramid their steps in pairs. */
    static final String STACKED = "stacked";
    static final String RECURRENT = "rnn";
    static final String PAIRS = "pairs";
    /** Node: the logits {@code [T',N,labels]}, T' = T ÷ {@link #framesPerStep}. */
    static final String LOGITS = "logits";
    /** Ten minutes: far above what makes sense. */
    private static final int MOST_FRAMES_PER_STEP = 1 << 16;

    /** An example of training: features {@code [frames, mels]} and labels. */
    private record Example(float[] frames, int[] labels) {}

    /**
     * Checks the stacking.
     *
     * @param features the input features
     * @param letters the labels
     * @param stack frames of a step of the first layer
     * @param pyramid how often the steps are halved
     * @param directions 2 for bidirectional layers, 1 for forwards only, as a stream needs
     * @param augmentation the data augmentation of training
     * @param columns the columns of its lists of recordings
     * @throws IllegalArgumentException if stack or pyramid is negative, stack 0, or a step of the output of absurdly many frames
     */
    public TranscriberReading {
        if (stack < 1) {
            throw new IllegalArgumentException("the number of frames a step is " + stack + "; expected 1 or more");
        }
        if (pyramid < 0) {
            throw new IllegalArgumentException("the height of the pyramid is " + pyramid + "; expected 0 or more");
        }
        if (stack > MOST_FRAMES_PER_STEP >> Math.min(pyramid, Integer.SIZE - 1)) {
            throw new IllegalArgumentException("a stack of " + stack + " frames and a pyramid of height " + pyramid + " make steps of"
                    + " more than " + MOST_FRAMES_PER_STEP + " frames; stack fewer, or halve less often");
        }
    }

    static TranscriberReading of(JsonObject json) {
        json.only("stack", "pyramid", "directions", "features", "augmentation", "columns", "letters");
        JsonObject columns = json.object("columns").only("file", "text", "speaker", "speaker_chosen");
        if (json.object("features").has("stack")) {
            throw new IllegalArgumentException("it is of an earlier Tidegate, whose networks did not stack the frames themselves: train the"
                    + " model again, with the data and the options that it was made with");
        }
        return new TranscriberReading(SpeechFeatures.of(json.object("features")), new Letters(Vocabulary.fromJson(json.object("letters"))),
                json.integer("stack"), json.integer("pyramid"), json.integer("directions", 1, 2),
                SpeechAugmentation.fromJson(json.object("augmentation")),
                new RecordingIndex.Columns(columns.string("file"), columns.string("text"), columns.string("speaker"),
                        columns.flag("speaker_chosen")));
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder().put("stack", stack).put("pyramid", pyramid).put("directions", directions)
                .put("features", features.toJson()).put("augmentation", augmentation.toJson())
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
                + (directions == 1 ? "one direction" : "both directions") + (pyramid == 0 ? "" : ", a pyramid of height " + pyramid);
    }

    @Override
    public void checkFits(Network network) {
        Set<String> axes = new LinkedHashSet<>(List.of(FEATURES));
        for (int halvings = 0; halvings <= pyramid; halvings++) {
            axes.add(axis(halvings));
        }
        axes.add(LETTERS);
        GraphCheck check = GraphCheck.of(network).axes(axes.toArray(String[]::new)).ids(LETTERS)
                .reals(FEATURES, Value.Rows.PER_STEP, features.logMel().mels()).output(LOGITS, Value.Rows.PER_STEP, letters.labels());
        if (stack > 1) {
            checkFrames(check, network, STACKED, FEATURES, stack);
        }
        for (int i = 1; i <= pyramid + 1; i++) {
            String layer = numbered(RECURRENT, i);
            boolean both = network.node(layer).attribute("bidirectional").isPresent();
            check.holds(directions == (both ? 2 : 1), "its layers read in " + (both ? 2 : 1) + " directions; expected " + directions);
            checkAxis(check, network, layer, axis(i - 1));
            if (i <= pyramid) {
                checkFrames(check, network, numbered(PAIRS, i), layer, 2);
            }
        }
        checkAxis(check, network, LOGITS, axis(pyramid));
    }

    /** The axis of the steps after so many halvings. */
    private String axis(int halvings) {
        return halvings > 0 ? numbered(PAIRS, halvings) : stack > 1 ? STACKED : FEATURES;
    }

    private static void checkFrames(GraphCheck check, Network network, String name, String input, int size) {
        NodeSpec expected = new NodeSpec(name, "frames", List.of(input), Map.of("size", Integer.toString(size)));
        NodeSpec found = network.node(name);
        check.holds(found.equals(expected), "its graph has the node '" + found + "'; expected '" + expected + "'");
    }

    private static void checkAxis(GraphCheck check, Network network, String name, String axis) {
        String found = network.value(name).axis().orElse("none");
        check.holds(found.equals(axis), "its node '" + name + "' is on the axis " + found + "; expected " + axis);
    }

    /** The name of the n-th node of a kind, from 1. */
    static String numbered(String name, int n) {
        return n == 1 ? name : name + n;
    }

    /** The number of steps of the output. */
    @Override
    public int length(Recording recording) {
        return steps(recording);
    }

    /** The transcript must be of the model's letters, and no longer than the recording allows. */
    @Override
    public void checkTrainable(Recording recording) {
        labels(recording, steps(recording));
    }

    @Override
    public List<String> answer(Recording recording) {
        return recording.text().codePoints().mapToObj(Character::toString).toList();
    }

    @Override
    public boolean knows(String letter) {
        return letters.vocabulary().id(letter) >= 0;
    }

    /** The letters of the transcript are the model's, and no more than the recording allows. */
    @Override
    public boolean hasLoss(Recording recording) {
        return letters.unknown(recording.text()) == 0 && steps(recording)
                >= Letters.steps(letters.labels(recording.name(), recording.text()));
    }

    @Override
    public String part() {
        return "letter";
    }

    @Override
    public String origin(Recording recording) {
        return recording.name();
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
    public void fillGiven(Batch batch, List<Recording> recordings) {
        fillFrames(batch, recordings.stream().map(recording -> frames(recording.name(), recording.audio())).toList());
    }

    /** By best-path decoding. */
    @Override
    public Optional<String> figure() {
        return Optional.of("letter_error_rate");
    }

    @Override
    public Optional<Score<Recording>> score(Model model) {
        return Optional.of(new TranscriberScore(this));
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

    /** Frames of a step of the output. */
    int framesPerStep() {
        return stack << pyramid;
    }

    /**
     * {@return the features of audio, {@code [frames, mels]}, the last frame repeated until they make whole steps of the output} For
     * {@link TranscriberAnswers#transcriptions}.
     *
     * @param name of the audio in messages
     * @param audio the audio, of any sample rate
     * @throws IllegalArgumentException if it is shorter than one frame
     */
    public float[] frames(String name, Audio audio) {
        return completed(features.of(samples(name, audio)));
    }

    private float[] completed(float... frames) {
        int mels = features.logMel().mels();
        float[] completed = Arrays.copyOf(frames, steps(frames.length / mels) * framesPerStep() * mels);
        for (int i = frames.length; i < completed.length; i++) {
            completed[i] = completed[i - mels];
        }
        return completed;
    }

    /** Steps of the output of so many frames. */
    private int steps(int frames) {
        return (frames + framesPerStep() - 1) / framesPerStep();
    }

    private int steps(Recording recording) {
        return steps(features.logMel().frames(samples(recording.name(), recording.audio()).length));
    }

    /** Writes the features of recordings. */
    void fillFrames(Batch batch, List<float[]> recordings) {
        int mels = features.logMel().mels();
        batch.lengths(FEATURES, recordings.stream().mapToInt(frames -> frames.length / mels).toArray());
        FloatBuffer rows = batch.writableReals(FEATURES);
        for (int s = 0; s < recordings.size(); s++) {
            float[] frames = recordings.get(s);
            for (int t = 0; t < frames.length / mels; t++) {
                rows.put(batch.row(FEATURES, s, t) * mels, frames, t * mels, mels);
            }
        }
    }

    /** The logits {@code [steps, labels]} of each recording of the batch that the session has just run. */
    List<float[]> logits(Session session, Batch batch, int recordings) {
        Tensor output = session.output(LOGITS);
        String axis = axis(pyramid);
        int labels = letters.labels();
        List<float[]> logits = new ArrayList<>();
        for (int s = 0; s < recordings; s++) {
            float[] rows = new float[batch.length(axis, s) * labels];
            for (int t = 0; t * labels < rows.length; t++) {
                output.get((long) batch.row(axis, s, t) * labels, rows, t * labels, labels);
            }
            logits.add(rows);
        }
        return logits;
    }

    /** An empty transcript is written as one blank. */
    private void fillExamples(Batch batch, List<Example> examples) {
        fillFrames(batch, examples.stream().map(Example::frames).toList());
        int[][] labels = examples.stream().map(Example::labels).map(some -> some.length == 0 ? new int[] {Letters.BLANK} : some)
                .toArray(int[][]::new);
        batch.lengths(LETTERS, Stream.of(labels).mapToInt(some -> some.length).toArray()).ids(LETTERS, labels);
    }

    /** A recording without augmentation; fails as {@link #length}. */
    private Example example(Recording recording) {
        float[] frames = frames(recording.name(), recording.audio());
        return new Example(frames, labels(recording, steps(frames.length / features.logMel().mels())));
    }

    /** The labels of a recording that has so many steps; fails if they need more. */
    private int[] labels(Recording recording, int steps) {
        int[] labels = letters.labels(recording.name(), recording.text());
        int needed = Letters.steps(labels);
        if (steps < needed) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "%s is too short for its text: \"%s\" needs at least %d steps of"
                    + " %d frames (one for each letter, one more between two that are the same), and its %.2f s have %d. Correct the text,"
                    + " or use fewer frames a step%s.", recording.name(), recording.text(), needed, framesPerStep(),
                    recording.audio().seconds(), steps, pyramid == 0 ? "" : ": a smaller stack, or a lower pyramid"));
        }
        return labels;
    }

    /** The samples of a sound at the rate of the features; fails if they make no step. */
    private float[] samples(String name, Audio audio) {
        float[] samples = audio.at(features.rate()).samples();
        if (features.logMel().frames(samples.length) == 0) {
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
        Example varied = new Example(completed(features.of(sound)), letters.labels(recording.name(), text.toString()));
        int steps = steps(varied.frames.length / features.logMel().mels());
        return steps > 0 && steps >= Letters.steps(varied.labels) ? varied : example(recording);
    }
}
