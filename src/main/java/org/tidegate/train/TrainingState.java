package org.tidegate.train;

import java.util.List;
import org.tidegate.State;

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

    /** All but the numbers of the carried state, as JSON. */
    public String toJson() {
        return TrainingStateJson.write(this);
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @param carried the numbers of the carried state, which are kept elsewhere
     * @throws IllegalArgumentException if the text is not a training state, or the numbers are not of its size
     */
    public static TrainingState fromJson(String json, float[] carried) {
        return TrainingStateJson.read(json, carried);
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

    private static void same(String name, Object was, Object is) {
        if (!was.equals(is)) {
            throw new IllegalArgumentException("the training cannot go on: its " + name + " was " + was + " and is now " + is
                    + ". Resume with the same text and settings, or start a new training.");
        }
    }
}
