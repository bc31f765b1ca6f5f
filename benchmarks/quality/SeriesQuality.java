// Trains forecasters of simulated series with the defaults, beside the last value, the season and a linear autoregression; see series.sh.
import java.io.PrintStream;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.tidegate.Precision;
import org.tidegate.data.Series;
import org.tidegate.data.TimeAxis;
import org.tidegate.task.forecast.ForecastDefaults;
import org.tidegate.task.forecast.ForecastEvaluation.Score;
import org.tidegate.task.forecast.ForecastSetup;
import org.tidegate.task.forecast.Forecaster;
import org.tidegate.task.forecast.ForecasterAnswers;
import org.tidegate.train.Training;

public final class SeriesQuality {
    private static final int[] LENGTHS = {60, 100, 150, 250, 400};
    private static final double TESTED = 0.2;
    private static final double EPOCHS = 30; // these three as tidegate train forecast has them
    private static final long UPDATES = 2000;
    private static final int PATIENCE = 10;
    private static final String COLUMN = "value";

    /** A generator: what lies between two moments, the period of its seasonal baseline, whether the next value is no linear function. */
    private enum Generator {
        TREND("day", 7, false) {
            @Override
            double[] values(int n, Random random) {
                double slope = 0.02 + 0.2 * random.nextDouble();
                double[] noise = autoregression(n, 0.5, random);
                return each(n, t -> 20 + slope * t + noise[t]);
            }
        },
        SEASON_7("day", 7, false) {
            @Override
            double[] values(int n, Random random) {
                double[] season = pattern(7, random);
                double[] noise = autoregression(n, 0.3, random);
                return each(n, t -> 50 + 4 * season[t % 7] + noise[t]);
            }
        },
        SEASON_24("hour", 24, false) {
            @Override
            double[] values(int n, Random random) {
                double[] noise = autoregression(n, 0.6, random);
                double phase = 2 * Math.PI * random.nextDouble();
                return each(n, t -> 50 + 5 * Math.sin(2 * Math.PI * t / 24 + phase) + 2 * Math.sin(4 * Math.PI * t / 24) + noise[t]);
            }
        },
        SEASON_12("month", 12, false) {
            @Override
            double[] values(int n, Random random) {
                double[] season = pattern(12, random);
                double[] noise = autoregression(n, 0.3, random);
                return each(n, t -> 50 + 4 * season[t % 12] + noise[t]);
            }
        },
        TREND_SEASON("month", 12, false) {
            @Override
            double[] values(int n, Random random) {
                double[] season = pattern(12, random);
                double slope = 0.05 + 0.2 * random.nextDouble();
                double[] noise = autoregression(n, 0.4, random);
                return each(n, t -> 100 + slope * t + 4 * season[t % 12] + noise[t]);
            }
        },
        MULTIPLICATIVE("month", 12, false) {
            @Override
            double[] values(int n, Random random) {
                double[] season = pattern(12, random);
                double growth = 0.004 + 0.008 * random.nextDouble();
                double[] noise = autoregression(n, 0.4, random);
                return each(n, t -> 100 * Math.exp(growth * t + 0.15 * season[t % 12] + 0.03 * noise[t]));
            }
        },
        RANDOM_WALK("day", 7, false) {
            @Override
            double[] values(int n, Random random) {
                double[] values = new double[n];
                for (int t = 0; t < n; t++) {
                    values[t] = (t == 0 ? 100 : values[t - 1]) + random.nextGaussian();
                }
                return values;
            }
        },
        SETAR("day", 7, true) {
            @Override
            double[] values(int n, Random random) {
                double x = 0;
                double[] values = new double[n];
                for (int t = -50; t < n; t++) {
                    x = (x > 0 ? 1.5 - 0.9 * x : 1 + 0.8 * x) + 0.4 * random.nextGaussian();
                    if (t >= 0) {
                        values[t] = x;
                    }
                }
                return values;
            }
        },
        LOGISTIC("day", 7, true) {
            @Override
            double[] values(int n, Random random) {
                double rate = 3.6 + 0.35 * random.nextDouble();
                double x = 0.1 + 0.8 * random.nextDouble();
                double[] values = new double[n];
                for (int t = -50; t < n; t++) {
                    x = rate * x * (1 - x);
                    if (t >= 0) {
                        values[t] = x + 0.01 * random.nextGaussian();
                    }
                }
                return values;
            }
        },
        HENON("day", 7, true) {
            @Override
            double[] values(int n, Random random) {
                double x = 0.2 * random.nextDouble();
                double before = 0.2 * random.nextDouble();
                double[] values = new double[n];
                for (int t = -50; t < n; t++) {
                    double next = 1 - 1.4 * x * x + 0.3 * before;
                    before = x;
                    x = next;
                    if (t >= 0) {
                        values[t] = x + 0.02 * random.nextGaussian();
                    }
                }
                return values;
            }
        },
        EXPONENTIAL("day", 7, true) {
            @Override
            double[] values(int n, Random random) {
                double x = 0;
                double before = 0;
                double[] values = new double[n];
                for (int t = -50; t < n; t++) {
                    double next = (0.3 + 2.2 * Math.exp(-x * x)) * x - 0.54 * before + 0.2 * random.nextGaussian();
                    before = x;
                    x = next;
                    if (t >= 0) {
                        values[t] = x;
                    }
                }
                return values;
            }
        };

        private final String step;
        private final int period;
        private final boolean nonlinear;

        Generator(String step, int period, boolean nonlinear) {
            this.step = step;
            this.period = period;
            this.nonlinear = nonlinear;
        }

        abstract double[] values(int n, Random random);

        Series series(int seed) {
            int n = LENGTHS[seed % LENGTHS.length];
            double[] values = values(n, new Random(1_000_003L * seed + ordinal()));
            LocalDateTime start = LocalDate.of(2012, 1, 1).atStartOfDay();
            IntFunction<LocalDateTime> at = switch (step) {
                case "hour" -> start::plusHours;
                case "month" -> start::plusMonths;
                default -> start::plusDays;
            };
            return Series.of(List.of(COLUMN), values).with(TimeAxis.of(IntStream.range(0, n).mapToObj(at).toList()));
        }
    }

    /** Ratio: of the model's RMSE to that of the best baseline. */
    private record Result(double ratio, double covered, int judged, String baseline, String setup) { }

    private SeriesQuality() {
    }

    public static void main(String[] arguments) throws Exception {
        int seeds = Integer.parseInt(arguments[0]);
        int first = Integer.parseInt(arguments[1]);
        PrintStream out = System.out;
        List<Double> nonlinear = new ArrayList<>();
        List<Double> all = new ArrayList<>();
        StringBuilder json = new StringBuilder();
        boolean covers = true;
        long start = System.nanoTime();
        for (Generator generator : Generator.values()) {
            if (arguments.length > 2 && !Arrays.asList(arguments).subList(2, arguments.length).contains(name(generator))) {
                continue;
            }
            List<Double> ratios = new ArrayList<>();
            double covered = 0;
            int judged = 0;
            for (int seed = first; seed < first + seeds; seed++) {
                Result one = judged(generator, generator.series(seed));
                out.printf(Locale.ROOT, "%-14s seed %d: %.3f times the RMSE of %s, by %s%n", name(generator), seed, one.ratio, one.baseline,
                        one.setup);
                ratios.add(one.ratio);
                covered += one.covered;
                judged += one.judged;
            }
            (generator.nonlinear ? nonlinear : new ArrayList<Double>()).addAll(ratios);
            all.addAll(ratios);
            double coverage = covered / judged;
            covers &= coverage >= 0.85 && coverage <= 0.95;
            out.printf(Locale.ROOT, "%-14s median %.3f, 95th percentile %.3f, coverage %.3f of %,d%n", name(generator),
                    quantile(ratios, 0.5), quantile(ratios, 0.95), coverage, judged);
            json.append(String.format(Locale.ROOT, "\"%s\":{\"median\":%.3f,\"p95\":%.3f,\"coverage\":%.3f},", name(generator),
                    quantile(ratios, 0.5), quantile(ratios, 0.95), coverage));
        }
        boolean reached = covers && quantile(all, 0.5) <= 1 && quantile(all, 0.95) <= 1.15
                && (nonlinear.isEmpty() || quantile(nonlinear, 0.5) <= 0.9);
        out.printf(Locale.ROOT, "{\"benchmark\":\"series\",\"seeds\":%d,\"first\":%d,\"series\":%d,%s\"median\":%.3f,\"p95\":%.3f,"
                + "\"nonlinear_median\":%s,\"seconds_each\":%.2f,\"reached\":%s}%n", seeds, first, all.size(), json,
                quantile(all, 0.5), quantile(all, 0.95),
                nonlinear.isEmpty() ? "null" : String.format(Locale.ROOT, "%.3f", quantile(nonlinear, 0.5)),
                (System.nanoTime() - start) * 1e-9 / all.size(), reached);
        System.exit(reached ? 0 : 1);
    }

    private static String name(Generator generator) {
        return generator.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** One step ahead, at each moment of the last fifth. */
    private static Result judged(Generator generator, Series series) throws Exception {
        int learned = (int) Math.round(series.length() * (1 - TESTED));
        double validated = ForecastDefaults.validation(learned);
        Series scaled = series.range(0, (int) Math.round(learned * (1 - validated)));
        ForecastSetup setup = ForecastSetup.of(COLUMN).tuned(series.range(0, learned));
        Score score;
        boolean kept;
        try (Forecaster model = Forecaster.builder(setup).layers(ForecastDefaults.layers(learned)).build(scaled)) {
            kept = model.train(series.range(0, learned), Training.epochs(EPOCHS).leastUpdates(UPDATES).earlyStopping(PATIENCE)
                    .learningRate(ForecastDefaults.learningRate(learned)).validation(validated)).bestStep() > 0;
            setup = model.reading().setup();
            try (ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
                score = answers.evaluate(series, learned).overall().get(0);
            }
        }
        double[] values = IntStream.range(0, series.length()).mapToDouble(t -> series.value(0, t)).toArray();
        double[] linear = leastSquares(values, learned);
        double[] baselines = {rmse(values, learned, t -> values[t - 1]), rmse(values, learned, t -> values[t - generator.period]),
            rmse(values, learned, t -> forecast(linear, values, t))};
        double best = Arrays.stream(baselines).min().orElseThrow();
        String name = best == baselines[2] ? "autoregression" : best == baselines[1] ? "season" : "persistence";
        int count = series.length() - learned;
        return new Result(score.rmse() / best, score.coverage() * count, count, name,
                (kept ? "the network" : "the linear start") + ", " + setup);
    }

    private static double rmse(double[] values, int from, IntFunction<Double> forecast) {
        return Math.sqrt(IntStream.range(from, values.length).mapToDouble(t -> values[t] - forecast.apply(t)).map(e -> e * e).average()
                .orElseThrow());
    }

    /** The constant and the weights of the last values; their number has the least error on the last fifth of the part, fitted before. */
    private static double[] leastSquares(double[] values, int length) {
        int split = length * 4 / 5;
        int most = Math.min(30, split / 3);
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int lags = 0; lags <= most; lags++) {
            double[] weights = fitted(values, lags, most, split);
            double error = 0;
            for (int t = split; t < length; t++) {
                error += Math.pow(values[t] - forecast(weights, values, t), 2);
            }
            if (error < least) {
                least = error;
                best = lags;
            }
        }
        return fitted(values, best, best, length);
    }

    private static double forecast(double[] weights, double[] values, int t) {
        return weights[0] + IntStream.range(1, weights.length).mapToDouble(lag -> weights[lag] * values[t - lag]).sum();
    }

    /** By Gauss–Jordan elimination of the normal equations. */
    private static double[] fitted(double[] values, int lags, int from, int to) {
        double center = IntStream.range(0, to).mapToDouble(t -> values[t]).average().orElseThrow();
        int n = lags + 1;
        double[][] system = new double[n][n + 1];
        for (int t = from; t < to; t++) {
            double[] row = new double[n + 1];
            row[0] = 1;
            for (int lag = 1; lag <= lags; lag++) {
                row[lag] = values[t - lag] - center;
            }
            row[n] = values[t] - center;
            for (int i = 0; i < n; i++) {
                for (int j = 0; j <= n; j++) {
                    system[i][j] += row[i] * row[j];
                }
            }
        }
        for (int i = 0; i < n; i++) {
            system[i][i] *= 1 + 1e-10;
            double pivot = system[i][i];
            for (int j = i; j <= n; j++) {
                system[i][j] /= pivot;
            }
            for (int k = 0; k < n; k++) {
                double factor = system[k][i];
                for (int j = i; j <= n && k != i; j++) {
                    system[k][j] -= factor * system[i][j];
                }
            }
        }
        double[] weights = IntStream.range(0, n).mapToDouble(i -> system[i][n]).toArray();
        weights[0] += center - center * Arrays.stream(weights).skip(1).sum();
        return weights;
    }

    private static double[] autoregression(int n, double weight, Random random) {
        double[] values = new double[n];
        double x = 0;
        for (int t = -50; t < n; t++) {
            x = weight * x + random.nextGaussian();
            if (t >= 0) {
                values[t] = x;
            }
        }
        return values;
    }

    private static double[] pattern(int period, Random random) {
        return random.doubles(period, -1, 1).toArray();
    }

    private static double[] each(int n, IntToDouble value) {
        return IntStream.range(0, n).mapToDouble(value::at).toArray();
    }

    private interface IntToDouble {
        double at(int t);
    }

    /** With linear interpolation. */
    private static double quantile(List<Double> values, double share) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double at = share * (sorted.length - 1);
        int below = (int) at;
        return sorted[below] + (at - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
    }
}
