/* What a task does beside its network: encoding examples for a training, and a beam search's encoder. */
package org.tidegate.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.tidegate.Batch;
import org.tidegate.Optimizer;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.Update;
import org.tidegate.data.ExampleBatches;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.DecoderSteps;
import org.tidegate.decode.Hypothesis;
import org.tidegate.decode.TeacherForcing;
import org.tidegate.task.ExampleReading;
import org.tidegate.task.ExampleTrainable;
import org.tidegate.task.Tasks;
import org.tidegate.task.Trainable;
import org.tidegate.task.translate.SentencePair;
import org.tidegate.task.translate.Translator;
import org.tidegate.task.translate.TranslatorAnswers;
import org.tidegate.task.translate.TranslatorReading;
import org.tidegate.text.Vocabulary;

/**
 * {@code TaskCosts MODEL DATA...}, a task's model and files that it reads: the part of an epoch's steps that filling the batches takes, both
 * on one thread (a training fills them on a thread of its own). Of a translator also a beam of 5 whose sources are encoded once, beside one
 * whose sources are encoded for each hypothesis; the translations are compared first.
 */
public final class TaskCosts {
    private static final int BATCH = 32;
    private static final double SECONDS = 8;
    private static final int BEAM = 5;
    private static final int SENTENCES = 12; // of a batch
    private static final int ROUNDS = 9;

    private TaskCosts() {
    }

    /** Measures and prints. */
    public static void main(String[] arguments) throws IOException {
        Path model = Path.of(arguments[0]);
        List<Path> data = Arrays.stream(arguments).skip(1).map(Path::of).toList();
        try (Trainable<?, ?> task = Tasks.load(model)) {
            if (!(task instanceof ExampleTrainable<?, ?, ?> learner)) {
                throw new IllegalArgumentException(model + " does not learn from separate examples, so it encodes none");
            }
            encoding(learner, data);
            if (task instanceof Translator translator) {
                beam(translator, data);
            }
        }
    }

    private static <E, R extends ExampleReading<E>> void encoding(ExampleTrainable<E, R, ?> learner, List<Path> data) throws IOException {
        R reading = learner.reading();
        List<E> examples = reading.read(data);
        ExampleReading.Filler<E> filler = reading.filler(examples);
        ExampleBatches batches = new ExampleBatches(examples.stream().mapToInt(reading::length).toArray(), BATCH, 1);
        Batch batch = learner.model().newBatch();
        long filling = 0;
        long training = 0;
        long steps = 0;
        try (Session session = learner.model().newTrainingSession(1); Optimizer optimizer = learner.model().newOptimizer("adamw")) {
            long warm = System.nanoTime() + (long) (SECONDS / 4 * 1e9);
            for (long step = 0; (filling + training) * 1e-9 < SECONDS; step++) {
                long begin = System.nanoTime();
                List<E> chosen = Arrays.stream(batches.batch(step)).mapToObj(examples::get).toList();
                batch.clear();
                filler.fill(batch, chosen, ExampleBatches.random(1, -1 - step));
                long filled = System.nanoTime();
                session.train(batch, optimizer, Update.of(1e-3).clipNorm(1));
                if (begin > warm) {
                    filling += filled - begin;
                    training += System.nanoTime() - filled;
                    steps++;
                }
            }
        }
        System.out.printf(Locale.ROOT, "%s: filling a batch of %d takes %.3f ms, its step %.2f ms: %.2f %% of both (%d steps)%n",
            reading.task(), BATCH, filling * 1e-6 / steps, training * 1e-6 / steps, 100.0 * filling / (filling + training), steps);
    }

    private static void beam(Translator translator, List<Path> data) throws IOException {
        TranslatorReading reading = translator.reading();
        List<int[]> sources = reading.read(data).stream().limit(20L * SENTENCES).map(SentencePair::source)
            .map(sentence -> ids(reading.sourceVocabulary(), sentence)).toList();
        BeamSearch search = BeamSearch.of(BEAM);
        try (TranslatorAnswers answers = translator.answers(Precision.FLOAT32); Session session = answers.model().newSession()) {
            Batch batch = answers.model().newBatch();
            List<Double> once = new ArrayList<>();
            List<Double> each = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                long begin = System.nanoTime();
                List<String> first = translate(reading, session, batch, search, sources, true);
                long middle = System.nanoTime();
                List<String> second = translate(reading, session, batch, search, sources, false);
                each.add((System.nanoTime() - middle) * 1e-6);
                once.add((middle - begin) * 1e-6);
                if (!first.equals(second)) {
                    throw new IllegalStateException("the two beams found other translations");
                }
            }
            double ours = Times.of(once).median();
            double before = Times.of(each).median();
            System.out.printf(Locale.ROOT,
                "a beam of %d over %d sentences, %d at a time: encoded once %.1f ms, for each hypothesis %.1f ms: %.2f times%n", BEAM,
                sources.size(), SENTENCES, ours, before, before / ours);
        }
    }

    private static int[] ids(Vocabulary vocabulary, String sentence) {
        return TeacherForcing.targets(vocabulary, vocabulary.encodeTokens(TranslatorReading.words(sentence)));
    }

    private static List<String> translate(TranslatorReading reading, Session session, Batch batch, BeamSearch search, List<int[]> sources,
            boolean once) {
        List<String> found = new ArrayList<>();
        for (int from = 0; from < sources.size(); from += SENTENCES) {
            List<int[]> group = sources.subList(from, Math.min(sources.size(), from + SENTENCES));
            int[] rows = search.rows(group.size());
            List<int[]> encoded = once ? group : Arrays.stream(rows).mapToObj(group::get).toList();
            session.clear();
            session.forward(batch.clear().lengths("source", encoded.stream().mapToInt(ids -> ids.length).toArray())
                .ids("source", encoded.toArray(int[][]::new)));
            if (once) {
                session.select("source", rows);
            }
            DecoderSteps steps = new DecoderSteps(session, batch, "target", "words", rows.length);
            for (List<Hypothesis> best : search.search(group.size(), reading.targetVocabulary(), reading.maximumLength(), steps)) {
                found.add(Arrays.toString(best.get(0).tokens()) + best.get(0).logProbability());
            }
        }
        return found;
    }
}
