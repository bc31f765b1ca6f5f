package org.tidegate.task.lm;

import java.util.List;
import java.util.function.Function;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Sampling;
import org.tidegate.task.Answers;
import org.tidegate.task.Workers;

/** Generates text and measures it, for any number of threads at once. */
public final class LanguageModelAnswers extends Answers<LanguageModelReading> {
    LanguageModelAnswers(LanguageModelReading reading, Workers workers) {
        super(reading, workers);
    }

    /** {@return a stream of text that is read and continued in turns} The caller closes it. */
    public LanguageModelStream conversation() {
        return new LanguageModelStream(reading(), workers());
    }

    /**
     * Continues a prompt by sampling.
     *
     * @param prompt the text to continue; if empty, the model begins as after a line break
     * @param length the number of tokens to add, 0 or more
     * @param sampling the settings of the sampling
     * @return the continuation, without the prompt
     * @throws IllegalArgumentException if the prompt has a token that is not in the vocabulary (the message names it and its position), it
     *     is empty and the vocabulary has no line break, or the length is negative
     */
    public String generate(String prompt, int length, Sampling sampling) {
        return after(prompt, stream -> stream.generate(length, sampling));
    }

    /**
     * Continues a prompt by beam search. All hypotheses have the same length, so length normalisation changes nothing here; it does in
     * {@link #generateLine(String, int, BeamSearch)}.
     *
     * @param prompt the text to continue; if empty, the model begins as after a line break
     * @param length the number of tokens to add, 0 or more
     * @param search the settings of the beam search
     * @return the continuation, without the prompt
     * @throws IllegalArgumentException as {@link #generate(String, int, Sampling)}
     */
    public String generate(String prompt, int length, BeamSearch search) {
        return after(prompt, stream -> stream.generate(length, search));
    }

    /**
     * Continues a prompt to the end of its line by sampling.
     *
     * @param prompt the text to continue; if empty, the model begins as after a line break
     * @param most the maximum number of tokens to add
     * @param sampling the settings of the sampling
     * @return the continuation, without the prompt and the line break
     * @throws IllegalArgumentException as {@link #generate(String, int, Sampling)}, or if the vocabulary has no line break
     */
    public String generateLine(String prompt, int most, Sampling sampling) {
        return after(prompt, stream -> stream.generateLine(most, sampling));
    }

    /**
     * Continues a prompt to the end of its line by beam search.
     *
     * @param prompt the text to continue; if empty, the model begins as after a line break
     * @param most the maximum number of tokens to add
     * @param search the settings of the beam search
     * @return the continuation, without the prompt and the line break
     * @throws IllegalArgumentException as {@link #generateLine(String, int, Sampling)}
     */
    public String generateLine(String prompt, int most, BeamSearch search) {
        return after(prompt, stream -> stream.generateLine(most, search));
    }

    /**
     * {@return the most likely tokens after a prompt, by decreasing probability; ties in the order of the vocabulary}
     *
     * @param prompt the text to continue; if empty, the model begins as after a line break
     * @param most the number of tokens, 1 or more; fewer if the vocabulary has no more
     * @throws IllegalArgumentException if the prompt cannot be continued, as in {@link #generate(String, int, Sampling)}, or the number is
     *     not positive
     */
    public List<TokenProbability> next(String prompt, int most) {
        return after(prompt, stream -> stream.next(most));
    }

    /**
     * {@return the mean loss on a text in {@link LanguageModelReading#lossUnit}, with the weights in this object's precision}
     *
     * @param text the text, at least two tokens
     * @throws IllegalArgumentException if the text has fewer than two tokens
     */
    public double loss(String text) {
        return loss(reading().predictable(text));
    }

    /**
     * Measures the model on a held-out text, read as one stream from its first token to its last.
     *
     * @param text the text, at least two tokens
     * @return the evaluation
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
