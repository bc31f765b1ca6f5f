package org.tidegate.task;

import java.util.List;
import java.util.stream.IntStream;
import org.tidegate.metrics.ClassScore;

/**
 * How well a tagger tags.
 *
 * @param words how many words were tagged
 * @param correct how many of them got the right tag
 * @param unseen how many words did not occur, exactly so, in training
 * @param unseenCorrect how many of those got the right tag
 * @param sentences how many sentences there were
 * @param correctSentences in how many of them every word got the right tag
 * @param loss the mean loss
 * @param tags the tags' names, in the order of the matrix
 * @param confusion {@code [right tag][given tag]}, how many words
 */
public record TaggerEvaluation(long words, long correct, long unseen, long unseenCorrect, long sentences, long correctSentences,
        double loss, List<String> tags, List<List<Long>> confusion) {
    /** Copies the lists. */
    public TaggerEvaluation {
        tags = List.copyOf(tags);
        confusion = confusion.stream().map(List::copyOf).toList();
    }

    /** The share of words with the right tag. */
    public double accuracy() {
        return (double) correct / words;
    }

    /** The share of unseen words with the right tag; NaN if all were seen. */
    public double unseenAccuracy() {
        return (double) unseenCorrect / unseen;
    }

    /** The share of sentences in which every word has the right tag. */
    public double sentenceAccuracy() {
        return (double) correctSentences / sentences;
    }

    /** Each tag's measures, in the order of {@link #tags}. */
    public List<ClassScore> scores() {
        return IntStream.range(0, tags.size()).mapToObj(this::score).toList();
    }

    private ClassScore score(int tag) {
        long count = confusion.get(tag).stream().mapToLong(Long::longValue).sum();
        long given = confusion.stream().mapToLong(row -> row.get(tag)).sum();
        return new ClassScore(tags.get(tag), count, given, confusion.get(tag).get(tag));
    }
}
