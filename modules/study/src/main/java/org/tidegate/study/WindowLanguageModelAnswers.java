package org.tidegate.study;

import java.util.List;
import org.tidegate.task.Evaluation;
import org.tidegate.task.ExampleAnswers;
import org.tidegate.task.Workers;
import org.tidegate.task.lm.LanguageModelEvaluation;

/** Measures texts with a window language model, for any number of threads at once. */
public final class WindowLanguageModelAnswers extends ExampleAnswers<Passage, WindowLanguageModelReading> {
    WindowLanguageModelAnswers(WindowLanguageModelReading reading, Workers workers) {
        super(reading, workers);
    }

    @Override
    public Evaluation evaluate(List<Passage> passages) {
        double loss = loss(passages);
        return () -> figures(passages.stream().mapToLong(Passage::length).sum(), loss).put("perplexity", Math.exp(loss)).build();
    }

    /**
     * Measures the model on a held-out text, all its tokens but the first.
     *
     * @param text the text, at least two tokens
     * @return the evaluation
     * @throws IllegalArgumentException if the text has fewer than two tokens
     */
    public LanguageModelEvaluation evaluate(String text) {
        List<Passage> passages = reading().passages(text, WindowLanguageModelReading.MEASURED);
        int[] ids = passages.get(0).ids();
        double loss = loss(passages);
        return LanguageModelEvaluation.of(reading().text(), text, ids, loss, figures(ids.length - 1, loss));
    }
}
