package org.tidegate.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.tidegate.State;
import org.tidegate.json.JsonObject;

/**
 * Everything of a run, besides the parameters and the optimizer, that a resumed one needs to go on to the bit.
 *
 * @param step how many steps were made; with the seed it is the position in the data too
 * @param random the position of the session's random numbers
 * @param carried the carried recurrent state
 * @param lossSum the sum of the losses since the last point of the history
 * @param lossSteps how many steps that were
 * @param recentLoss the running mean that {@link Progress} shows
 * @param schedule what the schedule remembers
 * @param bestLoss the best validation loss, NaN if nothing was validated
 * @param bestStep how many steps had been made then
 * @param worse how many validations in a row were not better
 * @param seconds time spent
 * @param history the points so far
 * @param settings the settings that a resumed run must share
 */
public record TrainingState(long step, long random, State carried, double lossSum, long lossSteps, double recentLoss,
        String schedule, double bestLoss, long bestStep, int worse, double seconds, List<HistoryPoint> history, Settings settings) {

    /**
     * The settings that decide which batches a run sees and what its optimizer's slots mean.
     *
     * @param optimizer the optimizer's text
     * @param batch sequences side by side
     * @param bptt steps of a chunk
     * @param seed the seed
     * @param data a fingerprint of the training data
     */
    public record Settings(String optimizer, int batch, int bptt, long seed, String data) {}

    /** Takes a copy of the history. */
    public TrainingState {
        history = List.copyOf(history);
    }

    /** The state at the beginning of a run. */
    public static TrainingState start(Settings settings) {
        return new TrainingState(0, 0, State.of(0), 0, 0, Double.NaN, "", Double.NaN, 0, 0, 0, List.of(), settings);
    }

    /** All but the numbers of the carried state, as JSON: one flat object, and the history as rows of numbers. */
    public JsonObject toJson() {
        // Positions of random numbers and seeds use all 64 bits; readers of JSON that keep doubles would lose some, so they are texts.
        return JsonObject.builder().put("step", step).put("random", Long.toUnsignedString(random)).put("sequences", carried.sequences())
                .put("loss_sum", lossSum).put("loss_steps", lossSteps).put("recent_loss", recentLoss).put("schedule", schedule)
                .put("best_loss", bestLoss).put("best_step", bestStep).put("worse", worse).put("seconds", seconds)
                .put("optimizer", settings.optimizer()).put("batch", settings.batch()).put("bptt", settings.bptt())
                .put("seed", Long.toString(settings.seed())).put("data", settings.data())
                .put("history", history.stream().map(HistoryPoint::row).toList()).build();
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @param carried the numbers of the carried state, which are kept elsewhere
     * @throws IllegalArgumentException if the object is not a training state, or the numbers are not of its size; the message names the
     *     key
     */
    public static TrainingState fromJson(JsonObject json, float[] carried) {
        List<HistoryPoint> history = new ArrayList<>();
        for (double[] row : json.numberRows("history")) {
            if (row.length != HistoryPoint.COLUMNS) {
                throw json.refusal("history", "rows of " + HistoryPoint.COLUMNS + " numbers");
            }
            history.add(HistoryPoint.of(row));
        }
        Settings settings = new Settings(json.string("optimizer"), json.integer("batch"), json.integer("bptt"),
                bits(json, "seed", Long::parseLong), json.string("data"));
        return new TrainingState(count(json, "step"), bits(json, "random", Long::parseUnsignedLong),
                State.of(json.integer("sequences"), carried), json.number("loss_sum"), count(json, "loss_steps"),
                json.number("recent_loss"), json.string("schedule"), json.number("best_loss"), count(json, "best_step"),
                json.integer("worse"), json.number("seconds"), history, settings);
    }

    /**
     * Checks that a run with these settings may go on from here.
     *
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
