package org.tidegate.task.lm;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.tidegate.State;
import org.tidegate.decode.LogSoftmax;
import org.tidegate.decode.Sampler;
import org.tidegate.decode.Sampling;
import org.tidegate.text.Vocabulary;

/**
 * A text that a language model writes together with others, a few tokens at a time: {@link LanguageModelAnswers#write}. Between the calls
 * it is its recurrent state and its text; it holds no native memory. For one thread at a time.
 */
public final class Generation {
    /** Steps of a call that reads the prompt. */
    static final int STEPS = 256;

    private final Vocabulary vocabulary;
    private final int[] prompt;
    private final int length;
    private final Sampling sampling;
    private final boolean trimmed; // no space before the first word
    private final StringBuilder lines = new StringBuilder(); // those that are complete; of code points all
    private int[] line; // the ids since then, behind that of the token before them
    private int lineLength = 1;
    private Sampler sampler;
    private int read; // tokens of the prompt that the state has read
    private long turn; // when it was begun or read last, in the order of all
    private State state; // null at the beginning
    private int last;
    private int count;
    private boolean ended;
    private FloatBuffer shown; // the logits of the last token, while it is told of

    Generation(Vocabulary vocabulary, int[] prompt, int length, Sampling sampling, boolean trimmed, long turn) {
        this.vocabulary = vocabulary;
        this.prompt = prompt;
        this.length = length;
        this.sampling = sampling;
        this.trimmed = trimmed && vocabulary.unit() != Vocabulary.Unit.CODE_POINT;
        this.turn = turn;
        last = prompt[prompt.length - 1];
        line = new int[] {last};
        ended = length == 0;
    }

    /** {@return the text so far, without the prompt} */
    public String text() {
        return lines + lineText(lineLength);
    }

    /**
     * {@return how much of {@link #text} stays as it is, in chars} All of it, but that a quotation mark among words is spaced otherwise once
     * its partner follows, and that a character may be there in a part of its bytes.
     */
    public int settled() {
        return lines.length() + lineText(Math.max(1, vocabulary.settled(Arrays.copyOf(line, lineLength)))).length();
    }

    /** {@return how many tokens were written} */
    public int tokens() {
        return count;
    }

    /**
     * {@return the token that was written last}
     *
     * @throws IllegalStateException if none was
     */
    public String token() {
        if (count == 0) {
            throw new IllegalStateException("No token was written yet.");
        }
        return vocabulary.token(last);
    }

    /**
     * {@return the log probability of that token by the model, in nats, whatever the sampling}
     *
     * @throws IllegalStateException outside of what is told that the token was written
     */
    public double logProbability() {
        if (shown == null) {
            throw new IllegalStateException("The probabilities of a token are there while it is told of.");
        }
        float[] row = new float[shown.remaining()];
        shown.get(shown.position(), row);
        return LogSoftmax.of(row, 0, row.length)[last];
    }

    /** {@return whether it has ended: all tokens are written, or {@link #end} was called} */
    public boolean isEnded() {
        return ended;
    }

    /** Ends it before its length. */
    public void end() {
        ended = true;
    }

    /** The ids of the prompt that are to be read next; empty once all but the last are, from which the text goes on. */
    int[] unread() {
        return Arrays.copyOfRange(prompt, read, Math.min(prompt.length - 1, read + STEPS));
    }

    /** The less, the longer it waits to be read. */
    long turn() {
        return turn;
    }

    void read(int tokens, State after, long inTurn) {
        read += tokens;
        turn = inTurn;
        state = after;
    }

    State state() {
        return state;
    }

    void setState(State after) {
        state = after;
    }

    int last() {
        return last;
    }

    /** Writes the next token, and tells of it. */
    void write(FloatBuffer logits, Consumer<Generation> wrote) {
        shown = logits;
        append(logits);
        wrote.accept(this);
        shown = null;
    }

    private void append(FloatBuffer logits) {
        if (sampler == null) {
            sampler = sampling.sampler(vocabulary.size(), IntStream.range(0, vocabulary.specials()).toArray());
        }
        last = sampler.choose(logits);
        count++;
        ended = count == length;
        if (vocabulary.unit() == Vocabulary.Unit.CODE_POINT) {
            lines.append(vocabulary.token(last));
            return;
        }
        line = lineLength < line.length ? line : Arrays.copyOf(line, 2 * lineLength);
        line[lineLength++] = last;
        if (vocabulary.token(last).equals("\n")) { // what follows is spaced as at the beginning of a text
            lines.append(lineText(lineLength));
            line[0] = last;
            lineLength = 1;
        }
    }

    /** The text of the first ids of the line, but for that of the token before them. */
    private String lineText(int ids) {
        if (ids == 1) {
            return "";
        }
        String text = vocabulary.decodeAfter(line[0], Arrays.copyOfRange(line, 1, ids));
        return lines.isEmpty() && trimmed && text.startsWith(" ") ? text.substring(1) : text;
    }
}
