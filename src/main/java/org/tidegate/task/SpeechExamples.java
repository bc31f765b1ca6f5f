package org.tidegate.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.tidegate.audio.Audio;
import org.tidegate.audio.Recording;
import org.tidegate.audio.SpeechAugmentation;

/** Makes what a {@link Transcriber}'s network learns from: recordings as they are, or varied and joined. */
final class SpeechExamples {
    /** What the network is given: {@code [steps, columns]} and labels. */
    record Example(float[] steps, int[] labels) {}

    private final SpeechFeatures features;
    private final Letters letters;
    private final SpeechAugmentation augmentation;
    private Map<String, List<Recording>> speakers = Map.of();

    SpeechExamples(SpeechFeatures features, Letters letters, SpeechAugmentation augmentation) {
        this.features = features;
        this.letters = letters;
        this.augmentation = augmentation;
    }

    /** Keeps recordings, from which {@link #varied} takes others of the same speaker. */
    void keep(List<Recording> recordings) {
        speakers = recordings.stream().collect(Collectors.groupingBy(Recording::speaker));
    }

    /**
     * The steps of a recording.
     *
     * @throws IllegalArgumentException if it has none
     */
    static float[] steps(SpeechFeatures features, Recording recording) {
        float[] steps = features.of(recording.audio().at(features.rate()).samples());
        if (steps.length == 0) {
            throw new IllegalArgumentException(recording.name() + " is too short: it lasts "
                    + Math.round(1000 * recording.audio().seconds()) + " ms; expected at least "
                    + Math.round(1000.0 * features.logMel().size() / features.rate()) + " ms");
        }
        return steps;
    }

    /**
     * A recording as it is.
     *
     * @throws IllegalArgumentException if it is too short for its text, or the text has a letter that the model does not know
     */
    Example of(Recording recording) {
        Example example = new Example(steps(features, recording), letters.labels(recording.name(), recording.text()));
        if (!fits(example)) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "%s is too short for its text: \"%s\" needs at least %d steps of %d"
                    + " frames (one for each letter, one more between two that are the same), and its %.2f s have %d. Correct the text, or"
                    + " use fewer frames a step.", recording.name(), recording.text(), Letters.steps(example.labels), features.stack(),
                    recording.audio().seconds(), example.steps.length / features.columns()));
        }
        return example;
    }

    /** The recording and others of its speaker, one after the other, each varied; the recording as it is where that became too short. */
    Example varied(Recording recording, RandomGenerator random) {
        List<Recording> others = speakers.getOrDefault(recording.speaker(), List.of(recording));
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
        return varied.steps.length > 0 && fits(varied) ? varied : of(recording);
    }

    private boolean fits(Example example) {
        return example.steps.length / features.columns() >= Letters.steps(example.labels);
    }
}
