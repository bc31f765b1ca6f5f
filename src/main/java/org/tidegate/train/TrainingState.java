package org.tidegate.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.tidegate.State;
import org.tidegate.json.JsonObject;

/**
 * The state of a run, besides the parameters and the optimizer's slots, with which a resumed run gives the same bits.
 *
 * @param step the number of completed steps; with the seed it is the position in the data too
 * @param random the position of the session's random number generator
 * @param carried the carried recurrent state
 * @param lossSum the sum of the training losses since the last point of the history
 * @param lossSteps the number of steps in that sum
 * @param runningLoss the running average of {@link Progress#loss}
 * @param schedule the state of the learning-rate schedule, see {@link Schedule.Run#memory}
 * @param bestLoss the best validation loss, NaN without validation
 * @param bestStep the number of completed steps at the best validation loss
 * @param badValidations the number of validations since the best one, which early stopping compares with its patience
 * @param seconds the training time so far
 * @param history the points so far, copied
 * @param settings the settings that a resumed run must share
 */
public record TrainingState(long step, long random, State carried, double lossSum, long lossSteps, double runningLoss,
        String schedule, double bestLoss, long bestStep, int badValidations, double seconds, List<HistoryPoint> history,
        Settings settings) {

    /**
     * The settings that determine the batches of a run and the meaning of its optimizer's slots.
     *
     * @param optimizer the optimizer's text
     * @param batch the batch size, in sequences
     * @param bptt the steps of a chunk of truncated backpropagation through time
     * @param seed the seed
     * @param data a fingerprint of the training data
     * @param training the other settings as JSON, which a resumed run takes over where it is given none ({@link Training#over}), and the
     *     threads and the instruction set; "" where that is not known
     */
    public record Settings(String optimizer, int batch, int bptt, long seed, String data, String training) {
        /**
         * Settings without the others.
         *
         * @param optimizer the optimizer's text
         * @param batch the batch size, in sequences
         * @param bptt the steps of a chunk of truncated backpropagation through time
         * @param seed the seed
         * @param data a fingerprint of the training data
         */
        public Settings(String optimizer, int batch, int bptt, long seed, String data) {
            this(optimizer, batch, bptt, seed, data, "");
        }
    }

    /**
     * {@return the same state of a run with other settings}
     *
     * @param changed the settings
     */
    public TrainingState with(Settings changed) {
        return new TrainingState(step, random, carried, lossSum, lossSteps, runningLoss, schedule, bestLoss, bestStep, badValidations, seconds,
                history, changed);
    }

    /**
     * A state.
     *
     * @param history the points so far, copied
     * @param step the number of completed steps
     * @param random the position of the session's random number generator
     * @param carried the carried recurrent state
     * @param lossSum the sum of the training losses since the last point
     * @param lossSteps the number of steps in that sum
     * @param runningLoss the running average of the loss
     * @param schedule the state of the learning-rate schedule
     * @param bestLoss the best validation loss
     * @param bestStep the number of completed steps at the best validation loss
     * @param badValidations the number of validations since the best one
     * @param seconds the training time so far
     * @param settings the settings that a resumed run must share
     */
    public TrainingState {
        history = List.copyOf(history);
    }

    /**
     * {@return the held-out loss of the weights that a run that has ended left behind ({@link Training#keep}): the best one, or the last; NaN
     * where none was measured}
     */
    public double keptLoss() {
        boolean last = !settings.training().isEmpty()
                && JsonObject.parse(settings.training()).constant("keep", Training.Keep.class) == Training.Keep.LAST;
        if (!last) {
            return bestLoss;
        }
        return history.isEmpty() ? Double.NaN : history.get(history.size() - 1).validationLoss();
    }

    /**
     * {@return the state of a new run}
     *
     * @param settings of the run
     */
    public static TrainingState start(Settings settings) {
        return new TrainingState(0, 0, State.of(0), 0, 0, Double.NaN, "", Double.NaN, 0, 0, 0, List.of(), settings);
    }

    /** {@return the state without the values of {@link #carried}, as JSON: one flat object, and the history as rows of numbers} */
    public JsonObject toJson() {
        // Positions of generators and seeds use all 64 bits, of which JSON readers that parse doubles would lose some: they are strings.
        return JsonObject.builder().put("step", step).put("random", Long.toUnsignedString(random)).put("sequences", carried.sequences())
                .put("loss_sum", lossSum).put("loss_steps", lossSteps).put("running_loss", runningLoss).put("schedule", schedule)
                .put("best_loss", bestLoss).put("best_step", bestStep).put("bad_validations", badValidations).put("seconds", seconds)
                .put("optimizer", settings.optimizer()).put("batch", settings.batch()).put("bptt", settings.bptt())
                .put("seed", Long.toString(settings.seed())).put("data", settings.data()).put("training", settings.training())
                .put("history", history.stream().map(HistoryPoint::row).toList()).build();
    }

    /**
     * {@return the state that {@link #toJson} wrote}
     *
     * @param json what {@link #toJson} returned
     * @param carried the values of the carried state, which are stored elsewhere
     * @throws IllegalArgumentException if the object is not a training state, or the numbers are not of its size; the message names the
     *     key
     */
    public static TrainingState fromJson(JsonObject json, float[] carried) {
        List<HistoryPoint> history = new ArrayList<>();
        for (double[] row : json.numberRows("history")) {
            if (row.length != HistoryPoint.COLUMNS && row.length != HistoryPoint.COLUMNS + 1) {
                throw json.refusal("history", "rows of " + HistoryPoint.COLUMNS + " numbers, or one more");
            }
            history.add(HistoryPoint.of(row));
        }
        Settings settings = new Settings(json.string("optimizer"), json.integer("batch", 1, Integer.MAX_VALUE),
                json.integer("bptt", 0, Integer.MAX_VALUE), bits(json, "seed", Long::parseLong), json.string("data"),
                json.has("training") ? json.string("training") : "");
        return new TrainingState(count(json, "step"), bits(json, "random", Long::parseUnsignedLong),
                State.of(json.integer("sequences", 0, Integer.MAX_VALUE), carried), json.number("loss_sum"), count(json, "loss_steps"),
                json.number("running_loss"), json.string("schedule"), json.number("best_loss"), count(json, "best_step"),
                json.integer("bad_validations", 0, Integer.MAX_VALUE), json.number("seconds"), history, settings);
    }

    /**
     * Checks that a run with other settings can resume from this state.
     *
     * @param wanted the settings of the resumed run
     * @throws IllegalArgumentException if a setting differs; the message names it and both values
     */
    public void checkResumable(Settings wanted) {
        same("optimizer", settings.optimizer(), wanted.optimizer());
        same("batch", settings.batch(), wanted.batch());
        same("bptt", settings.bptt(), wanted.bptt());
        same("seed", settings.seed(), wanted.seed());
        same("training data", settings.data(), wanted.data());
    }

    private static long count(JsonObject json, String key) {
        long count = json.wholeNumber(key);
        if (count < 0) {
            throw json.refusal(key, "0 or more");
        }
        return count;
    }

    private static long bits(JsonObject json, String key, ToLongFunction<String> parse) {
        try {
            return parse.applyAsLong(json.string(key));
        } catch (NumberFormatException e) {
            throw json.refusal(key, "an integer of 64 bits as a text");
        }
    }

    private static void same(String name, Object was, Object is) {
        if (!was.equals(is)) {
            throw new IllegalArgumentException("the training cannot go on: its " + name + " was " + was + " and is now " + is
                    + ". Resume with the same text and settings, or start a new training.");
        }
    }
}
