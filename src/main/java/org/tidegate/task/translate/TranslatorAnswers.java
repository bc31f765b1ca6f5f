package org.tidegate.task.translate;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tidegate.Session;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.DecoderSteps;
import org.tidegate.decode.Hypothesis;
import org.tidegate.metrics.Bleu;
import org.tidegate.task.ExampleAnswers;
import org.tidegate.task.Worker;
import org.tidegate.task.Workers;

/** Translates sentences, for any number of threads at once. */
public final class TranslatorAnswers extends ExampleAnswers<SentencePair, TranslatorReading> {
    /** Rows of a decoding step: enough for efficient products, few enough that the sentences of a batch have similar lengths. */
    private static final int ROWS = 64;

    private final Optional<AttentionWeights> attention;

    TranslatorAnswers(TranslatorReading reading, Optional<AttentionWeights> attention, Workers workers) {
        super(reading, workers);
        this.attention = attention;
    }

    /** {@return whether the decoder has attention} */
    public boolean hasAttention() {
        return attention.isPresent();
    }

    /**
     * {@return the greedy translation of a sentence}
     *
     * @param sentence the sentence
     * @throws IllegalArgumentException if the sentence has no word
     */
    public Translation translate(String sentence) {
        return translate(List.of(sentence), BeamSearch.greedy()).get(0).get(0);
    }

    /**
     * Translates sentences by beam search, in batches. An answer does not depend on the other sentences.
     *
     * @param sentences the sentences
     * @param search the settings of the beam search
     * @return for each sentence its best translations, as many as the search keeps, best first
     * @throws IllegalArgumentException if a sentence has no word
     */
    public List<List<Translation>> translate(List<String> sentences, BeamSearch search) {
        return inGroups(sentences.stream().map(reading()::source).toList(), ids -> ids.length, Math.max(1, ROWS / search.beam()),
                (worker, sources) -> translate(worker, sources, search));
    }

    /**
     * Computes where the decoder looked while it wrote a translation: the attention weights of its words over those of the sentence.
     *
     * @param sentence the sentence
     * @param words the translation's words
     * @return weights {@code [words + 1][source words + 1]}, each row with the sum 1; the last of both is the end token
     * @throws IllegalArgumentException if the sentence has no word
     * @throws IllegalStateException if the model has no attention
     */
    public double[][] attention(String sentence, List<String> words) {
        return attention(List.of(sentence), List.of(words)).get(0);
    }

    /**
     * Computes the attention weights of translations, in batches. An answer does not depend on the other sentences.
     *
     * @param sentences the sentences
     * @param translations of each the words of its translation
     * @return of each its weights, as {@link #attention(String, List)}
     * @throws IllegalArgumentException if a sentence has no word, or there are not as many translations as sentences
     * @throws IllegalStateException if the model has no attention
     */
    public List<double[][]> attention(List<String> sentences, List<List<String>> translations) {
        AttentionWeights weights = attention.orElseThrow(AttentionWeights::none);
        if (sentences.size() != translations.size()) {
            throw new IllegalArgumentException(sentences.size() + " sentences and " + translations.size()
                    + " translations; expected one for each");
        }
        List<Pair> pairs = IntStream.range(0, sentences.size())
                .mapToObj(i -> new Pair(reading().source(sentences.get(i)), reading().target(translations.get(i)))).toList();
        return inGroups(pairs, pair -> pair.source.length, ROWS, (worker, group) -> weights.of(reading(), worker.session(), worker.batch(),
                group.stream().map(Pair::source).toList(), group.stream().map(Pair::target).toList()));
    }

    /** The ids of a sentence and of its translation. */
    private record Pair(int[] source, int[] target) {}

    /** By greedy search. */
    @Override
    public TranslatorEvaluation evaluate(List<SentencePair> examples) {
        return evaluate(examples, BeamSearch.greedy());
    }

    /**
     * Measures the model on held-out examples, as {@link #evaluate(List)}, by beam search.
     *
     * @param examples the examples, at least one
     * @param search the settings of the beam search
     * @return the evaluation
     * @throws IllegalArgumentException as {@link #loss}; the message names the example
     */
    public TranslatorEvaluation evaluate(List<SentencePair> examples, BeamSearch search) {
        double loss = loss(examples);
        List<List<Translation>> found = translate(examples.stream().map(SentencePair::source).toList(), search.best(1));
        Bleu bleu = new Bleu();
        for (int i = 0; i < found.size(); i++) {
            Translation best = found.get(i).get(0);
            boolean spelled = TranslatorReading.isSpelled(reading().targetVocabulary());
            bleu.add(spelled ? TranslatorReading.words(best.text()) : best.words(), TranslatorReading.words(examples.get(i).target()));
        }
        return TranslatorEvaluation.of(bleu, loss, figures(examples, loss).put("beam", search.beam()));
    }

    private List<List<Translation>> translate(Worker worker, List<int[]> sources, BeamSearch search) {
        Session session = worker.session();
        reading().fillSources(worker.batch(), sources);
        session.forward(worker.batch());
        int[] rows = search.rows(sources.size());
        session.select(TranslatorReading.SOURCE, rows);
        DecoderSteps steps = new DecoderSteps(session, worker.batch(), TranslatorReading.TARGET, TranslatorReading.WORDS, rows.length);
        return search.search(sources.size(), reading().targetVocabulary(), reading().maximumLength(), steps).stream()
                .map(found -> found.stream().map(this::translation).toList()).toList();
    }

    private Translation translation(Hypothesis hypothesis) {
        List<String> words = Arrays.stream(hypothesis.tokens()).mapToObj(reading().targetVocabulary()::token).toList();
        String text = reading().targetVocabulary().decode(hypothesis.tokens());
        boolean spelled = TranslatorReading.isSpelled(reading().targetVocabulary());
        return new Translation(words, spelled ? text.strip() : text, hypothesis.logProbability(), hypothesis.score());
    }
}
