package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tidegate.Precision;
import org.tidegate.csv.ColumnNames;
import org.tidegate.csv.SeriesCsv;
import org.tidegate.csv.SeriesCsvReader;
import org.tidegate.data.CalendarFeature;
import org.tidegate.data.Missing;
import org.tidegate.data.Series;
import org.tidegate.data.TimeColumn;
import org.tidegate.data.TimeStep;
import org.tidegate.json.JsonObject;
import org.tidegate.task.Evaluation;
import org.tidegate.task.forecast.Forecast;
import org.tidegate.task.forecast.ForecastDefaults;
import org.tidegate.task.forecast.ForecastLoss;
import org.tidegate.task.forecast.ForecastQuantiles;
import org.tidegate.task.forecast.ForecastSetup;
import org.tidegate.task.forecast.ForecastTransform;
import org.tidegate.task.forecast.Forecaster;
import org.tidegate.task.forecast.ForecasterAnswers;
import org.tidegate.task.forecast.ForecasterBuilder;
import org.tidegate.task.forecast.ForecasterFormat;
import org.tidegate.task.forecast.ForecasterReading;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Forecasts of numeric series: {@code tidegate train forecast}, from the columns of a CSV file. */
@Command(name = "forecast", sortOptions = false, customSynopsis = "tidegate train forecast --data FILE.csv --out MODEL [OPTIONS]",
        description = "Trains a forecaster: what comes next in columns of numbers?",
        footer = {"",
            "The lines are moments in the order of time. The last part is held out to test on, what comes before it to validate on.",
            "Of less than 500 lines to train on, the network has 8 hidden units and learns at a rate of 0.01, unless --hidden and --lr say",
            "else.",
            "Columns that hold no numbers are left out. tidegate predict takes CSV files with the same columns.",
            "",
            "@|bold Examples:|@",
            "  tidegate train forecast --data days.csv --target temp --out temp.safetensors",
            "  tidegate train forecast --data days.csv --target a,b --horizon 7 --out ab.st",
            "  tidegate train forecast --data days.csv --target temp --loss quantile --out q.st",
            "  tidegate predict --model temp.safetensors days.csv --chart next.png"})
public final class ForecastCommand extends LearningCommand<ForecasterReading, Forecaster, ForecasterAnswers> {
    /** How many lines before the last the intervals of an answer follow. */
    private static final int JUDGED = 200;
    /** The most lines that are tried in search of the fewest that suffice. */
    private static final int MOST_COUNTED = 1_000_000;

    @Option(names = "--data", required = true, paramLabel = "FILE.csv", converter = InputPath.class,
            description = "A CSV file with a line of names at its top; - is standard input.")
    private Path data;

    @Mixin
    private final TrainingOptions options = new TrainingOptions().epochs(30).updates(2000);

    @Option(names = "--columns", paramLabel = "A,B", description = "The columns that are read (all that hold numbers).")
    private String columns;

    @Option(names = "--target", paramLabel = "A,B", description = "The columns that are forecast (the only one, if there is but one).")
    private String targets;

    @Option(names = "--time", paramLabel = "COLUMN",
            description = "The column of the lines' dates or times, or date and time of the day: DATE,HOUR (the one that holds such); none:"
                    + " read the lines in their order.")
    private String time;

    @Option(names = "--missing", defaultValue = "refuse", paramLabel = "HOW",
            description = "What stands for missing values: refuse, carry (the last value), interpolate, or mask: the last value, and an"
                    + " input more that says so (${DEFAULT-VALUE}).")
    private Missing missing;

    @Option(names = "--window", paramLabel = "N",
            description = "How many moments a forecast reads; of a stream, over how many gradients flow back (30; fewer where the series is"
                    + " short, more where differences need them).")
    private Integer window;

    @Option(names = "--horizon", paramLabel = "M",
            description = "How many moments are forecast, all at once; 0: the targets at the moment that is read (${DEFAULT-VALUE}).")
    private int horizon = ForecastSetup.HORIZON;

    @Option(names = "--stateful", description = "Read the series as one stream, with the state carried along, instead of windows.")
    private boolean stateful;

    @Option(names = "--residual", description = "Let the network give the change against the last value.")
    private boolean residual;

    @Option(names = "--period", paramLabel = "P",
            description = "Length of a season, for the baseline that repeats the value of a season before, and for --transform seasonal; 0:"
                    + " none (the one that the series shows, if any).")
    private Integer period;

    @Option(names = "--transform", defaultValue = "auto", paramLabel = "HOW",
            description = "What is done to the targets before they are learned, and undone in the answers: none, log, difference, seasonal"
                    + " (difference), several joined by + in this order, or auto: what a linear autoregression forecasts best"
                    + " (${DEFAULT-VALUE}).")
    private String transform;

    @Option(names = "--linear", paramLabel = "N",
            description = "How many of the last moments a linear path beside the recurrent layers reads; 0: none (what there are data for,"
                    + " at most 30).")
    private Integer linear;

    @Option(names = "--calendar", defaultValue = "auto", paramLabel = "HOW",
            description = "What of the lines' times is read, too, as sine and cosine: none, some of hour,weekday,month, or auto: those with"
                    + " which a linear autoregression forecasts better (${DEFAULT-VALUE}).")
    private String calendar;

    @Option(names = "--loss", defaultValue = "mse", paramLabel = "KIND",
            description = "What is minimised: mse, mae, huber, or quantile, which learns intervals (${DEFAULT-VALUE}).")
    private ForecastLoss.Kind loss;

    @Option(names = "--levels", paramLabel = "A,B,…",
            description = "The levels of --loss quantile, increasing (0.1,0.5,0.9). The one nearest 0.5 is the forecast.")
    private String levels;

    @Option(names = "--delta", paramLabel = "D",
            description = "From which error on --loss huber grows linearly, in standard deviations (1).")
    private Double delta;

    @Option(names = "--interval", paramLabel = "P",
            description = "The share of truths that the intervals from held-out data shall hold (0.9). With --loss quantile the levels say"
                    + " it.")
    private Double interval;

    @Mixin
    private final LayerOptions layers = new LayerOptions(ForecasterBuilder.LAYERS);

    @Option(names = "--test", defaultValue = "0.2", paramLabel = "FRACTION",
            description = "The last part of the lines, on which the model is tested after training (${DEFAULT-VALUE}); 0: none.")
    private String test;

    @Option(names = "--valid", paramLabel = "FRACTION",
            description = "The last part of the others, to validate on and to take the intervals from (0.1; of short series what makes 40"
                    + " lines, at most 0.25); 0 for none.")
    private String valid;

    @Option(names = "--chart", paramLabel = "FILE.png", description = "Draw truth and forecast of the tested part.")
    private Path chart;

    /** For the service loader. */
    public ForecastCommand() {
        super(new ForecasterFormat());
    }

    @Override
    public Integer call() throws Exception {
        options.checkOutput(List.of(data));
        double tested = Texts.onlyFraction("--test", test);
        OptionalDouble asked = valid == null ? OptionalDouble.empty() : OptionalDouble.of(Texts.onlyFraction("--valid", valid));
        options.checkHeldOut(asked.orElse(1) > 0);
        checkChart(tested);
        checkLoss();
        SeriesCsv csv = read();
        Series series = csv.series();
        int learned = (int) Math.round(series.length() * (1 - tested));
        Optional<Begun> begun = options.resume ? Optional.of(Begun.of(options.begun())) : Optional.empty();
        double validated = asked.orElseGet(() -> begun.map(Begun::validation).orElseGet(() -> ForecastDefaults.validation(learned)));
        layers.hiddenUnlessGiven(begun.map(Begun::hidden).orElseGet(() -> ForecastDefaults.layers(learned).hidden()));
        options.learningRateUnlessGiven(ForecastDefaults.learningRate(learned));
        Series training = series.range(0, learned);
        Series scaled = series.range(0, (int) Math.round(learned * (1 - validated)));
        List<String> constant = new ArrayList<>();
        ForecastSetup setup = setup(scaled, training, begun.map(Begun::setup), constant);
        checkLength(setup, series.length(), tested, lines -> asked.orElseGet(() -> begun.map(Begun::validation)
                .orElseGet(() -> ForecastDefaults.validation(lines))));
        return learn(options, options.training().validation(validated), new Lesson<>() {
            @Override
            public Forecaster create() {
                return ForecastCommand.this.create(setup, scaled);
            }

            @Override
            public void tell(Forecaster model) {
                screen().line("%,d moments to train on, %,d held out, %,d to test on; %s", scaled.length(), learned - scaled.length(),
                        series.length() - learned, model.reading().describe());
                series.times().ifPresent(axis -> screen().line("time from %s: %s", ColumnNames.list(axis.columns()), axis));
                csv.notes().forEach(screen()::line);
                if (!constant.isEmpty()) {
                    screen().line("left out, as they never change where the model learns: %s", ColumnNames.list(constant));
                }
            }

            @Override
            public TrainingResult train(Forecaster model, Training settings) throws IOException {
                return model.train(training, settings);
            }

            @Override
            public void after(Forecaster model) throws IOException {
                if (tested > 0) {
                    test(model, series, learned);
                }
            }
        });
    }

    private void checkChart(double tested) throws IOException {
        if (chart == null) {
            return;
        }
        if (tested == 0) {
            throw new IllegalArgumentException("--chart draws the tested part, and --test 0 leaves none; give --test 0.2");
        }
        OutputFile.checkPicture("--chart", chart);
        OutputFile.checkDistinct(Map.of("--chart", chart, "the chart of --out", options.chart()), List.of(data));
    }

    /** How a series is parted. */
    private record Parts(int all, int training, int heldOut, int tested) {
        static Parts of(int all, double tested, IntToDoubleFunction validation) {
            int learned = (int) Math.round(all * (1 - tested));
            int training = (int) Math.round(learned * (1 - validation.applyAsDouble(learned)));
            return new Parts(all, training, learned - training, all - learned);
        }

        /** Whether each part that is asked for has a forecast. */
        boolean suffice(ForecastSetup setup, double tests, boolean validates) {
            int learned = training + heldOut;
            return training >= setup.window() + setup.horizon()
                    && (!validates || learned - setup.horizon() > Math.max(training - Math.min(1, setup.horizon()), setup.window() - 1))
                    && (tests == 0 || all - setup.horizon() > setup.firstJudged(learned));
        }
    }

    private void checkLength(ForecastSetup setup, int lines, double tested, IntToDoubleFunction validation) {
        Parts parts = Parts.of(lines, tested, validation);
        if (parts.suffice(setup, tested, validation.applyAsDouble(lines) > 0)) {
            return;
        }
        int least = lines;
        do {
            least++;
        } while (least < MOST_COUNTED && !Parts.of(least, tested, validation).suffice(setup, tested, validation.applyAsDouble(least) > 0));
        throw new IllegalArgumentException(String.format(Locale.ROOT, "%s has %,d %s of values: %,d to train on, %,d held out, %,d to test"
                + " on; with a window of %,d%s, %sa horizon of %,d, --valid and --test these take %s %,d. Give a longer series, less of"
                + " these, or --test 0", data, lines, lines == 1 ? "line" : "lines", parts.training, parts.heldOut, parts.tested,
                setup.window(), window == null ? " (chosen; --window sets it)" : "",
                setup.period() > 0 ? "a period of " + setup.period() + ", " : "", setup.horizon(),
                least < MOST_COUNTED ? "at least" : "more than", least));
    }

    private void test(Forecaster model, Series series, int learned) throws IOException {
        screen().line("");
        screen().line("tested on the last %,d moments%s:", series.length() - learned,
                series.times().map(axis -> ", " + axis.text(learned) + " to " + axis.text(series.length() - 1)).orElse(""));
        try (ForecasterAnswers answers = model.answers(Precision.FLOAT32, options.threads)) {
            new FiguresReport(answers.evaluate(series, learned).figures()).print(screen());
            if (chart != null) {
                drawn(new ForecastChart(answers).evaluation(series, learned, chart), screen());
            }
        }
    }

    private Forecaster create(ForecastSetup setup, Series training) {
        ForecasterBuilder builder = layers.put(Forecaster.builder(setup)).loss(loss()).seed(options.seed);
        if (interval != null) {
            builder.interval(interval);
        }
        return builder.build(training);
    }

    private void checkLoss() {
        if (levels != null && loss != ForecastLoss.Kind.QUANTILE) {
            throw new IllegalArgumentException("--levels " + levels + " are those of --loss quantile; give that, or leave them out");
        }
        if (delta != null && loss != ForecastLoss.Kind.HUBER) {
            throw new IllegalArgumentException("--delta " + delta + " is that of --loss huber; give that, or leave it out");
        }
        if (interval != null && loss == ForecastLoss.Kind.QUANTILE) {
            throw new IllegalArgumentException("--interval " + interval + " and --loss quantile exclude each other: the outermost --levels"
                    + " are the interval, 0.05,0.5,0.95 one of 90 %");
        }
        loss();
    }

    private ForecastLoss loss() {
        return switch (loss) {
            case MSE -> ForecastLoss.mse();
            case MAE -> ForecastLoss.mae();
            case HUBER -> delta == null ? ForecastLoss.huber() : ForecastLoss.huber(delta);
            case QUANTILE -> levels == null ? ForecastLoss.quantile() : ForecastLoss.quantile(Arrays.stream(levels.split(","))
                    .map(String::strip).filter(level -> !level.isEmpty()).mapToDouble(this::level).toArray());
        };
    }

    private double level(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--levels " + levels + ": \"" + text + "\" is no number; expected such as 0.1,0.5,0.9", e);
        }
    }

    /** The requested columns. A target that is not numeric is an error that names it, never left out. */
    private SeriesCsv read() throws IOException {
        SeriesCsvReader reader = SeriesCsvReader.of().columns(names(columns)).including(names(targets)).missing(missing);
        return (time == null ? reader : time.equals("none") ? reader.withoutTime() : reader.time(names(time))).read(data);
    }

    /**
     * What is forecast of what.
     *
     * @param series the part that is learned
     * @param all the same and what is held out
     * @param begun the setup of the training that is resumed, which stays as it is where no option says otherwise
     * @param constant takes the columns that are left out as they never change
     */
    private ForecastSetup setup(Series series, Series all, Optional<ForecastSetup> begun, List<String> constant) {
        List<String> forecast = names(targets);
        if (forecast.isEmpty()) {
            forecast = series.names().stream().filter(name -> !isMask(series, name)).toList();
            if (forecast.size() > 1) {
                throw new IllegalArgumentException("--target is missing: which of " + ColumnNames.list(forecast) + " shall be forecast?");
            }
        }
        List<String> given = names(columns);
        List<String> read = new ArrayList<>();
        for (String name : series.names()) {
            String base = isMask(series, name) ? Missing.masked(name) : name;
            boolean wanted = given.isEmpty() ? horizon > 0 || !forecast.contains(base) : given.contains(base);
            if (wanted && isConstant(series, name) && !given.contains(name) && !forecast.contains(name)) {
                constant.add(name);
            } else if (wanted) {
                read.add(name);
            }
        }
        Stream.concat(given.stream(), forecast.stream()).filter(name -> isConstant(series, name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "%s, column %s: it is %s in all %,d lines that are trained on, so"
                    + " there is nothing to learn; leave it out of --columns and --target", data, ColumnNames.list(List.of(name)),
                    series.value(series.column(name), 0), series.length()));
        });
        ForecastSetup setup = ForecastSetup.of(read, forecast).horizon(horizon).stateful(stateful).residual(residual).missing(missing);
        Set<ForecastSetup.Tuned> tuned = EnumSet.noneOf(ForecastSetup.Tuned.class);
        setup = window == null ? found(setup, tuned, ForecastSetup.Tuned.WINDOW) : setup.window(window);
        setup = period == null ? found(setup, tuned, ForecastSetup.Tuned.PERIOD) : setup.period(period);
        setup = transform.equals("auto") ? found(setup, tuned, ForecastSetup.Tuned.TRANSFORMS)
                : setup.transforms(Collections.nCopies(forecast.size(), ForecastTransform.named(transform)));
        setup = linear == null ? found(setup, tuned, ForecastSetup.Tuned.LINEAR) : setup.linear(linear);
        setup = calendar.equals("auto") ? found(setup, tuned, ForecastSetup.Tuned.CALENDAR) : setup.calendar(calendar(series));
        return begun.isPresent() ? begun(setup, begun.get(), tuned) : setup.tuned(all, tuned);
    }

    /** With what is not given as the training that is resumed has it. */
    private static ForecastSetup begun(ForecastSetup given, ForecastSetup begun, Set<ForecastSetup.Tuned> tuned) {
        ForecastSetup setup = given;
        for (ForecastSetup.Tuned one : tuned) {
            setup = switch (one) {
                case WINDOW -> setup.window(begun.window());
                case PERIOD -> setup.period(begun.period());
                case TRANSFORMS -> begun.targets().equals(setup.targets()) ? setup.transforms(begun.transforms()) : setup;
                case LINEAR -> setup.linear(begun.linear());
                case CALENDAR -> setup.calendar(begun.calendar());
            };
        }
        return setup;
    }

    /** What a training that is resumed has found for itself. */
    private record Begun(ForecastSetup setup, int hidden, double validation) {
        /** What was held out before it was written down. */
        private static final double BEFORE = 0.1;

        static Begun of(Path file) throws IOException {
            try (Forecaster model = new ForecasterFormat().load(file)) {
                return new Begun(model.reading().setup(), model.hidden(), model.trainingSettings()
                        .map(settings -> settings.training()).filter(text -> !text.isEmpty())
                        .map(text -> JsonObject.parse(text).number("validation")).orElse(BEFORE));
            }
        }
    }

    private static ForecastSetup found(ForecastSetup setup, Set<ForecastSetup.Tuned> tuned, ForecastSetup.Tuned one) {
        tuned.add(one);
        return setup;
    }

    private List<CalendarFeature> calendar(Series series) {
        if (calendar.equals("none")) {
            return List.of();
        }
        if (series.times().isEmpty()) {
            throw new IllegalArgumentException("--calendar " + calendar + " is read from the lines' times, and " + data + " has none that"
                    + " are read; name their column (--time COLUMN), or leave --calendar out");
        }
        try {
            return Arrays.stream(calendar.split(",")).map(String::strip).map(CalendarFeature::named).toList();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--calendar " + calendar + ": " + e.getMessage() + ", or auto or none", e);
        }
    }

    private static boolean isMask(Series series, String name) {
        return series.names().contains(Missing.masked(name));
    }

    private static boolean isConstant(Series series, String name) {
        int column = series.column(name);
        return series.length() > 1
                && IntStream.range(1, series.length()).allMatch(moment -> series.value(column, moment) == series.value(column, 0));
    }

    /** Each input is a CSV file, and the answer is what comes after its last line. */
    @Override
    void predict(ForecasterAnswers answers, Predictions predictions) throws IOException {
        predictions.refuse("--beam", "--top");
        ForecastSetup setup = answers.reading().setup();
        predictions.files(input -> {
            if (predictions.chart().isPresent() && predictions.inputs() > 1) {
                throw new IllegalArgumentException("--chart draws one forecast; give one file");
            }
            SeriesCsv csv = read(answers, input, predictions.chart().isPresent() ? setup.names() : setup.needed());
            Series series = csv.series();
            Optional<String> otherStep = otherStep(answers, series);
            Stream.concat(csv.notes().stream(), otherStep.stream())
                    .forEach(note -> predictions.screen().error(InputPath.asGiven(input + ": " + note)));
            if (series.length() < setup.window()) {
                throw new IllegalArgumentException(input + " has " + series.length() + " lines of values; a forecast reads the last "
                        + setup.window() + " of them. Give a longer file");
            }
            Forecast forecast = answers.forecast(series, JUDGED);
            Map<String, Object> figures = figures(setup, forecast);
            otherStep.ifPresent(note -> figures.put("warning", note));
            predictions.answer(text(setup, forecast), figures);
            if (predictions.chart().isPresent()) {
                new ForecastChart(answers).next(series, forecast, predictions.chart().get());
            }
        });
    }

    @Override
    Evaluation evaluate(ForecasterAnswers answers, Evaluations asked) throws IOException {
        asked.refuse("--beam");
        if (asked.data().size() != 1) {
            throw new IllegalArgumentException("a forecaster is judged on one series; got " + asked.data().size() + " files");
        }
        Path file = asked.data().get(0);
        SeriesCsv csv = read(answers, file, answers.reading().setup().names());
        Series series = csv.series();
        Stream.concat(csv.notes().stream(), otherStep(answers, series).stream())
                .forEach(note -> asked.screen().error(InputPath.asGiven(file + ": " + note)));
        Evaluation evaluation = answers.evaluate(series, Math.max(firstJudged(answers), asked.other().isPresent()
                ? firstJudged(asked.other().get()) : 0));
        if (asked.chart().isPresent()) {
            drawn(new ForecastChart(answers).evaluation(series, 0, asked.chart().get()), asked.screen());
        }
        return evaluation;
    }

    /** The first moment of a series that a forecaster is judged by. */
    private static int firstJudged(ForecasterAnswers answers) {
        ForecastSetup setup = answers.reading().setup();
        return setup.firstJudged(0) + (setup.horizon() == 0 ? 0 : 1);
    }

    private static int firstJudged(Path model) throws IOException {
        try (ForecasterAnswers answers = Forecaster.open(model, Precision.FLOAT32)) {
            return firstJudged(answers);
        }
    }

    /** The columns of a file, with the times where the model's training data had them. */
    private static SeriesCsv read(ForecasterAnswers answers, Path file, List<String> columns) throws IOException {
        Missing missing = answers.reading().setup().missing();
        boolean masks = columns.stream().anyMatch(name -> columns.contains(Missing.masked(name)));
        SeriesCsvReader reader = SeriesCsvReader.of().columns(columns).missing(missing == Missing.MASK && !masks ? Missing.CARRY
                : missing);
        return answers.reading().time().map(reader::time).orElseGet(reader::oldestFirst).read(file);
    }

    /** What is to be said where the lines are not the step apart that was learned. */
    private static Optional<String> otherStep(ForecasterAnswers answers, Series series) {
        return answers.reading().time().flatMap(TimeColumn::step).flatMap(learned -> series.times()
                .filter(axis -> !axis.follows(learned)).map(axis -> "the lines are " + each(axis.step().orElseThrow())
                        + " apart, those that the model was trained on " + each(learned) + ": its answers are of no use for them"));
    }

    /** "a day", "an hour", "15 minutes". */
    private static String each(TimeStep step) {
        return Character.isDigit(step.text().charAt(0)) ? step.text()
                : (step.text().equals("hour") ? "an " : "a ") + step.text();
    }

    /** "temp +1  12.3  90 % between 9.8 and 15.1", or "temp +1  12.3  q0.1 9.8  q0.5 12.3  q0.9 15.1"; a line for each number. */
    private static String text(ForecastSetup setup, Forecast forecast) {
        List<String> lines = new ArrayList<>();
        for (int step = 0; step < forecast.steps(); step++) {
            for (int target = 0; target < forecast.targets(); target++) {
                int moment = step;
                String name = Printable.of(setup.targets().get(target))
                        + (setup.horizon() == 0 ? "" : String.format(Locale.ROOT, " +%d", step + 1))
                        + forecast.times().map(axis -> "  " + axis.text(moment)).orElse("");
                int width = forecast.times().isPresent() ? 30 : 20;
                StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-" + width + "s %12.6g", name,
                        forecast.value(step, target)));
                quantiles(forecast, step, target).forEach((level, value) ->
                        line.append(String.format(Locale.ROOT, "   %s %12.6g", level, value)));
                if (forecast.intervals().isPresent()) {
                    line.append(String.format(Locale.ROOT, "   %.0f %% between %.6g and %.6g",
                            100 * forecast.probability(), forecast.low(step, target), forecast.high(step, target)));
                }
                lines.add(line.toString());
            }
        }
        return String.join(System.lineSeparator(), lines);
    }

    /** The quantiles of a number by the names of their levels, "q0.1"; none if the forecaster has none. */
    private static Map<String, Double> quantiles(Forecast forecast, int step, int target) {
        Map<String, Double> quantiles = new LinkedHashMap<>();
        List<Double> levels = forecast.quantiles().map(ForecastQuantiles::levels).orElse(List.of());
        for (int level = 0; level < levels.size(); level++) {
            quantiles.put("q" + levels.get(level), forecast.quantile(level, step, target));
        }
        return quantiles;
    }

    private static Map<String, Object> figures(ForecastSetup setup, Forecast forecast) {
        List<Map<String, Object>> values = new ArrayList<>();
        for (int step = 0; step < forecast.steps(); step++) {
            for (int target = 0; target < forecast.targets(); target++) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("target", setup.targets().get(target));
                one.put("step", setup.horizon() == 0 ? 0 : step + 1);
                int moment = step;
                forecast.times().ifPresent(axis -> one.put("time", axis.text(moment)));
                one.put("value", forecast.value(step, target));
                one.put("low", forecast.low(step, target));
                one.put("high", forecast.high(step, target));
                one.putAll(quantiles(forecast, step, target));
                values.add(one);
            }
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("probability", forecast.probability());
        figures.put("forecast", values);
        return figures;
    }

    /** The names of a list such as temp,"wind, max". */
    private static List<String> names(String list) {
        return list == null ? List.of() : ColumnNames.parse(list);
    }

    private static void drawn(List<Path> files, Screen screen) {
        files.forEach(file -> screen.line("drawn in %s", file));
    }
}
