/* Where somebody speaks. */
package org.tidegate.server.task;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tidegate.audio.Audio;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.server.sequence.Steps;
import org.tidegate.task.voice.SpeechRules;
import org.tidegate.task.voice.SpeechSpan;
import org.tidegate.task.voice.VoiceAnswers;

/**
 * One of two inputs: {@code audio} [N], the bytes of a sound file each, or {@code samples} [n] of one sound, see {@link Sounds}; of all of
 * them the spans of speech [M, 2], begin and end in seconds, and
 * the probabilities of speech in each chunk [T], sound after sound, and how many each sound has [N]. The parameter {@code threshold} is the
 * probability with which speech begins, the model's own unless it is given.
 */
final class VoiceServing extends TaskServing<VoiceAnswers, VoiceServing.Input, List<float[]>> {
    private static final String SPANS = "spans";
    static final String PROBABILITIES = "probabilities";

    /** Sounds, and how their probabilities become spans. */
    record Input(List<Audio> sounds, SpeechRules rules) {}

    VoiceServing(VoiceAnswers answers) {
        super(answers);
    }

    @Override
    public List<TensorMetadata> inputs() {
        return List.of(TensorMetadata.of(Sounds.AUDIO, Datatype.BYTES, -1), TensorMetadata.of(Sounds.SAMPLES, Datatype.FP32, -1));
    }

    @Override
    public List<TensorMetadata> outputs() {
        return List.of(TensorMetadata.of(SPANS, Datatype.FP32, -1, 2), lengthsOf(SPANS), TensorMetadata.of(PROBABILITIES, Datatype.FP32, -1),
                lengthsOf(PROBABILITIES));
    }

    @Override
    void describe(Map<String, String> properties) {
        Sounds.describe(properties, answers().reading().rate());
        properties.put("chunk", Integer.toString(answers().reading().chunk()));
        properties.put("threshold", Double.toString(answers().reading().rules().threshold()));
    }

    @Override
    public boolean readsSlowly() {
        return true;
    }

    @Override
    public Input read(InferenceRequest request) {
        SpeechRules rules = answers().reading().rules();
        double threshold = request.real("threshold", rules.threshold());
        return new Input(Sounds.filesOrSamples(request, answers().reading().rate()), threshold == rules.threshold() ? rules : rules.threshold(threshold));
    }

    @Override
    public int size(Input input) {
        return input.sounds().size();
    }

    @Override
    public long held(Input input) {
        return input.sounds().stream().mapToLong(sound -> (long) Float.BYTES * sound.samples().length).sum();
    }

    @Override
    public List<List<float[]>> run(List<Input> inputs) {
        List<List<Audio>> sounds = inputs.stream().map(Input::sounds).toList();
        return split(sounds, answers().probabilities(sounds.stream().flatMap(List::stream).toList()));
    }

    @Override
    public List<InferenceTensor> write(InferenceRequest request, Input input, List<float[]> found) {
        List<List<SpeechSpan>> spans = IntStream.range(0, found.size())
                .mapToObj(i -> answers().reading().spans(input.sounds().get(i), found.get(i), input.rules())).toList();
        List<SpeechSpan> all = spans.stream().flatMap(List::stream).toList();
        Outputs outputs = new Outputs(request)
                .add(SPANS, () -> InferenceTensor.of(SPANS,
                        floats(all.size(), 2, (i, k) -> k == 0 ? all.get(i).start() : all.get(i).end()), all.size(), 2))
                .add(SPANS + LENGTHS, () -> lengths(SPANS, spans.stream().mapToInt(List::size).toArray()));
        return probabilities(outputs, found).list();
    }

    /** Adds those of each sound. */
    static Outputs probabilities(Outputs outputs, List<float[]> found) {
        return outputs.add(PROBABILITIES, () -> joined(found))
                .add(PROBABILITIES + LENGTHS, () -> lengths(PROBABILITIES, found.stream().mapToInt(some -> some.length).toArray()));
    }

    private static InferenceTensor joined(List<float[]> each) {
        float[] all = new float[each.stream().mapToInt(some -> some.length).sum()];
        int at = 0;
        for (float[] some : each) {
            System.arraycopy(some, 0, all, at, some.length);
            at += some.length;
        }
        return InferenceTensor.of(PROBABILITIES, all, all.length);
    }

    @Override
    public Steps<?> steps(int capacity, int threads) {
        return new VoiceSteps(answers(), capacity, threads);
    }
}
