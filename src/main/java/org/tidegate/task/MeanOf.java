package org.tidegate.task;

import java.util.List;
import org.tidegate.State;
import org.tidegate.json.JsonObject;
import org.tidegate.train.TrainingState;

/**
 * Of what a model is the mean: the trainings of its networks, and how it does on what they held out.
 *
 * @param trainings of each network, without what would be needed to go on with them
 * @param loss of the mean on what was held out; NaN if nothing was
 * @param figure the task's figure there ({@link Reading#figure}); NaN if it has none
 */
public record MeanOf(List<TrainingState> trainings, double loss, double figure) {
    /**
     * Takes a copy of the trainings.
     *
     * @param trainings of each network, without what would be needed to go on with them
     * @param loss of the mean on what was held out; NaN if nothing was
     * @param figure the task's figure there; NaN if it has none
     */
    public MeanOf {
        trainings = trainings.stream().map(MeanOf::ended).toList();
    }

    /** Without the recurrent state that the training carried. */
    private static TrainingState ended(TrainingState state) {
        return new TrainingState(state.step(), state.random(), State.of(0), state.lossSum(), state.lossSteps(), state.runningLoss(),
                state.schedule(), state.bestLoss(), state.bestStep(), state.badValidations(), state.seconds(), state.history(),
                state.settings());
    }

    static MeanOf of(JsonObject json) {
        json.only("trainings", "loss", "figure");
        return new MeanOf(json.objects("trainings").stream().map(state -> TrainingState.fromJson(state, new float[0])).toList(),
                json.number("loss"), json.number("figure"));
    }

    JsonObject toJson() {
        return JsonObject.builder().put("trainings", trainings.stream().map(TrainingState::toJson).toList()).put("loss", loss)
                .put("figure", figure).build();
    }
}
