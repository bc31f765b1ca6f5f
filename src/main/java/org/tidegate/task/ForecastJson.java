package org.tidegate.task;

import java.util.Optional;
import org.tidegate.data.Scaler;
import org.tidegate.json.JsonObject;

/**
 * What a forecaster's file holds besides the network, as JSON: one flat object.
 *
 * @param intervals null where there are none
 */
record ForecastJson(ForecastScaling scaling, double probability, ForecastIntervals intervals) {
    static JsonObject write(ForecastScaling scaling, double probability, Optional<ForecastIntervals> intervals) {
        ForecastSetup setup = scaling.setup();
        return JsonObject.builder().put("columns", setup.columns()).put("targets", setup.targets()).put("window", setup.window())
            .put("horizon", setup.horizon()).put("stateful", setup.stateful()).put("residual", setup.residual())
            .put("period", setup.period()).put("input_mean", scaling.inputs().mean())
            .put("input_deviation", scaling.inputs().deviation()).put("output_mean", scaling.outputs().mean())
            .put("output_deviation", scaling.outputs().deviation()).put("probability", probability)
            .put("low", intervals.map(ForecastIntervals::low).orElse(new double[0]))
            .put("high", intervals.map(ForecastIntervals::high).orElse(new double[0])).build();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if the object is something else
     */
    static ForecastJson read(JsonObject json) {
        ForecastSetup setup = new ForecastSetup(json.strings("columns"), json.strings("targets"), json.integer("window"),
            json.integer("horizon"), json.flag("stateful"), json.flag("residual"), json.integer("period"));
        ForecastScaling scaling = new ForecastScaling(setup, new Scaler(json.numbers("input_mean"), json.numbers("input_deviation")),
            new Scaler(json.numbers("output_mean"), json.numbers("output_deviation")));
        double probability = json.number("probability");
        double[] low = json.numbers("low");
        if (low.length != 0 && low.length != setup.outputs()) {
            throw json.refusal("low", "none or " + setup.outputs() + " numbers");
        }
        return new ForecastJson(scaling, probability,
            low.length == 0 ? null : new ForecastIntervals(probability, low, json.numbers("high")));
    }
}
