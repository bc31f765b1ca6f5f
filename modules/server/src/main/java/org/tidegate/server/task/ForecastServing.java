/* Forecasts of series. */
package org.tidegate.server.task;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.tidegate.csv.SeriesCsvReader;
import org.tidegate.data.Missing;
import org.tidegate.data.Series;
import org.tidegate.data.TimeStep;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.task.forecast.Forecast;
import org.tidegate.task.forecast.ForecastIntervals;
import org.tidegate.task.forecast.ForecastSetup;
import org.tidegate.task.forecast.ForecasterAnswers;

/**
 * One of two inputs: {@code series} [N], each a CSV text with a line of names, or {@code values} [N, T, C], the columns of the property
 * {@code columns} in their order, NaN where one is missing. The forecast after the last moment of each [N, steps, targets], its interval
 * ({@code lower}, {@code upper}) where the model has intervals, and the times [N, steps], an empty text where they are not known. A
 * model that has learned from times reads those of the columns {@code time} of each CSV text, too.
 */
final class ForecastServing extends TaskServing<ForecasterAnswers, List<Series>, List<Forecast>> {
    private static final String SERIES = "series";
    private static final String VALUES = "values";
    private static final String FORECAST = "forecast";
    private static final String LOWER = "lower";
    private static final String UPPER = "upper";
    private static final String TIMES = "times";

    private final ForecastSetup setup;
    private final List<String> columns;
    private final boolean intervals;

    ForecastServing(ForecasterAnswers answers) {
        super(answers);
        setup = answers.reading().setup();
        columns = setup.needed();
        intervals = answers.reading().intervals().isPresent() || answers.reading().loss().givesQuantiles();
    }

    @Override
    public List<TensorMetadata> inputs() {
        return List.of(TensorMetadata.of(SERIES, Datatype.BYTES, -1), TensorMetadata.of(VALUES, Datatype.FP64, -1, -1, columns.size()));
    }

    @Override
    public List<TensorMetadata> outputs() {
        List<TensorMetadata> outputs = new ArrayList<>();
        for (String name : intervals ? List.of(FORECAST, LOWER, UPPER) : List.of(FORECAST)) {
            outputs.add(TensorMetadata.of(name, Datatype.FP64, -1, setup.steps(), setup.targets().size()));
        }
        outputs.add(TensorMetadata.of(TIMES, Datatype.BYTES, -1, setup.steps()));
        return outputs;
    }

    @Override
    public List<String> labels(String output) {
        return output.equals(TIMES) ? List.of() : setup.targets();
    }

    @Override
    void describe(Map<String, String> properties) {
        properties.put("columns", String.join("\n", columns));
        properties.put("targets", String.join("\n", setup.targets()));
        properties.put("horizon", Integer.toString(setup.horizon()));
        properties.put("window", Integer.toString(setup.window()));
        answers().reading().time().ifPresent(time -> {
            properties.put("time", String.join("\n", time.columns()));
            properties.put("time_form", time.form().name().toLowerCase(Locale.ROOT));
            time.step().map(TimeStep::text).ifPresent(step -> properties.put("step", step));
        });
        interval().ifPresent(share -> properties.put("interval", BigDecimal.valueOf(share).round(new MathContext(6)).toPlainString()));
    }

    /** The share of what comes that lies between lower and upper, as the model has learned or measured it. */
    private OptionalDouble interval() {
        List<Double> levels = answers().reading().loss().levels();
        return levels.size() > 1 ? OptionalDouble.of(levels.get(levels.size() - 1) - levels.get(0))
                : answers().reading().intervals().stream().mapToDouble(ForecastIntervals::probability).findFirst();
    }

    @Override
    public boolean readsSlowly() {
        return true;
    }

    @Override
    public List<Series> read(InferenceRequest request) {
        Optional<InferenceTensor> values = request.find(VALUES);
        if (values.isPresent() == request.find(SERIES).isPresent()) {
            throw ProtocolException.invalid("expected one of the inputs 'series', CSV texts, and 'values', numbers of shape [N, T, "
                    + columns.size() + "]; " + (values.isPresent() ? "both" : "none") + " of them was given");
        }
        List<Series> all = values.isPresent() ? ofValues(values.get()) : ofTexts(texts(request, SERIES));
        for (int i = 0; i < all.size(); i++) {
            if (!setup.calendar().isEmpty() && all.get(i).times().isEmpty()) {
                throw ProtocolException.invalid("series " + i + " has no times, and the model reads the calendar (" + setup.calendar()
                        + "). Send the input 'series', CSV texts with a column of times");
            }
            if (all.get(i).length() < setup.window()) {
                throw ProtocolException.invalid("series " + i + " has " + all.get(i).length() + " moments; a forecast reads the last "
                        + setup.window() + ". Send a longer one");
            }
        }
        return all;
    }

    @Override
    public long held(List<Series> all) {
        return all.stream().mapToLong(series -> (long) Double.BYTES * series.length() * columns.size()).sum();
    }

    /** As where missing values were replaced in training; a mask that is a column is given or made. */
    private List<Series> ofTexts(List<String> texts) {
        boolean masks = columns.stream().anyMatch(name -> columns.contains(Missing.masked(name)));
        SeriesCsvReader chosen = SeriesCsvReader.of().columns(columns)
                .missing(setup.missing() == Missing.MASK && !masks ? Missing.CARRY : setup.missing());
        SeriesCsvReader reader = answers().reading().time().map(chosen::time).orElseGet(chosen::oldestFirst);
        return IntStream.range(0, texts.size()).mapToObj(i -> reader.read(Path.of("series " + i), texts.get(i)).series()).toList();
    }

    private List<Series> ofValues(InferenceTensor tensor) {
        if (tensor.rank() != 3 || tensor.count() == 0 || tensor.dim(2) != columns.size()) {
            throw ProtocolException.invalid("input 'values' has the shape " + Arrays.toString(tensor.shape()) + "; expected [N, T, "
                    + columns.size() + "]: series, moments, and the columns " + String.join(", ", columns));
        }
        double[] all = tensor.doubles();
        int moments = (int) tensor.dim(1);
        int width = columns.size();
        Missing missing = setup.missing() == Missing.MASK ? Missing.CARRY : setup.missing();
        return IntStream.range(0, (int) tensor.dim(0)).mapToObj(n -> {
            double[][] series = new double[width][moments];
            for (int i = 0; i < moments * width; i++) {
                series[i % width][i / width] = all[n * moments * width + i];
            }
            try {
                return missing.fill(columns, series);
            } catch (IllegalArgumentException e) {
                throw ProtocolException.invalid("series " + n + ": " + e.getMessage());
            }
        }).toList();
    }

    @Override
    public int size(List<Series> all) {
        return all.size();
    }

    @Override
    public List<List<Forecast>> run(List<List<Series>> inputs) {
        return split(inputs, answers().forecast(inputs.stream().flatMap(List::stream).toList()));
    }

    /** A number of a forecast. */
    private interface Number {
        double of(Forecast forecast, int step, int target);
    }

    @Override
    public List<InferenceTensor> write(InferenceRequest request, List<Series> all, List<Forecast> found) {
        Outputs outputs = new Outputs(request).add(FORECAST, () -> numbers(FORECAST, found, Forecast::value));
        if (intervals) {
            outputs.add(LOWER, () -> numbers(LOWER, found, Forecast::low)).add(UPPER, () -> numbers(UPPER, found, Forecast::high));
        }
        return outputs.add(TIMES, () -> InferenceTensor.of(TIMES, found.stream().flatMap(each -> IntStream.range(0, setup.steps())
                .mapToObj(step -> each.times().map(axis -> axis.text(step)).orElse(""))).toList(), found.size(), setup.steps())).list();
    }

    private InferenceTensor numbers(String name, List<Forecast> found, Number number) {
        int targets = setup.targets().size();
        int each = setup.steps() * targets;
        double[] all = new double[found.size() * each];
        Arrays.setAll(all, i -> number.of(found.get(i / each), i % each / targets, i % targets));
        return InferenceTensor.of(name, all, found.size(), setup.steps(), targets);
    }
}
