package org.tidegate.task.lm;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.tidegate.Session;
import org.tidegate.State;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Hypothesis;
import org.tidegate.decode.LogSoftmax;
import org.tidegate.decode.Sampler;
import org.tidegate.decode.Sampling;
import org.tidegate.task.TaskStream;
import org.tidegate.task.Worker;
import org.tidegate.task.Workers;
import org.tidegate.text.Vocabulary;

/**
 * A text that is read and continued in turns, each token once: what was accepted and what was generated stand one behind the other.
 *
 * <pre>{@code
 * try (LanguageModelStream talk = answers.conversation()) {
 *     talk.accept("How are you?\n");
 *     String answer = talk.generateLine(100, Sampling.temperature(0.7));
 *     LanguageModelState here = talk.state();            // a value: to continue from here again, or elsewhere
 *     talk.accept("And the weather?\n");
 * }
 * }</pre>
 */
public final class LanguageModelStream extends TaskStream {
    /** Steps of a call that reads: bounds its memory. */
    private static final int STEPS = 256;
    private static final int NONE = -1;

    private final Vocabulary vocabulary;
    private final int[] specials;
    private int last = NONE; // the session has read all tokens but this one
    private boolean spaced;

    LanguageModelStream(LanguageModelReading reading, Workers workers) {
        super(workers);
        vocabulary = reading.vocabulary();
        spaced = Prompt.beginsSpaced(vocabulary);
        specials = IntStream.range(0, vocabulary.specials()).toArray();
        with(worker -> {
            worker.session().setCarry(true);
            return null;
        });
    }

    /**
     * Reads more text, whole tokens: a word that is cut in two is two words.
     *
     * @param text the text to append
     * @throws IllegalArgumentException if the text has a token that is not in the vocabulary; the message names it and its position, and
     *     nothing is read then
     */
    public void accept(String text) {
        with(worker -> {
            Prompt prompt = Prompt.of(vocabulary, text, spaced);
            read(worker, prompt.ids());
            spaced = prompt.spaced();
            return null;
        });
    }

    /**
     * Continues the text by sampling.
     *
     * @param length the number of tokens to add, 0 or more
     * @param sampling the settings of the sampling; its seed begins anew in every call
     * @return the added text
     * @throws IllegalArgumentException if the length is negative, or nothing was read yet and the vocabulary has no line break to begin
     *     after
     */
    public String generate(int length, Sampling sampling) {
        return sampled(length, sampling, NONE);
    }

    /**
     * Continues the text by beam search.
     *
     * @param length the number of tokens to add, 0 or more
     * @param search the settings of the beam search
     * @return the added text
     * @throws IllegalArgumentException as {@link #generate(int, Sampling)}
     */
    public String generate(int length, BeamSearch search) {
        return searched(length, search, NONE);
    }

    /**
     * Continues the text to the end of its line by sampling. The line break that ends it is read, too, so that what comes next begins a
     * line.
     *
     * @param most the maximum number of tokens to add
     * @param sampling the settings of the sampling; its seed begins anew in every call
     * @return the added text, without the line break
     * @throws IllegalArgumentException as {@link #generate(int, Sampling)}, or if the vocabulary has no line break
     */
    public String generateLine(int most, Sampling sampling) {
        return sampled(most, sampling, lineBreak());
    }

    /**
     * Continues the text to the end of its line by beam search, as {@link #generateLine(int, Sampling)}.
     *
     * @param most the maximum number of tokens to add
     * @param search the settings of the beam search
     * @return the added text, without the line break
     * @throws IllegalArgumentException as {@link #generateLine(int, Sampling)}
     */
    public String generateLine(int most, BeamSearch search) {
        return searched(most, search, lineBreak());
    }

    /**
     * {@return the most likely next tokens, by decreasing probability; ties in the order of the vocabulary}
     *
     * @param most the number of tokens, 1 or more; fewer if the vocabulary has no more
     * @throws IllegalArgumentException if the number is not positive, or nothing was read yet and the vocabulary has no line break to begin
     *     after
     */
    public List<TokenProbability> next(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("the " + most + " likeliest tokens are wanted; expected 1 or more");
        }
        float[] logits = new float[vocabulary.size()];
        with(worker -> {
            State before = worker.session().state();
            worker.session().step(start()).get(0, logits);
            worker.session().setState(before);
            return null;
        });
        double[] log = LogSoftmax.of(logits, 0, logits.length);
        return IntStream.range(0, log.length).boxed().sorted(Comparator.comparingDouble(id -> -log[id])).limit(most)
                .map(id -> new TokenProbability(vocabulary.token(id), Math.exp(log[id]))).toList();
    }

    /** {@return the state after the text so far, for {@link #setState} of this stream or another one of the same model} */
    public LanguageModelState state() {
        return with(worker -> new LanguageModelState(worker.session().state(), last, spaced));
    }

    /**
     * Continues from a state.
     *
     * @param state the state
     * @throws IllegalArgumentException if the state is of another model; nothing is changed then
     */
    public void setState(LanguageModelState state) {
        if (state.last() < NONE || state.last() >= vocabulary.size()) {
            throw new IllegalArgumentException("the last token is " + state.last() + "; expected an id of the vocabulary of " + vocabulary);
        }
        with(worker -> {
            worker.session().setState(state.recurrent());
            last = state.last();
            spaced = state.spaced();
            return null;
        });
    }

    /** end: the token to end before, or −1. */
    private String sampled(int length, Sampling sampling, int end) {
        checkLength(length);
        return with(worker -> {
            int start = start();
            Sampler sampler = sampling.sampler(vocabulary.size(), specials);
            int[] added = new int[Math.min(length, STEPS)];
            int count = 0;
            int token = start;
            while (count < length) {
                token = sampler.choose(worker.session().step(token));
                last = token;
                if (token == end) {
                    break;
                }
                added = count < added.length ? added : Arrays.copyOf(added, (int) Math.min(2L * count, length));
                added[count++] = token;
            }
            return added(start, Arrays.copyOf(added, count));
        });
    }

    /** The best continuation that a beam search finds. end: the token to end before, or −1. */
    private String searched(int length, BeamSearch search, int end) {
        checkLength(length);
        return with(worker -> {
            int start = start();
            if (length == 0) {
                return "";
            }
            Hypothesis best = search(worker.session(), start, length, search.without(specials), end);
            last = start;
            read(worker, best.tokens());
            if (best.ended()) {
                read(worker, end);
            }
            return added(start, best.tokens());
        });
    }

    private static Hypothesis search(Session session, int start, int length, BeamSearch search, int end) {
        State before = session.state();
        try {
            // Every row of the search continues from the one state; before the first token there is none.
            session.setState(before.isEmpty() ? before : before.select(new int[search.beam()]));
            return search.search(new int[] {start}, end, length, (parents, tokens) -> {
                if (!BeamSearch.isIdentity(parents)) {
                    session.select(LanguageModelReading.AXIS, parents);
                }
                return session.step(tokens);
            }).get(0).get(0);
        } finally {
            session.setState(before);
        }
    }

    /** Reads the last token and these; the last of them is then the one that is not read. */
    private void read(Worker worker, int... ids) {
        int[] all = ids;
        if (last != NONE) {
            all = new int[ids.length + 1];
            all[0] = last;
            System.arraycopy(ids, 0, all, 1, ids.length);
        }
        for (int at = 0; at < all.length - 1; at += STEPS) {
            int steps = Math.min(STEPS, all.length - 1 - at);
            worker.batch().equalLengths(LanguageModelReading.AXIS, 1, steps);
            worker.batch().writableIds(LanguageModelReading.TOKENS).put(all, at, steps);
            worker.session().forward(worker.batch());
        }
        last = all.length == 0 ? NONE : all[all.length - 1];
    }

    /** The token to continue from. */
    private int start() {
        return last != NONE ? last : start(vocabulary);
    }

    /** The token that a text without a beginning continues from. */
    static int start(Vocabulary vocabulary) {
        int lineBreak = vocabulary.id("\n");
        if (lineBreak < 0) {
            throw new IllegalArgumentException("the prompt is empty, and the model knows no line break to begin after; give it a prompt");
        }
        return lineBreak;
    }

    private int lineBreak() {
        int id = vocabulary.id("\n");
        if (id < 0) {
            throw new IllegalArgumentException("the model knows no line break, so no line ends; ask for a length alone");
        }
        return id;
    }

    // Words are joined with the one before, so that the space between it and the first new one is right.
    private String added(int before, int[] tokens) {
        String text = vocabulary.decodeAfter(before, tokens);
        boolean twice = spaced && vocabulary.unit() != Vocabulary.Unit.CODE_POINT && text.startsWith(" ");
        spaced &= tokens.length == 0;
        return twice ? text.substring(1) : text;
    }

    static void checkLength(int length) {
        if (length < 0) {
            throw new IllegalArgumentException("the length is " + length + "; expected 0 or more tokens");
        }
    }
}
