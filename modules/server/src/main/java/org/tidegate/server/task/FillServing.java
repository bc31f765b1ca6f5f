/* Missing words. */
package org.tidegate.server.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.task.fill.Cloze;
import org.tidegate.task.fill.FillInAnswers;

/**
 * Texts [N], each with one gap, {@code __}; of each the likeliest words [N, top] and their probabilities [N, top]. The parameter
 * {@code top} says how many, 5 unless it is given; where the vocabulary has fewer, all.
 */
final class FillServing extends TaskServing<FillInAnswers, FillServing.Input, List<List<FillInAnswers.Answer>>> {
    private static final String WORD = "word";
    private static final String PROBABILITY = "probability";
    private static final String TOP = "top";
    private static final int USUAL = 5;

    private final int words;

    /** Sentences, and how many words are wanted. */
    record Input(List<Cloze> sentences, int top) {}

    FillServing(FillInAnswers answers) {
        super(answers);
        words = answers.reading().vocabulary().size() - answers.reading().vocabulary().specials();
    }

    @Override
    public List<TensorMetadata> outputs() {
        return List.of(TensorMetadata.of(WORD, Datatype.BYTES, -1, -1), TensorMetadata.of(PROBABILITY, Datatype.FP32, -1, -1));
    }

    @Override
    void describe(Map<String, String> properties) {
        properties.put("gap", "__");
        properties.put("words", Integer.toString(words));
    }

    @Override
    public Input read(InferenceRequest request) {
        long top = request.number(TOP, USUAL);
        if (top < 1) {
            throw ProtocolException.invalid("parameter 'top' is " + top + "; expected 1 or more words");
        }
        List<Cloze> sentences = new ArrayList<>();
        for (String text : texts(request, TEXT)) {
            try {
                sentences.add(answers().cloze(text));
            } catch (IllegalArgumentException e) {
                throw ProtocolException.invalid("text " + sentences.size() + " has no gap, or several; write __ once, for the missing word");
            }
        }
        return new Input(sentences, (int) Math.min(top, words));
    }

    @Override
    public int size(Input input) {
        return input.sentences().size();
    }

    @Override
    public Object group(Input input) {
        return input.top();
    }

    @Override
    public List<List<List<FillInAnswers.Answer>>> run(List<Input> inputs) {
        List<List<Cloze>> sentences = inputs.stream().map(Input::sentences).toList();
        return split(sentences, answers().fill(sentences.stream().flatMap(List::stream).toList(), inputs.get(0).top()));
    }

    @Override
    public List<InferenceTensor> write(InferenceRequest request, Input input, List<List<FillInAnswers.Answer>> found) {
        int n = found.size();
        int top = input.top();
        return new Outputs(request)
                .add(WORD, () -> InferenceTensor.of(WORD,
                        found.stream().flatMap(List::stream).map(FillInAnswers.Answer::word).toList(), n, top))
                .add(PROBABILITY, () -> InferenceTensor.of(PROBABILITY, floats(n, top, (i, k) -> found.get(i).get(k).probability()), n, top))
                .list();
    }
}
