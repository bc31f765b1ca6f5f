package org.tidegate.task;

/**
 * How well missing words are found, each word of each sentence being missing once.
 *
 * @param gaps how many words were missing and known to the model
 * @param notCounted how many words are unknown to the model, so that it could not answer them
 * @param first how often the most likely word was the missing one
 * @param firstFive how often it was among the five most likely
 * @param frequent how often the word that is most frequent in training would have been it: what can be had without reading
 * @param loss the mean loss, nats per gap
 */
public record FillInEvaluation(long gaps, long notCounted, long first, long firstFive, long frequent, double loss) {

    /** The share of gaps for which the most likely word was the missing one. */
    public double top1() {
        return (double) first / gaps;
    }

    /** The share of gaps for which the missing word was among the five most likely. */
    public double top5() {
        return (double) firstFive / gaps;
    }

    /** The share of gaps that the most frequent word alone would fill. */
    public double baseline() {
        return (double) frequent / gaps;
    }

    /** e to the loss. */
    public double perplexity() {
        return Math.exp(loss);
    }
}
