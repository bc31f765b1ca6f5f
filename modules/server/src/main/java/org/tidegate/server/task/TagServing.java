/* Tagging of words. */
package org.tidegate.server.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.task.tag.TaggerAnswers;

/**
 * Texts [N], split into words as the training data were; of all of them the words [M] and their tags [M], text after text, and how many
 * each text has [N].
 */
final class TagServing extends TaskServing<TaggerAnswers, List<List<String>>, List<List<String>>> {
    private static final String TOKENS = "tokens";
    private static final String TAGS = "tags";

    TagServing(TaggerAnswers answers) {
        super(answers);
    }

    @Override
    public List<TensorMetadata> outputs() {
        return List.of(TensorMetadata.of(TOKENS, Datatype.BYTES, -1), TensorMetadata.of(TAGS, Datatype.BYTES, -1), lengthsOf(TAGS));
    }

    @Override
    void describe(Map<String, String> properties) {
        properties.put("tags", String.join("\n", answers().reading().tagNames()));
        properties.put("column", answers().reading().column().lowerCase());
    }

    @Override
    public List<List<String>> read(InferenceRequest request) {
        List<List<String>> sentences = new ArrayList<>();
        for (String text : texts(request, TEXT)) {
            List<String> words = answers().words(text);
            if (words.isEmpty()) {
                throw ProtocolException.invalid("text " + sentences.size() + " has no word to tag");
            }
            sentences.add(words);
        }
        return sentences;
    }

    @Override
    public int size(List<List<String>> sentences) {
        return sentences.size();
    }

    @Override
    public List<List<List<String>>> run(List<List<List<String>>> inputs) {
        return split(inputs, answers().tagAll(inputs.stream().flatMap(List::stream).toList()));
    }

    @Override
    public List<InferenceTensor> write(InferenceRequest request, List<List<String>> sentences, List<List<String>> tags) {
        return new Outputs(request).add(TOKENS, () -> joined(TOKENS, sentences)).add(TAGS, () -> joined(TAGS, tags))
                .add(TAGS + LENGTHS, () -> lengths(TAGS, tags.stream().mapToInt(List::size).toArray())).list();
    }

    private static InferenceTensor joined(String name, List<List<String>> each) {
        List<String> all = each.stream().flatMap(List::stream).toList();
        return InferenceTensor.of(name, all, all.size());
    }
}
