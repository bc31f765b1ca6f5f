package org.tidegate.study;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Network;
import org.tidegate.Value;
import org.tidegate.json.JsonObject;
import org.tidegate.task.ExampleReading;
import org.tidegate.task.GraphCheck;
import org.tidegate.task.lm.LanguageModelReading;
import org.tidegate.text.InputFile;
import org.tidegate.text.Vocabulary;

/**
 * What a window language model knows besides its network.
 *
 * @param vocabulary the tokens
 * @param window k, the number of tokens of the window
 */
public record WindowLanguageModelReading(Vocabulary vocabulary, int window) implements ExampleReading<Passage> {
    /** The graph's input of tokens: those of the passage and the window before it. */
    static final String TOKENS = "tokens";
    /** The graph's inputs of rows of the tokens that stand 1 … k before the predicted one: "before_1", … */
    static final String BEFORE = "before_";
    /** The graph's input of the tokens that are predicted. */
    static final String NEXT = "next";
    /** The graph's output, the logits of the next token. */
    static final String LOGITS = "logits";
    /** The node of the tokens' embedding; its last row stands for what is before the text. */
    static final String EMBEDDING = "embedding";
    /** The axis of the tokens that are embedded. */
    static final String CONTEXT = "context";
    /** The axis of the predictions. */
    static final String TEXT = "text";

    private static final int MOST_WINDOW = 1024;

    /** Predictions of a passage where only their sum counts. */
    static final int MEASURED = 50;

    /**
     * Checks the window.
     *
     * @param vocabulary the tokens
     * @param window k, the number of tokens of the window
     * @throws IllegalArgumentException if the window is not 1 to 1024
     */
    public WindowLanguageModelReading {
        if (window < 1 || window > MOST_WINDOW) {
            throw new IllegalArgumentException("the window is " + window + "; expected 1 to " + MOST_WINDOW + " tokens");
        }
    }

    static WindowLanguageModelReading of(JsonObject json) {
        json.only("window", "vocabulary");
        return new WindowLanguageModelReading(Vocabulary.fromJson(json.object("vocabulary")), json.integer("window", 1, MOST_WINDOW));
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder().put("window", window).put("vocabulary", vocabulary.toJson()).build();
    }

    @Override
    public String task() {
        return WindowLanguageModel.TASK;
    }

    @Override
    public String target() {
        return text().target();
    }

    @Override
    public String examples() {
        return "passages";
    }

    @Override
    public String describe() {
        return "a language model with a window of " + window + " over a vocabulary of " + vocabulary;
    }

    @Override
    public void checkFits(Network network) {
        GraphCheck check = GraphCheck.of(network).axes(CONTEXT, TEXT).ids(TOKENS).idsOf(EMBEDDING, vocabulary.size() + 1L).ids(NEXT)
                .output(LOGITS, Value.Rows.PER_STEP, vocabulary.size());
        for (int k = 1; k <= window; k++) {
            check.ids(BEFORE + k);
        }
    }

    /** The number of predictions. */
    @Override
    public int length(Passage passage) {
        return passage.length();
    }

    @Override
    public void fill(Batch batch, List<Passage> passages) {
        batch.lengths(TEXT, passages.stream().mapToInt(Passage::length).toArray());
        batch.lengths(CONTEXT, passages.stream().mapToInt(passage -> passage.length() + window - 1).toArray());
        IntBuffer tokens = batch.writableIds(TOKENS);
        IntBuffer next = batch.writableIds(NEXT);
        IntBuffer[] before = new IntBuffer[window];
        for (int k = 0; k < window; k++) {
            before[k] = batch.writableIds(BEFORE + (k + 1));
        }
        for (int s = 0; s < passages.size(); s++) {
            Passage passage = passages.get(s);
            int first = passage.from() - window;
            for (int t = 0; t < passage.length() + window - 1; t++) {
                tokens.put(batch.row(CONTEXT, s, t), first + t < 0 ? vocabulary.size() : passage.ids()[first + t]);
            }
            for (int t = 0; t < passage.length(); t++) {
                int row = batch.row(TEXT, s, t);
                next.put(row, passage.ids()[passage.from() + t]);
                for (int k = 0; k < window; k++) {
                    before[k].put(row, batch.row(CONTEXT, s, t + window - 1 - k));
                }
            }
        }
    }

    /** The predicted tokens and the one before them: those of all passages are the whole text. */
    @Override
    public Stream<byte[]> content(Passage passage) {
        ByteBuffer bytes = ByteBuffer.allocate((passage.length() + 1) * Integer.BYTES);
        bytes.asIntBuffer().put(passage.ids(), passage.from() - 1, passage.length() + 1);
        return Stream.of(bytes.array());
    }

    /** The files' texts one after the other, as one text. */
    @Override
    public List<Passage> read(List<Path> files) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : files) {
            text.append(InputFile.read(file));
        }
        return passages(text.toString(), MEASURED);
    }

    /**
     * {@return all tokens of a text but the first, in passages}
     *
     * @param text the text, at least two tokens
     * @param most the maximum number of predictions of a passage
     * @throws IllegalArgumentException if the text has fewer than two tokens
     */
    public List<Passage> passages(String text, int most) {
        return Passage.of(text().predictable(text), most);
    }

    /** The reading of a language model over the same tokens. */
    LanguageModelReading text() {
        return new LanguageModelReading(vocabulary);
    }
}
