package org.tidegate.task.lm;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.tidegate.Session;
import org.tidegate.Streams;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Sampling;
import org.tidegate.metrics.Bootstrap;
import org.tidegate.task.Answers;
import org.tidegate.task.Worker;
import org.tidegate.task.Workers;
import org.tidegate.text.Vocabulary;

/** Generates text and measures it, for any number of threads at once. */
public final class LanguageModelAnswers extends Answers<LanguageModelReading> {
    /** Tokens of prompts that one call of {@link #write} reads, about. */
    private static final int PROMPT_STEPS = 1024;

    private final AtomicLong turns = new AtomicLong(); // of prompts that are read

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
     * {@return a text that begins behind a prompt, for {@link #write}} Its end is that of {@link #generate(String, int, Sampling)}.
     *
     * @param prompt the text to continue; if empty, the model begins as after a line break
     * @param length the number of tokens to write, 0 or more
     * @param sampling the settings of the sampling
     * @throws IllegalArgumentException as {@link #generate(String, int, Sampling)}
     */
    public Generation begin(String prompt, int length, Sampling sampling) {
        Vocabulary vocabulary = reading().vocabulary();
        Prompt read = Prompt.of(vocabulary, prompt, Prompt.beginsSpaced(vocabulary));
        LanguageModelStream.checkLength(length);
        int[] behind = read.ids().length > 0 ? read.ids() : new int[] {LanguageModelStream.start(vocabulary)};
        return new Generation(vocabulary, behind, length, sampling, read.spaced(), turns.incrementAndGet());
    }

    /**
     * Goes on with texts, side by side, a token of each after another: first what is left of their prompts, of which a call reads a part
     * only, so that it takes no longer where they are long; the one whose last
     * turn is longest ago, in this call or an earlier one, is next. A text has the same tokens alone and among others, in one call and in many.
     *
     * @param texts of {@link #begin} of this object; those that have ended are left alone
     * @param goesOn asked after each step, whether another one follows; there is one in any case
     * @param wrote is told of each text that has one more token; may end it
     */
    public void write(List<Generation> texts, BooleanSupplier goesOn, Consumer<Generation> wrote) {
        PriorityQueue<Generation> reading = new PriorityQueue<>(Comparator.comparingLong(Generation::turn));
        texts.stream().filter(text -> !text.isEnded() && text.unread().length > 0).forEach(reading::add);
        int left = PROMPT_STEPS;
        while (left > 0 && !reading.isEmpty()) {
            Generation text = reading.remove();
            int[] ids = text.unread();
            with(worker -> {
                read(worker, text, ids);
                return null;
            });
            left = goesOn.getAsBoolean() ? left - ids.length : 0;
            if (text.unread().length > 0) {
                reading.add(text);
            }
        }
        List<Generation> ready = new ArrayList<>(texts);
        ready.removeIf(text -> text.isEnded() || text.unread().length > 0);
        if (!ready.isEmpty()) {
            try (Streams streams = model().newStreams(LanguageModelReading.LOGITS, ready.size())) {
                write(streams, ready, goesOn, wrote);
            }
        }
    }

    private void read(Worker worker, Generation text, int... ids) {
        Session session = worker.session();
        session.setCarry(true);
        if (text.state() != null) {
            session.setState(text.state());
        }
        worker.batch().equalLengths(LanguageModelReading.AXIS, 1, ids.length);
        worker.batch().writableIds(LanguageModelReading.TOKENS).put(ids, 0, ids.length);
        session.forward(worker.batch());
        text.read(ids.length, session.state(), turns.incrementAndGet());
    }

    private void write(Streams streams, List<Generation> ready, BooleanSupplier goesOn, Consumer<Generation> wrote) {
        int columns = reading().vocabulary().size();
        long[] numbers = ready.stream().mapToLong(text -> text.state() == null ? streams.open() : streams.open(text.state())).toArray();
        do {
            FloatBuffer logits = streams.step(numbers, ready.stream().mapToInt(Generation::last).toArray());
            int going = 0;
            for (int i = 0; i < numbers.length; i++) {
                Generation text = ready.get(i);
                text.write(logits.slice(i * columns, columns), wrote);
                if (!text.isEnded()) {
                    ready.set(going, text);
                    numbers[going++] = numbers[i];
                }
            }
            ready.subList(going, ready.size()).clear();
            numbers = Arrays.copyOf(numbers, going);
        } while (!ready.isEmpty() && goesOn.getAsBoolean());
        for (int i = 0; i < numbers.length; i++) {
            ready.get(i).setState(streams.state(numbers[i]));
        }
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
        return loss(reading().predictable(text), new Bootstrap());
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
        Bootstrap parts = new Bootstrap();
        double loss = loss(ids, parts);
        return LanguageModelEvaluation.of(reading(), text, ids, loss, parts, figures(ids.length - 1, loss));
    }

    private double loss(int[] ids, Bootstrap parts) {
        return with(worker -> TextLoss.of(worker.session(), worker.batch(), ids, 1, parts));
    }

    private <T> T after(String prompt, Function<LanguageModelStream, T> then) {
        try (LanguageModelStream stream = conversation()) {
            stream.accept(prompt);
            return then.apply(stream);
        }
    }
}
