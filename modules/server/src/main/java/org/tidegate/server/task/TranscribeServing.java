/* Transcription of speech. */
package org.tidegate.server.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tidegate.audio.Audio;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.task.transcribe.TranscriberAnswers;
import org.tidegate.task.transcribe.Transcription;

/** Audio [N], the bytes of a sound file each, see {@link Sounds}; their texts [N]. */
final class TranscribeServing extends TaskServing<TranscriberAnswers, List<float[]>, List<Transcription>> {
    TranscribeServing(TranscriberAnswers answers) {
        super(answers);
    }

    @Override
    public List<TensorMetadata> inputs() {
        return List.of(TensorMetadata.of(Sounds.AUDIO, Datatype.BYTES, -1));
    }

    @Override
    public List<TensorMetadata> outputs() {
        return List.of(TensorMetadata.of(TEXT, Datatype.BYTES, -1));
    }

    @Override
    void describe(Map<String, String> properties) {
        Sounds.describe(properties, answers().reading().features().rate());
    }

    @Override
    public boolean readsSlowly() {
        return true;
    }

    /** The features of each sound. */
    @Override
    public List<float[]> read(InferenceRequest request) {
        List<float[]> frames = new ArrayList<>();
        for (Audio audio : Sounds.read(request)) {
            frames.add(answers().reading().frames("sound " + frames.size(), audio));
        }
        return frames;
    }

    @Override
    public int size(List<float[]> sounds) {
        return sounds.size();
    }

    @Override
    public long held(List<float[]> sounds) {
        return sounds.stream().mapToLong(frames -> (long) Float.BYTES * frames.length).sum();
    }

    @Override
    public List<List<Transcription>> run(List<List<float[]>> inputs) {
        return split(inputs, answers().transcriptions(inputs.stream().flatMap(List::stream).toList()));
    }

    @Override
    public List<InferenceTensor> write(InferenceRequest request, List<float[]> sounds, List<Transcription> found) {
        return new Outputs(request)
                .add(TEXT, () -> InferenceTensor.of(TEXT, found.stream().map(Transcription::text).toList(), found.size())).list();
    }
}
