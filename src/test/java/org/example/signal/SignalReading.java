package org.example.signal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Network;
import org.tidegate.Value;
import org.tidegate.json.JsonObject;
import org.tidegate.task.ExampleReading;
import org.tidegate.task.GraphCheck;

/**
 * What a classifier of signals knows besides its network.
 *
 * @param labels the classes in the order of their ids
 * @param channels the numbers of a step
 */
public record SignalReading(List<String> labels, int channels) implements ExampleReading<LabelledSignal> {
    private static final int MOST_CHANNELS = 4096;

    static final String AXIS = "signal";
    static final String STEPS = "steps";
    static final String LABEL = "label";
    static final String LOGITS = "logits";

    static SignalReading of(JsonObject json) {
        json.only("labels", "channels");
        return new SignalReading(json.strings("labels"), json.integer("channels", 1, MOST_CHANNELS));
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder().put("labels", labels).put("channels", channels).build();
    }

    @Override
    public String task() {
        return SignalClassifier.TASK;
    }

    @Override
    public String target() {
        return "signal";
    }

    @Override
    public String examples() {
        return "signals";
    }

    @Override
    public String describe() {
        return "signals of " + channels + " channels, " + labels.size() + " labels";
    }

    @Override
    public void checkFits(Network network) {
        GraphCheck.of(network).axes(AXIS).reals(STEPS, Value.Rows.PER_STEP, channels).ids(LABEL, Value.Rows.PER_SEQUENCE)
                .output(LOGITS, Value.Rows.PER_SEQUENCE, labels.size());
    }

    @Override
    public int length(LabelledSignal example) {
        if (example.steps().length == 0) {
            throw new IllegalArgumentException("a signal with the label \"" + example.label() + "\" has no steps; expected at least one");
        }
        return example.steps().length;
    }

    @Override
    public void checkTrainable(LabelledSignal example) {
        if (!knows(example.label())) {
            throw new IllegalArgumentException("a signal has the label \"" + example.label() + "\"; expected one of " + labels);
        }
    }

    @Override
    public List<String> answer(LabelledSignal example) {
        return List.of(example.label());
    }

    @Override
    public boolean knows(String label) {
        return labels.contains(label);
    }

    @Override
    public boolean hasLoss(LabelledSignal example) {
        return knows(example.label());
    }

    @Override
    public String part() {
        return "label";
    }

    @Override
    public void fill(Batch batch, List<LabelledSignal> examples) {
        fillSteps(batch, examples.stream().map(LabelledSignal::steps).toList());
        batch.ids(LABEL, examples.stream().mapToInt(example -> labels.indexOf(example.label())).toArray());
    }

    @Override
    public void fillGiven(Batch batch, List<LabelledSignal> examples) {
        fillSteps(batch, examples.stream().map(LabelledSignal::steps).toList());
    }

    @Override
    public Optional<String> figure() {
        return Optional.of("accuracy");
    }

    @Override
    public Optional<Score<LabelledSignal>> score(Model model) {
        return Optional.of(new SignalScore(this));
    }

    @Override
    public Stream<byte[]> content(LabelledSignal example) {
        return Stream.of(example.label(), Arrays.deepToString(example.steps())).map(part -> part.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public List<LabelledSignal> read(List<Path> files) throws IOException {
        return LabelledSignal.read(files);
    }

    /** Writes the steps of signals. */
    void fillSteps(Batch batch, List<float[][]> signals) {
        batch.lengths(AXIS, signals.stream().mapToInt(steps -> steps.length).toArray()).reals(STEPS, signals.toArray(float[][][]::new));
    }
}
