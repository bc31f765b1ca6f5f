/* Translation of sentences. */
package org.tidegate.server.task;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tidegate.decode.BeamSearch;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.task.translate.Translation;
import org.tidegate.task.translate.TranslatorAnswers;
import org.tidegate.task.translate.TranslatorReading;

/**
 * Texts [N], a sentence each; their translations [N] and of each the score [N], the mean log probability of its words in nats. The
 * parameter {@code beam} is the width of the search, 1 (greedy) unless it is given.
 */
final class TranslateServing extends TaskServing<TranslatorAnswers, TranslateServing.Input, List<Translation>> {
    private static final String TRANSLATION = "translation";
    private static final String SCORE = "score";

    /** Sentences and the width of the search. */
    record Input(List<String> sentences, int beam) {}

    TranslateServing(TranslatorAnswers answers) {
        super(answers);
    }

    @Override
    public List<TensorMetadata> inputs() {
        return List.of(TensorMetadata.of(TEXT, Datatype.BYTES, -1));
    }

    @Override
    public List<TensorMetadata> outputs() {
        return List.of(TensorMetadata.of(TRANSLATION, Datatype.BYTES, -1), TensorMetadata.of(SCORE, Datatype.FP32, -1));
    }

    @Override
    public Generates generates() {
        return new Generates(TEXT, TRANSLATION, Set.of("beam"));
    }

    @Override
    void describe(Map<String, String> properties) {
        properties.put("beam", "1 to " + MOST_BEAM);
        properties.put("maximum_length", Integer.toString(answers().reading().maximumLength()));
    }

    @Override
    public Input read(InferenceRequest request) {
        List<String> sentences = texts(request, TEXT);
        for (int i = 0; i < sentences.size(); i++) {
            if (TranslatorReading.words(sentences.get(i)).isEmpty()) {
                throw ProtocolException.invalid("text " + i + " has no word to translate");
            }
        }
        return new Input(sentences, beam(request));
    }

    @Override
    public int size(Input input) {
        return input.sentences().size();
    }

    @Override
    public Object group(Input input) {
        return input.beam();
    }

    @Override
    public List<List<Translation>> run(List<Input> inputs) {
        List<List<String>> sentences = inputs.stream().map(Input::sentences).toList();
        BeamSearch search = BeamSearch.of(inputs.get(0).beam()).lengthNormalization(1);
        return split(sentences, answers().translate(sentences.stream().flatMap(List::stream).toList(), search).stream()
                .map(found -> found.get(0)).toList());
    }

    @Override
    public List<InferenceTensor> write(InferenceRequest request, Input input, List<Translation> found) {
        int n = found.size();
        return new Outputs(request)
                .add(TRANSLATION, () -> InferenceTensor.of(TRANSLATION, found.stream().map(Translation::text).toList(), n))
                .add(SCORE, () -> InferenceTensor.of(SCORE, floats(n, 1, (i, k) -> found.get(i).score()), n)).list();
    }
}
