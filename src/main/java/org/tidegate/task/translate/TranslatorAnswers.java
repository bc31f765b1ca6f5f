package org.tidegate.task.translate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tidegate.Session;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.DecoderSteps;
import org.tidegate.decode.Hypothesis;
import org.tidegate.decode.TeacherForcing;
import org.tidegate.metrics.Bleu;
import org.tidegate.task.ExampleAnswers;
import org.tidegate.task.Worker;
import org.tidegate.task.Workers;
import org.tidegate.text.Vocabulary;

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
        List<Sentence> read = sentences.stream().map(each -> new Sentence(reading().sourceTokens(each), reading().source(each))).toList();
        return inGroups(read, sentence -> sentence.ids.length, Math.max(1, ROWS / search.beam()),
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

    /** The tokens of a sentence, and their ids with the end token. */
    private record Sentence(List<String> tokens, int[] ids) {}

    /** The ids of a sentence and of its translation. */
    private record Pair(int[] source, int[] target) {}

    /** That of the references' words, also where training smoothed it. */
    @Override
    public double loss(List<SentencePair> examples) {
        return loss(examples, reading().score());
    }

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
        int unknown = 0;
        for (int i = 0; i < found.size(); i++) {
            Translation best = found.get(i).get(0);
            boolean spelled = TranslatorReading.isSpelled(reading().targetVocabulary());
            unknown += Collections.frequency(best.words(), Vocabulary.UNKNOWN);
            bleu.add(spelled ? TranslatorReading.words(best.text()) : best.words(), TranslatorReading.words(examples.get(i).target()));
        }
        return TranslatorEvaluation.of(bleu, loss, figures(examples, loss).put("beam", search.beam()).put("unknown_words", unknown));
    }

    private List<List<Translation>> translate(Worker worker, List<Sentence> sources, BeamSearch search) {
        Session session = worker.session();
        reading().fillSources(worker.batch(), sources.stream().map(Sentence::ids).toList());
        session.forward(worker.batch());
        int[] rows = search.rows(sources.size());
        session.select(TranslatorReading.SOURCE, rows);
        DecoderSteps steps = new DecoderSteps(session, worker.batch(), TranslatorReading.TARGET, TranslatorReading.WORDS, rows.length);
        List<List<Hypothesis>> found = search.search(sources.size(), reading().targetVocabulary(), reading().maximumLength(), steps);
        Iterator<double[][]> weights = weights(worker, sources, found).iterator();
        return IntStream.range(0, found.size()).mapToObj(i -> found.get(i).stream()
                .map(each -> translation(each, sources.get(i).tokens, weights)).toList()).toList();
    }

    private boolean isCopied(Hypothesis hypothesis) {
        int unknown = reading().targetVocabulary().unknownId();
        return reading().copied() && Arrays.stream(hypothesis.tokens()).anyMatch(id -> id == unknown);
    }

    /** Where those looked that have words to be copied, one behind the other. */
    private List<double[][]> weights(Worker worker, List<Sentence> sources, List<List<Hypothesis>> found) {
        List<int[]> read = new ArrayList<>();
        List<int[]> written = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            for (Hypothesis hypothesis : found.get(i)) {
                if (isCopied(hypothesis)) {
                    read.add(sources.get(i).ids);
                    written.add(TeacherForcing.targets(reading().targetVocabulary(), hypothesis.tokens()));
                }
            }
        }
        return read.isEmpty() ? List.of() : attention.orElseThrow(AttentionWeights::none)
                .of(reading(), worker.session(), worker.batch(), read, written);
    }

    private Translation translation(Hypothesis hypothesis, List<String> sentence, Iterator<double[][]> weights) {
        Vocabulary vocabulary = reading().targetVocabulary();
        List<String> words = Arrays.stream(hypothesis.tokens()).mapToObj(vocabulary::token).toList();
        List<String> known = isCopied(hypothesis) ? new CopiedWords(sentence, reading().sourceVocabulary()).in(words, weights.next())
                : words;
        String text = vocabulary.text(known);
        return new Translation(known, TranslatorReading.isSpelled(vocabulary) ? text.strip() : text, hypothesis.logProbability(),
                hypothesis.score());
    }
}
