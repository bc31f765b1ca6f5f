package org.tidegate.task.fill;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.tidegate.Tensor;
import org.tidegate.decode.LogSoftmax;
import org.tidegate.metrics.Bootstrap;
import org.tidegate.task.ExampleAnswers;
import org.tidegate.task.Figures;
import org.tidegate.task.Worker;
import org.tidegate.task.Workers;
import org.tidegate.text.Vocabulary;

/** Fills in missing words, for any number of threads at once. */
public final class FillInAnswers extends ExampleAnswers<List<String>, FillInReading> {
    /** Sentences of a batch. */
    private static final int BATCH = 32;
    private static final int FEW = 5;

    FillInAnswers(FillInReading reading, Workers workers) {
        super(reading, workers);
    }

    /**
     * A candidate for a gap.
     *
     * @param word the word
     * @param probability the model's probability; those of all words sum to 1
     */
    public record Answer(String word, double probability) {}

    /**
     * {@return a sentence whose missing word is written as {@code __}, two underscores or more; its words are as the training data have
     * them}
     *
     * @param sentence the sentence
     * @throws IllegalArgumentException if there is no gap, or more than one
     */
    public Cloze cloze(String sentence) {
        return Cloze.parse(sentence, reading().splitter());
    }

    /**
     * {@return the most likely words for a gap, by decreasing probability; ties in the order of the vocabulary}
     *
     * @param cloze the sentence
     * @param count the number of words, 1 or more; fewer if the vocabulary has no more
     * @throws IllegalArgumentException if the count is not positive
     */
    public List<Answer> fill(Cloze cloze, int count) {
        return fill(List.of(cloze), count).get(0);
    }

    /**
     * Fills in sentences as {@link #fill(Cloze, int)}, in batches. An answer does not depend on the other sentences.
     *
     * @param clozes the sentences
     * @param count the number of words for each gap, 1 or more; fewer if the vocabulary has no more
     * @return the answers for each, in their order
     * @throws IllegalArgumentException if the count is not positive
     */
    public List<List<Answer>> fill(List<Cloze> clozes, int count) {
        if (count < 1) {
            throw new IllegalArgumentException(count + " answers were asked for; expected 1 or more");
        }
        return inGroups(clozes, cloze -> cloze.before().size() + cloze.after().size(), BATCH, (worker, group) -> {
            List<FillInReading.Gap> gaps = IntStream.range(0, group.size()).mapToObj(s -> reading().gap(s, group.get(s))).toList();
            return logProbabilities(worker, group.stream().map(Cloze::sentence).toList(), gaps).stream().map(log -> best(log, count)).toList();
        });
    }

    private List<Answer> best(double[] log, int count) {
        Vocabulary vocabulary = reading().vocabulary();
        return IntStream.range(vocabulary.specials(), log.length).boxed().sorted(Comparator.comparingDouble(id -> -log[id]))
                .limit(count).map(id -> new Answer(vocabulary.token(id), Math.exp(log[id]))).toList();
    }

    /**
     * Measures how often the missing word is found, with each word of each sentence missing once: {@code top1}, {@code top5}, and the
     * baseline {@code most_frequent}, the share of the most frequent word. A word that is not in the vocabulary counts as wrong; {@code
     * top1_known} and {@code top5_known} are the shares among the others, of which alone are {@code gaps} and the loss.
     *
     * @throws IllegalArgumentException if no sentence has a word that the model knows
     */
    @Override
    public Figures evaluate(List<List<String>> sentences) {
        long words = sentences.stream().mapToLong(List::size).sum();
        checkKnown(sentences);
        List<List<Rank>> found = inGroups(sentences, List::size, BATCH, this::ranks);
        List<Rank> ranks = found.stream().flatMap(List::stream).toList();
        double loss = ranks.stream().mapToDouble(rank -> -rank.logProbability()).average().orElseThrow();
        int mostFrequent = reading().vocabulary().specials();
        double baseline = (double) ranks.stream().filter(rank -> rank.word() == mostFrequent).count() / words;
        long first = ranks.stream().filter(rank -> rank.better() == 0).count();
        long few = ranks.stream().filter(rank -> rank.better() < FEW).count();
        Bootstrap ofAll = new Bootstrap();
        Bootstrap ofKnown = new Bootstrap();
        for (int s = 0; s < found.size(); s++) {
            long right = found.get(s).stream().filter(rank -> rank.better() == 0).count();
            ofAll.add(right, sentences.get(s).size());
            ofKnown.add(right, found.get(s).size());
        }
        return figures(sentences, loss).put("perplexity", Math.exp(loss)).put("gaps", ranks.size())
                .put("not_counted", words - ranks.size(), "")
                .put("top1", (double) first / words).interval("top1", ofAll.ratio())
                .put("top5", (double) few / words)
                .put("top1_known", (double) first / ranks.size()).interval("top1_known", ofKnown.ratio())
                .put("top5_known", (double) few / ranks.size())
                .put("most_frequent", baseline, String.format(Locale.ROOT, "%.4f would be right if the answer were always \"%s\"", baseline,
                        reading().vocabulary().token(mostFrequent)))
                .put("side", reading().side().name().toLowerCase(Locale.ROOT)).build();
    }

    /** A missing word, the number of more likely words, and its log probability. */
    private record Rank(int word, int better, double logProbability) {}

    private List<List<Rank>> ranks(Worker worker, List<List<String>> sentences) {
        List<FillInReading.Gap> gaps = reading().gaps(sentences);
        List<double[]> logs = gaps.isEmpty() ? List.of() : logProbabilities(worker, sentences, gaps);
        List<List<Rank>> ranks = new ArrayList<>();
        sentences.forEach(sentence -> ranks.add(new ArrayList<>()));
        for (int i = 0; i < gaps.size(); i++) {
            double[] log = logs.get(i);
            int word = gaps.get(i).word();
            int better = (int) IntStream.range(reading().vocabulary().specials(), log.length)
                    .filter(id -> log[id] > log[word] || log[id] == log[word] && id < word).count();
            ranks.get(gaps.get(i).sentence()).add(new Rank(word, better, log[word]));
        }
        return ranks;
    }

    /** The log probabilities of the words, [V] for each gap. */
    private List<double[]> logProbabilities(Worker worker, List<List<String>> sentences, List<FillInReading.Gap> gaps) {
        reading().fill(worker.batch(), sentences, gaps);
        worker.session().forward(worker.batch());
        Tensor scores = worker.session().output(FillInReading.SCORES);
        float[] row = new float[reading().vocabulary().size()];
        List<double[]> logs = new ArrayList<>();
        for (int g = 0; g < gaps.size(); g++) {
            scores.get((long) g * row.length, row, 0, row.length);
            logs.add(LogSoftmax.of(row, 0, row.length));
        }
        return logs;
    }
}
