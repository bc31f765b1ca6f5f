/* Many Java threads asking one task. */
package org.tidegate.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.tidegate.Precision;
import org.tidegate.task.classify.Classifier;
import org.tidegate.task.classify.ClassifierAnswers;
import org.tidegate.task.classify.LabelProbability;
import org.tidegate.task.classify.LabelledText;

/**
 * How many texts a second one opened classifier of the default size answers, asked by one Java thread and by several, in turns; and the
 * bytes of its weights, which are there once. Answers are compared with those of one thread first.
 *
 * @param threads how many threads
 * @param alone answers a second of one
 * @param together answers a second of all
 * @param weights bytes of the weights
 * @param bytes bytes of the weights and of the idle workers after 32 threads have asked
 */
record AnswersScaling(int threads, double alone, double together, long weights, long bytes) {
    private static final int MANY = 32;
    private static final int WORDS = 10_000;
    private static final int TEXTS = 256;
    private static final double TURN_SECONDS = 0.2;

    static AnswersScaling measure(int threads, int rounds) throws InterruptedException, ExecutionException {
        List<LabelledText> texts = texts();
        ExecutorService pool = Executors.newFixedThreadPool(MANY);
        try (Classifier model = Classifier.builder(texts).build(); ClassifierAnswers answers = model.answers(Precision.FLOAT32)) {
            List<List<LabelProbability>> expected = texts.stream().limit(TEXTS).map(text -> answers.classify(text.text())).toList();
            run(pool, MANY, () -> {
                for (int i = 0; i < TEXTS; i++) {
                    if (!answers.classify(texts.get(i).text()).equals(expected.get(i))) {
                        throw new IllegalStateException("text " + i + " got another answer beside other threads than alone");
                    }
                }
                return 0.0;
            });
            List<Double> alone = new ArrayList<>();
            List<Double> together = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                alone.add(run(pool, 1, () -> rate(answers, texts)));
                together.add(run(pool, threads, () -> rate(answers, texts)));
            }
            return new AnswersScaling(threads, Times.of(alone).median(), Times.of(together).median(), answers.model().bytes(),
                answers.bytes());
        } finally {
            pool.shutdown();
        }
    }

    /** The sum of what so many threads return. */
    private static double run(ExecutorService pool, int threads, Callable<Double> work) throws InterruptedException, ExecutionException {
        List<Future<Double>> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            running.add(pool.submit(work));
        }
        double sum = 0;
        for (Future<Double> each : running) {
            sum += each.get();
        }
        return sum;
    }

    private static double rate(ClassifierAnswers answers, List<LabelledText> texts) {
        long start = System.nanoTime();
        long asked = 0;
        double seconds = 0;
        while (seconds < TURN_SECONDS) {
            answers.classify(texts.get((int) (asked++ % TEXTS)).text());
            seconds = (System.nanoTime() - start) * 1e-9;
        }
        return asked / seconds;
    }

    /** Texts of 20 words that know 10,000 different ones. */
    private static List<LabelledText> texts() {
        Random random = new Random(1);
        List<LabelledText> texts = new ArrayList<>();
        for (int i = 0; i < WORDS / 10; i++) {
            StringBuilder text = new StringBuilder();
            for (int w = 0; w < 20; w++) {
                text.append('w').append(w < 10 ? 10 * i + w : random.nextInt(WORDS)).append(' ');
            }
            texts.add(new LabelledText(i % 2 == 0 ? "a" : "b", text.toString()));
        }
        return texts;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "answers of a classifier (2 x 128 LSTM, texts of 20 words): %,.0f a second on 1 Java thread, %,.0f on %d"
            + " (x%.2f); weights %,d bytes, once; with the idle workers after %d threads %,d bytes", alone, together, threads,
            together / alone, weights, MANY, bytes);
    }
}
