package org.tidegate.task.lm;

import java.util.List;
import java.util.function.Function;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Sampling;
import org.tidegate.task.Answers;
import org.tidegate.task.Workers;

/** Continues and measures texts, for any number of threads at once. */
public final class LanguageModelAnswers extends Answers<LanguageModelReading> {
    LanguageModelAnswers(LanguageModelReading reading, Workers workers) {
        super(reading, workers);
    }

    /** A text that is read and continued in turns. The caller closes it. */
    public LanguageModelStream conversation() {
        return new LanguageModelStream(reading(), workers());
    }

    /**
     * Continues a prompt.
     *
     * @param prompt the text to continue; empty: the model begins as after a line break
     * @param length how many tokens to add, 0 or more
     * @return what follows the prompt
     * @throws IllegalArgumentException if the prompt has a token that the vocabulary lacks (the message names it and its position), it is
     *     empty and the vocabulary has no line break to begin after, or the length is negative
     */
    public String generate(String prompt, int length, Sampling sampling) {
        return after(prompt, stream -> stream.generate(length, sampling));
    }

    /**
     * Continues a prompt with what a beam search finds likeliest. Without an end all hypotheses have the same length, so the search's
     * length normalisation changes nothing here; it does in {@link #generateLine(String, int, BeamSearch)}.
     *
     * @throws IllegalArgumentException as {@link #generate(String, int, Sampling)}
     */
    public String generate(String prompt, int length, BeamSearch search) {
        return after(prompt, stream -> stream.generate(length, search));
    }

    /**
     * Continues a prompt to the end of its line.
     *
     * @param most how many tokens to add at most, if no line break comes before
     * @return what follows the prompt, without the line break
     * @throws IllegalArgumentException as {@link #generate(String, int, Sampling)}, or if the model knows no line break
     */
    public String generateLine(String prompt, int most, Sampling sampling) {
        return after(prompt, stream -> stream.generateLine(most, sampling));
    }

    /** As {@link #generateLine(String, int, Sampling)}, with what a beam search finds likeliest. */
    public String generateLine(String prompt, int most, BeamSearch search) {
        return after(prompt, stream -> stream.generateLine(most, search));
    }

    /**
     * The likeliest tokens after a prompt by decreasing probability.
     *
     * @param most how many; fewer if the vocabulary has no more
     * @throws IllegalArgumentException if the prompt cannot be continued, as in {@link #generate(String, int, Sampling)}, or none is wanted
     */
    public List<TokenProbability> next(String prompt, int most) {
        return after(prompt, stream -> stream.next(most));
    }

    /**
     * The mean loss on a text in {@link LanguageModelReading#lossUnit}, with the weights in this object's precision.
     *
     * @throws IllegalArgumentException if the text has fewer than two tokens
     */
    public double loss(String text) {
        return loss(reading().predictable(text));
    }

    /**
     * Measures how well the model predicts a text, read as one stream from its first token to its last.
     *
     * @throws IllegalArgumentException if the text has fewer than two tokens
     */
    public LanguageModelEvaluation evaluate(String text) {
        int[] ids = reading().predictable(text);
        double loss = loss(ids);
        return LanguageModelEvaluation.of(reading(), text, ids, loss, figures(ids.length - 1, loss));
    }

    private double loss(int[] ids) {
        return with(worker -> TextLoss.of(worker.session(), worker.batch(), ids, 1));
    }

    private <T> T after(String prompt, Function<LanguageModelStream, T> then) {
        try (LanguageModelStream stream = conversation()) {
            stream.accept(prompt);
            return then.apply(stream);
        }
    }
}
