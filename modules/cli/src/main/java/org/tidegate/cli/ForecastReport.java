package org.tidegate.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tidegate.task.Forecast;
import org.tidegate.task.ForecastEvaluation;
import org.tidegate.task.ForecastEvaluation.Score;
import org.tidegate.task.ForecastIntervals;
import org.tidegate.task.ForecastSetup;
import org.tidegate.task.Forecaster;

/** A forecast, and how good forecasts are, in words and under their names in JSON. */
final class ForecastReport {
    private ForecastReport() {}

    /** "temp_max, step 1: 12.3, from 9.8 to 15.1 with 90 %", a line for each number. */
    static String text(ForecastSetup setup, Forecast forecast) {
        List<String> lines = new ArrayList<>();
        for (int step = 0; step < forecast.steps(); step++) {
            for (int target = 0; target < forecast.targets(); target++) {
                String name = setup.targets().get(target) + (setup.horizon() == 0 ? "" : String.format(Locale.ROOT, " +%d", step + 1));
                String line = String.format(Locale.ROOT, "%-20s %12.6g", name, forecast.value(step, target));
                if (forecast.intervals().isPresent()) {
                    line += String.format(Locale.ROOT, "   %.0f %% between %.6g and %.6g",
                        100 * forecast.intervals().get().probability(),
                        forecast.low(step, target), forecast.high(step, target));
                }
                lines.add(line);
            }
        }
        return String.join(System.lineSeparator(), lines);
    }

    /** The numbers of a forecast. */
    static Map<String, Object> figures(ForecastSetup setup, Forecast forecast) {
        List<Map<String, Object>> values = new ArrayList<>();
        for (int step = 0; step < forecast.steps(); step++) {
            for (int target = 0; target < forecast.targets(); target++) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("target", setup.targets().get(target));
                one.put("step", setup.horizon() == 0 ? 0 : step + 1);
                one.put("value", forecast.value(step, target));
                one.put("low", forecast.low(step, target));
                one.put("high", forecast.high(step, target));
                values.add(one);
            }
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("probability", forecast.intervals().map(ForecastIntervals::probability).orElse(null));
        figures.put("forecast", values);
        return figures;
    }

    /** The scores as a table, and plainly whether the last value is beaten. */
    static List<String> lines(Forecaster model, ForecastEvaluation evaluation) {
        boolean seasonal = model.setup().period() > 0;
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "%,d forecasts judged", evaluation.forecasts()));
        lines.add(String.format(Locale.ROOT, "  %-20s %10s %10s %17s %16s%s%s", "target", "RMSE", "MAE", "persistence RMSE",
            "persistence MAE", seasonal ? String.format(Locale.ROOT, " %18s", "season " + model.setup().period() + " RMSE") : "",
            model.intervals().map(i -> String.format(Locale.ROOT, "    within %.0f %%", 100 * i.probability())).orElse("")));
        for (Score score : evaluation.scores()) {
            String name = score.target() + (score.step() == 0 ? "" : " +" + score.step());
            lines.add(String.format(Locale.ROOT, "  %-20s %10.4g %10.4g %17.4g %16.4g%s%s", name, score.rmse(), score.mae(),
                score.persistenceRmse(), score.persistenceMae(),
                seasonal ? String.format(Locale.ROOT, " %18.4g", score.seasonalRmse()) : "",
                model.intervals().isPresent() ? String.format(Locale.ROOT, " %12.1f %%", 100 * score.coverage()) : ""));
        }
        for (Score score : evaluation.overall()) {
            lines.add(verdict(score));
        }
        if (model.intervals().isEmpty()) {
            lines.add("no intervals: nothing was held out in the training (--valid 0)");
        }
        return lines;
    }

    private static String verdict(Score score) {
        return score.beatsPersistence()
            ? String.format(Locale.ROOT, "%s: persistence (the last value again) is beaten: RMSE %.4g, %.1f %% below %.4g",
                score.target(), score.rmse(), 100 * (1 - score.rmse() / score.persistenceRmse()), score.persistenceRmse())
            : String.format(Locale.ROOT, "%s: persistence is NOT beaten: saying the last value again has an RMSE of %.4g, the model"
                + " %.4g%s", score.target(), score.persistenceRmse(), score.rmse(), score.persistenceRmse() == 0 ? ""
                : String.format(Locale.ROOT, " (%.3f times that)", score.rmse() / score.persistenceRmse()));
    }

    /** The figures of an evaluation; those of a single target stand at the top, too. */
    static Map<String, Object> figures(Forecaster model, ForecastEvaluation evaluation) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("forecasts", evaluation.forecasts());
        figures.put("probability", model.intervals().map(ForecastIntervals::probability).orElse(null));
        if (evaluation.overall().size() == 1) {
            figures.putAll(figures(evaluation.overall().get(0)));
        }
        figures.put("scores", evaluation.scores().stream().map(ForecastReport::figures).toList());
        return figures;
    }

    private static Map<String, Object> figures(Score score) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("target", score.target());
        figures.put("step", score.step());
        figures.put("rmse", score.rmse());
        figures.put("mae", score.mae());
        figures.put("persistence_rmse", score.persistenceRmse());
        figures.put("persistence_mae", score.persistenceMae());
        figures.put("seasonal_rmse", score.seasonalRmse());
        figures.put("coverage", score.coverage());
        figures.put("beats_persistence", score.beatsPersistence());
        return figures;
    }
}
