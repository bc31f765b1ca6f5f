/* Translation of sentences. */
package org.tidegate.server.task;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tidegate.decode.BeamSearch;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.task.translate.Translation;
import org.tidegate.task.translate.TranslatorAnswers;
import org.tidegate.task.translate.TranslatorReading;
import org.tidegate.text.Vocabulary;

/**
 * Texts [N], a sentence each; their translations [N] and of each the score [N], the mean log probability of its words in nats. The
 * parameter {@code beam} is the width of the search, 1 (greedy) unless it is given.
 *
 * <p>Asked for by name, of models that have attention: the tokens of all sentences, and of all translations, each with its end token, and
 * the attention weights, for each token of a translation one for each token of its sentence, which sum to 1.
 */
final class TranslateServing extends TaskServing<TranslatorAnswers, TranslateServing.Input, List<TranslateServing.Found>> {
    private static final String TRANSLATION = "translation";
    private static final String SCORE = "score";
    private static final String SOURCE_TOKENS = "source_tokens";
    private static final String TARGET_TOKENS = "target_tokens";
    private static final String ATTENTION = "attention";
    private static final List<String> LOOKS = List.of(SOURCE_TOKENS, SOURCE_TOKENS + LENGTHS, TARGET_TOKENS, TARGET_TOKENS + LENGTHS,
            ATTENTION, ATTENTION + LENGTHS);

    /** Sentences, the width of the search, and whether it is wanted where the decoder looked. */
    record Input(List<String> sentences, int beam, boolean looks) {}

    /** A translation, and its attention weights [words + 1][source words + 1]; null where they are not wanted. */
    record Found(Translation translation, double[][] weights) {}

    TranslateServing(TranslatorAnswers answers) {
        super(answers);
    }

    @Override
    public List<TensorMetadata> outputs() {
        List<TensorMetadata> outputs = new ArrayList<>(List.of(TensorMetadata.of(TRANSLATION, Datatype.BYTES, -1),
                TensorMetadata.of(SCORE, Datatype.FP32, -1)));
        if (answers().hasAttention()) {
            for (String tokens : List.of(SOURCE_TOKENS, TARGET_TOKENS)) {
                outputs.addAll(List.of(TensorMetadata.of(tokens, Datatype.BYTES, -1), lengthsOf(tokens)));
            }
            outputs.addAll(List.of(TensorMetadata.of(ATTENTION, Datatype.FP32, -1), lengthsOf(ATTENTION)));
        }
        return outputs;
    }

    @Override
    public Generates generates() {
        return new Generates(TEXT, TRANSLATION, Set.of("beam"));
    }

    @Override
    void describe(Map<String, String> properties) {
        properties.put("beam", "1 to " + MOST_BEAM);
        properties.put("maximum_length", Integer.toString(answers().reading().maximumLength()));
        if (answers().hasAttention()) {
            properties.put("only_by_name", String.join("\n", LOOKS));
        }
    }

    @Override
    public Input read(InferenceRequest request) {
        List<String> sentences = texts(request, TEXT);
        for (int i = 0; i < sentences.size(); i++) {
            if (TranslatorReading.words(sentences.get(i)).isEmpty()) {
                throw ProtocolException.invalid("text " + i + " has no word to translate");
            }
        }
        return new Input(sentences, beam(request), LOOKS.stream().anyMatch(output -> asks(request, output)));
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
    public List<List<Found>> run(List<Input> inputs) {
        List<List<String>> sentences = inputs.stream().map(Input::sentences).toList();
        BeamSearch search = BeamSearch.of(inputs.get(0).beam()).lengthNormalization(1);
        List<List<Translation>> found = split(sentences, answers().translate(sentences.stream().flatMap(List::stream).toList(), search)
                .stream().map(some -> some.get(0)).toList());
        Iterator<double[][]> weights = weights(inputs, found).iterator();
        return IntStream.range(0, found.size()).mapToObj(i -> found.get(i).stream()
                .map(each -> new Found(each, inputs.get(i).looks() ? weights.next() : null)).toList()).toList();
    }

    /** Of the requests that want them. */
    private List<double[][]> weights(List<Input> inputs, List<List<Translation>> found) {
        List<String> sentences = new ArrayList<>();
        List<List<String>> words = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            if (inputs.get(i).looks()) {
                sentences.addAll(inputs.get(i).sentences());
                found.get(i).forEach(each -> words.add(each.words()));
            }
        }
        return sentences.isEmpty() ? List.of() : answers().attention(sentences, words);
    }

    @Override
    public List<InferenceTensor> write(InferenceRequest request, Input input, List<Found> found) {
        int n = found.size();
        Outputs outputs = new Outputs(request)
                .add(TRANSLATION, () -> InferenceTensor.of(TRANSLATION, found.stream().map(each -> each.translation().text()).toList(), n))
                .add(SCORE, () -> InferenceTensor.of(SCORE, floats(n, 1, (i, k) -> found.get(i).translation().score()), n));
        if (input.looks()) {
            tokens(outputs, SOURCE_TOKENS, input.sentences().stream().map(answers().reading()::sourceTokens).toList(),
                    answers().reading().sourceVocabulary());
            tokens(outputs, TARGET_TOKENS, found.stream().map(each -> each.translation().words()).toList(),
                    answers().reading().targetVocabulary());
            List<float[]> weights = found.stream().map(each -> flat(each.weights())).toList();
            outputs.add(ATTENTION, () -> joined(weights))
                    .add(ATTENTION + LENGTHS, () -> lengths(ATTENTION, weights.stream().mapToInt(each -> each.length).toArray()));
        }
        return outputs.list();
    }

    /** Words, each with the end token behind them, and how many they are. */
    private static void tokens(Outputs outputs, String name, List<List<String>> words, Vocabulary vocabulary) {
        List<String> all = words.stream().flatMap(each -> Stream.concat(each.stream(), Stream.of(vocabulary.token(vocabulary.endId()))))
                .toList();
        outputs.add(name, () -> InferenceTensor.of(name, all, all.size()))
                .add(name + LENGTHS, () -> lengths(name, words.stream().mapToInt(each -> each.size() + 1).toArray()));
    }

    private static float[] flat(double[][] weights) {
        return floats(weights.length, weights[0].length, (row, column) -> weights[row][column]);
    }

    private static InferenceTensor joined(List<float[]> pieces) {
        FloatBuffer all = FloatBuffer.allocate(pieces.stream().mapToInt(piece -> piece.length).sum());
        pieces.forEach(all::put);
        return InferenceTensor.of(ATTENTION, all.array(), all.capacity());
    }
}
