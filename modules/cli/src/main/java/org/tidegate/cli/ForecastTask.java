package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.data.Series;
import org.tidegate.task.Forecast;
import org.tidegate.task.ForecastEvaluation;
import org.tidegate.task.ForecastSetup;
import org.tidegate.task.Forecaster;
import org.tidegate.train.Training;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Forecasts of numeric series: {@code tidegate train forecast}, from the columns of a CSV file. */
@Command(name = "forecast", sortOptions = false, customSynopsis = "tidegate train forecast --data FILE.csv --out MODEL [OPTIONS]",
        description = "Trains a forecaster: what comes next in columns of numbers?",
        footer = {"",
            "The lines are moments in the order of time. The last part is held out to test on, what comes before it to validate on.",
            "Columns that hold no numbers, such as a date, are left out. tidegate predict takes CSV files with the same columns.",
            "",
            "@|bold Examples:|@",
            "  tidegate train forecast --data days.csv --target temp --out temp.safetensors",
            "  tidegate train forecast --data days.csv --target a,b --horizon 7 --out ab.st",
            "  tidegate predict --model temp.safetensors days.csv --chart next.png"})
public final class ForecastTask extends TrainingTask<Forecaster> {
    @Option(names = "--data", required = true, paramLabel = "FILE.csv", description = "A CSV file with a line of names at its top.")
    private Path data;

    @Mixin
    private final TrainingOptions options = new TrainingOptions().epochs(30);

    @Option(names = "--columns", paramLabel = "A,B", description = "The columns that are read (all that hold numbers).")
    private String columns;

    @Option(names = "--target", paramLabel = "A,B", description = "The columns that are forecast (the only one, if there is but one).")
    private String targets;

    @Option(names = "--window", defaultValue = "30", paramLabel = "N",
            description = "How many moments a forecast reads; of a stream, over how many gradients flow back (${DEFAULT-VALUE}).")
    private int window;

    @Option(names = "--horizon", defaultValue = "1", paramLabel = "M",
            description = "How many moments are forecast, all at once; 0: the targets at the moment that is read (${DEFAULT-VALUE}).")
    private int horizon;

    @Option(names = "--stateful", description = "Read the series as one stream, with the state carried along, instead of windows.")
    private boolean stateful;

    @Option(names = "--residual", description = "Let the network say the change against the last value.")
    private boolean residual;

    @Option(names = "--period", defaultValue = "0", paramLabel = "P",
            description = "Length of a season, for the baseline that says the value of a season before; 0: none (${DEFAULT-VALUE}).")
    private int period;

    @Option(names = "--interval", defaultValue = "0.9", paramLabel = "P",
            description = "The share of truths that the intervals around the forecasts shall hold (${DEFAULT-VALUE}).")
    private double interval;

    @Option(names = "--cell", defaultValue = "lstm", description = "The recurrent cell: rnn, lstm, gru, … (${DEFAULT-VALUE}).")
    private Cell cell;

    @Option(names = "--hidden", defaultValue = "32", paramLabel = "N", description = "Hidden size of a layer (${DEFAULT-VALUE}).")
    private int hidden;

    @Option(names = "--layers", defaultValue = "1", paramLabel = "N", description = "Recurrent layers (${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--dropout", defaultValue = "0", paramLabel = "P", description = "Dropout probability (${DEFAULT-VALUE}).")
    private double dropout;

    @Option(names = "--test", defaultValue = "0.2", paramLabel = "FRACTION",
            description = "The last part of the lines, on which the model is tested after training (${DEFAULT-VALUE}); 0: none.")
    private String test;

    @Option(names = "--valid", defaultValue = "0.1", paramLabel = "FRACTION",
            description = "The last part of the others, to validate on and to take the intervals from (${DEFAULT-VALUE}); 0 for none.")
    private String valid;

    @Option(names = "--chart", paramLabel = "FILE.png", description = "Draw truth and forecast of the tested part.")
    private Path chart;

    /** For the service loader. */
    public ForecastTask() {}

    @Override
    public Integer call() throws Exception {
        options.checkOutput(List.of(data));
        double tested = Texts.onlyFraction("--test", test);
        double validated = Texts.onlyFraction("--valid", valid);
        options.checkHeldOut(validated > 0);
        if (chart != null) {
            if (tested == 0) {
                throw new IllegalArgumentException("--chart draws the tested part, and --test 0 leaves none; give --test 0.2");
            }
            OutputFile.checkPicture("--chart", chart);
            OutputFile.checkDistinct(Map.of("--chart", chart, "the chart of --out", options.chart()), List.of(data));
        }
        SeriesCsv csv = read();
        Series series = csv.series();
        ForecastSetup setup = setup(series);
        int learned = (int) Math.round(series.length() * (1 - tested));
        Series training = series.range(0, learned);
        Series scaled = series.range(0, (int) Math.round(learned * (1 - validated)));
        try (Forecaster model = options.resume ? resumed(setup, scaled) : create(setup, scaled)) {
            screen().line("%,d moments to train on, %,d held out, %,d to test on; %s", scaled.length(), learned - scaled.length(),
                series.length() - learned, model.describe());
            if (!csv.skipped().isEmpty()) {
                screen().line("left out, as they hold no numbers: %s", String.join(", ", csv.skipped()));
            }
            if (tested > 0 && series.length() - horizon <= model.firstJudged(learned)) {
                throw new IllegalArgumentException("the series has " + series.length() + " moments, the last "
                    + (series.length() - learned) + " of them to test on; tests with a window of " + window + ", a period of " + period
                    + " and a horizon of " + horizon + " take at least " + (model.firstJudged(learned) + 1 + horizon)
                    + ". Give a longer series, less of these, or --test 0");
            }
            Training settings = options.training().validation(validated);
            int code = new TrainingRun(screen(), options, againWith("--resume"))
                .run(model, settings, followed -> model.train(training, followed));
            if (code == 0 && tested > 0) {
                screen().line("");
                screen().line("tested on the last %,d moments:", series.length() - learned);
                report(model, series, learned, options.threads, Precision.FLOAT32, screen());
                if (chart != null) {
                    ForecastChart picture = new ForecastChart(model, options.threads, Precision.FLOAT32);
                    picture.evaluation(series, learned, chart).forEach(this::drawn);
                }
            }
            return code;
        }
    }

    private Forecaster create(ForecastSetup setup, Series training) {
        return Forecaster.builder(setup).cell(cell).hidden(hidden).layers(layers).dropout(dropout).interval(interval)
            .seed(options.seed)
            .build(training);
    }

    private Forecaster resumed(ForecastSetup setup, Series training) throws IOException {
        return resumed(options.out, saved -> {
            if (!saved.setup().equals(setup) || saved.interval() != interval) {
                throw otherNetwork(options.out,
                    saved.setup().equals(setup) ? "--interval " + saved.interval() : saved.setup().toString());
            }
            return create(setup, training);
        });
    }

    /** The columns that were asked for. A target that holds no numbers is an error that says so, never left out. */
    private SeriesCsv read() throws IOException {
        Set<String> wanted = new LinkedHashSet<>(SeriesCsv.names(columns));
        if (wanted.isEmpty()) {
            SeriesCsv all = SeriesCsv.read(data, List.of());
            if (!all.series().names().containsAll(SeriesCsv.names(targets))) {
                SeriesCsv.read(data, SeriesCsv.names(targets));
            }
            return all;
        }
        wanted.addAll(SeriesCsv.names(targets));
        return SeriesCsv.read(data, List.copyOf(wanted));
    }

    private ForecastSetup setup(Series series) {
        List<String> said = SeriesCsv.names(targets);
        if (said.isEmpty()) {
            if (series.names().size() > 1) {
                throw new IllegalArgumentException("--target is missing: which of " + String.join(", ", series.names())
                    + " shall be forecast?");
            }
            said = series.names();
        }
        List<String> read = SeriesCsv.names(columns);
        if (read.isEmpty()) {
            read = new ArrayList<>(series.names());
            if (horizon == 0) {
                read.removeAll(said);
            }
        }
        return new ForecastSetup(read, said, window, horizon, stateful, residual, period);
    }

    @Override
    String task() {
        return Forecaster.TASK;
    }

    @Override
    Forecaster load(Path file, boolean resume) throws IOException {
        return resume ? Forecaster.resume(file) : Forecaster.load(file);
    }

    /** Each input is a CSV file, and the answer is what comes after its last line. */
    @Override
    void predict(Forecaster model, Predictions predictions) throws IOException {
        predictions.refuse("--beam", "--top");
        ForecastSetup setup = model.setup();
        int answered = 0;
        for (String input : predictions) {
            if (predictions.chart().isPresent() && ++answered > 1) {
                throw new IllegalArgumentException("--chart draws one forecast; give one file");
            }
            boolean needsTargets = setup.residual() || predictions.chart().isPresent();
            Series series = SeriesCsv.read(Path.of(input), needsTargets ? columns(setup) : setup.columns()).series();
            Forecast forecast = forecast(model, input, series, predictions);
            predictions.answer(input, ForecastReport.text(setup, forecast), ForecastReport.figures(setup, forecast));
            if (predictions.chart().isPresent()) {
                new ForecastChart(model, predictions.threads(), predictions.precision()).next(series, forecast, predictions.chart().get());
            }
        }
    }

    @Override
    Map<String, Object> evaluate(Forecaster model, Evaluations asked) throws IOException {
        asked.refuse("--beam");
        if (asked.data().size() != 1) {
            throw new IllegalArgumentException("a forecaster is judged on one series; got " + asked.data().size() + " files");
        }
        Series series = SeriesCsv.read(asked.data().get(0), columns(model.setup())).series();
        Map<String, Object> figures = report(model, series, 0, asked.threads(), asked.precision(), asked.screen());
        if (asked.chart().isPresent()) {
            new ForecastChart(model, asked.threads(), asked.precision()).evaluation(series, 0, asked.chart().get())
                .forEach(file -> asked.screen().line("drawn in %s", file));
        }
        return figures;
    }

    private static Forecast forecast(Forecaster model, String file, Series series, Predictions predictions) {
        if (!model.setup().stateful() && series.length() < model.setup().window()) {
            throw new IllegalArgumentException(file + " has " + series.length() + " lines of values; a forecast reads the last "
                + model.setup().window() + " of them. Give a longer file");
        }
        return model.forecast(series, predictions.threads(), predictions.precision());
    }

    private static Map<String, Object> report(Forecaster model, Series series, int from, int threads, Precision precision,
            Screen screen) {
        ForecastEvaluation evaluation = model.evaluate(series, from, threads, precision);
        ForecastReport.lines(model, evaluation).forEach(screen::line);
        Map<String, Object> figures = new LinkedHashMap<>(ForecastReport.figures(model, evaluation));
        figures.put("precision", precision.name().toLowerCase(Locale.ROOT));
        return figures;
    }

    private static List<String> columns(ForecastSetup setup) {
        Set<String> all = new LinkedHashSet<>(setup.columns());
        all.addAll(setup.targets());
        return List.copyOf(all);
    }

    private void drawn(Path file) {
        screen().line("drawn in %s", file);
    }
}
