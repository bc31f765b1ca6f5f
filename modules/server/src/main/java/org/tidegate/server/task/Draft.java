/* One text that is being written. */
package org.tidegate.server.task;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.tidegate.task.lm.Generation;

/** A text of a language model until it ends, by its length or by a stop sequence. */
final class Draft {
    /** Why a text ended: it has as many tokens as were asked for. */
    static final String LENGTH = "length";
    /** Why a text ended: it came to a stop sequence, which it has not. */
    static final String STOP = "stop_sequence";

    private final Generation generation;
    private final StopSequences stops;
    private final boolean measured;
    private final List<String> tokens = new ArrayList<>();
    private final List<Double> logProbabilities = new ArrayList<>();
    private String text = "";
    private String reason; // null until it has ended
    private int told;

    /** measured: whether the log probabilities of its tokens are wanted. */
    Draft(Generation generation, StopSequences stops, boolean measured) {
        this.generation = generation;
        this.stops = stops;
        this.measured = measured;
        reason = generation.isEnded() ? LENGTH : null;
    }

    Generation generation() {
        return generation;
    }

    /** After a token: sees whether the text ends here. */
    void advance() {
        if (measured) {
            tokens.add(generation.token());
            logProbabilities.add(generation.logProbability());
        }
        text = generation.text();
        int stop = stops.in(text);
        if (stop >= 0) {
            text = text.substring(0, stop);
            reason = STOP;
            generation.end();
        } else if (generation.isEnded()) {
            reason = LENGTH;
        }
    }

    /** Tells what is new of the text and will not change: all of it once it has ended. */
    void tell(Consumer<String> listener) {
        int certain = reason != null ? text.length() : Math.min(generation.settled(), stops.clear(text));
        if (certain > told) {
            listener.accept(text.substring(told, certain));
            told = certain;
        }
    }

    boolean hasEnded() {
        return reason != null;
    }

    String text() {
        return text;
    }

    String reason() {
        return reason;
    }

    List<String> tokens() {
        return tokens;
    }

    List<Double> logProbabilities() {
        return logProbabilities;
    }
}
