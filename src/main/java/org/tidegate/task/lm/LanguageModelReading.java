package org.tidegate.task.lm;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tidegate.Network;
import org.tidegate.Value;
import org.tidegate.json.JsonObject;
import org.tidegate.task.GraphCheck;
import org.tidegate.task.Reading;
import org.tidegate.text.Vocabulary;

/**
 * What a language model knows besides its network.
 *
 * @param vocabulary the tokens
 */
public record LanguageModelReading(Vocabulary vocabulary) implements Reading {
    /** The graph's input of tokens. */
    static final String TOKENS = "tokens";
    /** The graph's input of the next tokens, the targets. */
    static final String NEXT = "next";
    /** The graph's output {@code [T,N,V]}, the logits of the next token. */
    static final String LOGITS = "logits";
    /** The graph's only axis. */
    static final String AXIS = "text";
    /** The node of the tokens' embedding. */
    static final String EMBEDDING = "embedding";

    static LanguageModelReading of(JsonObject json) {
        json.only("vocabulary");
        return new LanguageModelReading(Vocabulary.fromJson(json.object("vocabulary")));
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder().put("vocabulary", vocabulary.toJson()).build();
    }

    @Override
    public String task() {
        return LanguageModel.TASK;
    }

    @Override
    public String target() {
        return vocabulary.unit().noun();
    }

    @Override
    public String describe() {
        return "a language model over a vocabulary of " + vocabulary;
    }

    @Override
    public Optional<String> figure() {
        return Optional.of("perplexity");
    }

    @Override
    public String describeLoss(double loss) {
        return Reading.super.describeLoss(loss) + String.format(Locale.ROOT, ", perplexity %.3f", Math.exp(loss));
    }

    @Override
    public void checkFits(Network network) {
        GraphCheck.of(network).axes(AXIS).ids(TOKENS).idsOf(EMBEDDING, vocabulary.size()).ids(NEXT)
                .output(LOGITS, Value.Rows.PER_STEP, vocabulary.size());
    }

    /**
     * {@return the token ids of a text to be measured} All but the first are predicted.
     *
     * @param text the text
     * @throws IllegalArgumentException if it has fewer than two tokens, none of them is in the vocabulary, or one is not and the vocabulary
     *     was made to refuse unknown tokens
     */
    public int[] predictable(String text) {
        int[] ids = vocabulary.encode(text);
        if (ids.length < 2) {
            throw new IllegalArgumentException("the text has " + ids.length + (ids.length == 1 ? " token" : " tokens")
                    + "; expected at least 2, as each is predicted from those before it");
        }
        if (vocabulary.unknownId() >= 0 && IntStream.of(ids).allMatch(id -> id == vocabulary.unknownId())) {
            throw new IllegalArgumentException("there is nothing to measure: training had none of the " + target() + "s of the text");
        }
        return ids;
    }
}
