package org.tidegate.task;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.tidegate.Batch;
import org.tidegate.Session;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.LogSoftmax;
import org.tidegate.decode.Sampler;
import org.tidegate.decode.Sampling;
import org.tidegate.text.Vocabulary;

/**
 * Continues prompts, token by token with the state carried over, by a {@link LanguageModel} as it was when this was made.
 *
 * <p>For one thread at a time. Holds native memory until it is closed; closing twice is harmless.
 */
public final class FrozenLanguageModel implements AutoCloseable {
    /** Steps of a call while the prompt is read: bounds its memory. */
    private static final int STEPS = 256;
    /** As long as an array can be. */
    private static final int LONGEST = Integer.MAX_VALUE - 16;

    private final Vocabulary vocabulary;
    private final Session session;
    private final Batch batch;

    FrozenLanguageModel(Session session, Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.session = session;
        session.setCarry(true);
        batch = session.network().newBatch();
    }

    /** end: the token to end before, or −1. */
    String generate(String prompt, int length, Sampling sampling, int end) {
        int[] start = start(prompt, length);
        int[] all = Arrays.copyOf(start, start.length + length);
        Sampler sampler = sampling.sampler(vocabulary.size(), specials());
        FloatBuffer scores = readAll(start);
        for (int i = start.length; i < all.length; i++) {
            all[i] = sampler.choose(scores);
            if (all[i] == end) {
                return added(prompt, start, Arrays.copyOf(all, i));
            }
            scores = session.step(all[i]);
        }
        return added(prompt, start, all);
    }

    /** The best continuation that a beam search finds. end: the token to end before, or −1. */
    String generate(String prompt, int length, BeamSearch search, int end) {
        int[] start = start(prompt, length);
        if (length == 0) {
            return "";
        }
        int last = start.length - 1;
        session.reset();
        readAll(start, last);
        if (last > 0) {
            // Every row of the search goes on from the one state after the prompt; before a prompt of one token there is none.
            session.setState(session.state().select(new int[search.beam()]));
        }
        int[] found = search.without(specials()).search(new int[] {start[last]}, end, length, (parents, tokens) -> {
            if (!BeamSearch.isIdentity(parents)) {
                session.setState(session.state().select(parents));
            }
            return session.step(tokens);
        }).get(0).get(0).tokens();
        int[] all = Arrays.copyOf(start, start.length + found.length);
        System.arraycopy(found, 0, all, start.length, found.length);
        return added(prompt, start, all);
    }

    /** {@link LanguageModel#next} of the model as it was. */
    public List<LanguageModel.Candidate> next(String prompt, int most) {
        float[] scores = new float[vocabulary.size()];
        readAll(start(prompt)).get(scores);
        double[] log = LogSoftmax.of(scores, 0, scores.length);
        return IntStream.range(0, log.length).boxed().sorted(Comparator.comparingDouble(id -> -log[id])).limit(most)
                .map(id -> new LanguageModel.Candidate(vocabulary.token(id), Math.exp(log[id]))).toList();
    }

    @Override
    public void close() {
        session.close();
    }

    private int[] specials() {
        return IntStream.range(0, vocabulary.specials()).toArray();
    }

    private int[] start(String prompt, int length) {
        if (length < 0) {
            throw new IllegalArgumentException("the length is " + length + "; expected 0 or more tokens");
        }
        int[] start = start(prompt);
        int most = LONGEST - start.length;
        if (length > most) {
            throw new IllegalArgumentException("the length is " + length + "; expected at most " + most + " tokens after this prompt");
        }
        return start;
    }

    private int[] start(String prompt) {
        int[] ids = vocabulary.encodeKnown(prompt);
        if (ids.length > 0) {
            return ids;
        }
        int lineBreak = vocabulary.id("\n");
        if (lineBreak < 0) {
            throw new IllegalArgumentException("the prompt is empty, and the model knows no line break to begin after; give it a prompt");
        }
        return new int[] {lineBreak};
    }

    /** Begins anew with these tokens; the scores of what follows them. */
    private FloatBuffer readAll(int[] ids) {
        session.reset();
        readAll(ids, ids.length);
        return scores();
    }

    private void readAll(int[] ids, int count) {
        for (int at = 0; at < count; at += STEPS) {
            read(ids, at, Math.min(STEPS, count - at));
        }
    }

    private void read(int[] ids, int from, int steps) {
        batch.equalLengths(LanguageModel.AXIS, 1, steps);
        batch.writableIds(LanguageModel.TOKENS).put(ids, from, steps);
        session.forward(batch);
    }

    /** The scores after the last step of the prompt. */
    private FloatBuffer scores() {
        FloatBuffer scores = session.output(LanguageModel.LOGITS).buffer();
        return scores.position(scores.limit() - vocabulary.size());
    }

    // Words are joined with those of the prompt, so that the space between the last of them and the first new one is right.
    private String added(String prompt, int[] start, int[] all) {
        String before = vocabulary.decode(start);
        String added = vocabulary.decode(all).substring(before.length());
        boolean spaced = prompt.isEmpty() || Character.isWhitespace(prompt.charAt(prompt.length() - 1));
        return vocabulary.unit() == Vocabulary.Unit.WORD && spaced ? added.stripLeading() : added;
    }
}
