package org.tidegate.task.forecast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A linear forecast of a target from its last levels: the mean of the autoregressions of levels, of their differences, of their seasonal
 * differences and of both, as far as they can be said in the terms of one of them. Each of them is linear in the levels, and so is their
 * mean, which errs less than the one that seems best (Bates and Granger 1969).
 *
 * @param weights of the last transformed values, the newest first
 * @param others of the other features of a moment
 * @param constant the constant
 * @param criterion the least of the criteria; NaN where there were too few moments
 */
record AveragedRegression(double[] weights, double[] others, double constant, double criterion) {
    /** The most lags of one autoregression. */
    static final int LAGS = 30;
    /** The longest season whose differences are averaged: the path reads one. */
    static final int LONGEST_SEASON = 60;
    /** The fewest seasons that show one. */
    static final int SEASONS = 2;
    /** The last moments that are read. */
    static final int MOMENTS = 20_000;
    /** The moments for each lag. */
    private static final int MOMENTS_OF_A_LAG = 4;
    /** The first part of the moments, by which no autoregression is judged. */
    private static final int UNJUDGED = 10;
    /** The part of the criterion's differences that counts between transforms. */
    private static final double BELIEVED = 0.05;
    /** How much smaller a criterion must be, over all moments, to do without differences. */
    private static final double PRIOR = 2;

    /**
     * The levels of a target, and what is found of them.
     *
     * @param values values, or their logarithms
     * @param filled whether each stands for a missing value, and is no truth
     * @param others other features of each moment; empty for none
     * @param period the length of a season, 0 for none
     * @param offset how many moments ahead the truth is, 1 or more
     */
    record Levels(double[] values, boolean[] filled, double[][] others, int period, int offset) {
        /** The last ones, where there are very many. */
        Levels {
            int first = Math.max(0, values.length - MOMENTS);
            values = Arrays.copyOfRange(values, first, values.length);
            filled = Arrays.copyOfRange(filled, first, filled.length);
            others = others.length == 0 ? others : Arrays.copyOfRange(others, first, others.length);
        }

        private int extra() {
            return others.length == 0 ? 0 : others[0].length;
        }
    }

    /** One autoregression, in the levels. */
    private record Found(ForecastTransform transform, double[] own, double[] others, double constant, double criterion) { }

    /** Whether a season can be seen in a series, and is short enough for a path. */
    static boolean isSeasonal(int length, int period) {
        return period > 0 && period <= LONGEST_SEASON && length >= SEASONS * period;
    }

    /** The number of lags that there are moments for. */
    static int lags(int length, int history) {
        return Math.max(0, Math.min(LAGS, (length - history) / MOMENTS_OF_A_LAG));
    }

    /** The number of transformed values that the mean of all reads. */
    static int reach(int length, int period, boolean difference) {
        boolean seasonal = isSeasonal(length, period);
        return lags(length, seasonal ? period + 1 : 1) + (seasonal ? period : 0) + (difference ? 0 : 1);
    }

    /** The autoregression whose criterion is least; NaN where there are too few moments for any. */
    record Best(ForecastTransform transform, double criterion) { }

    /**
     * The one that seems best, of all that read no more than some levels; also of a season that is too long for a path.
     *
     * @param levels the target
     * @param lags the most levels that are read
     * @param differences whether differences are among them
     */
    static Best best(Levels levels, int lags, boolean differences) {
        Found best = null;
        for (Found one : found(levels, ForecastTransform.NONE, lags, levels.values.length >= SEASONS * levels.period)) {
            best = best == null || (differences || !one.transform.differences()) && one.criterion < best.criterion ? one : best;
        }
        return new Best(best.transform, best.criterion);
    }

    /** The first moment whose truth judges, of so many and of a season that can be seen. */
    static int firstJudged(int length, int period) {
        int longest = period > 0 && length >= SEASONS * period ? period + 1 : 1;
        return longest + (length - longest) / UNJUDGED;
    }

    /**
     * The mean, in terms of the transformed values that a network reads.
     *
     * @param levels the target
     * @param read the transform of these values, whose logarithm is taken already
     * @param lags how many of them are read
     */
    static AveragedRegression of(Levels levels, ForecastTransform read, int lags) {
        List<Found> all = found(levels, read, lags, isSeasonal(levels.values.length, levels.period));
        double least = all.stream().mapToDouble(Found::criterion).min().orElseThrow();
        double[] weights = new double[Math.max(lags, 1) + (read.seasonal() ? levels.period + 1 : 1)];
        double[] others = new double[levels.extra()];
        double constant = 0;
        double shares = 0;
        for (Found one : all) {
            double share = all.size() == 1 ? 1 : Math.exp((least - one.criterion) * levels.values.length / 2 * BELIEVED);
            shares += share;
            for (int i = 0; i < one.own.length; i++) {
                weights[i] += share * one.own[i];
            }
            for (int i = 0; i < others.length; i++) {
                others[i] += share * one.others[i];
            }
            constant += share * one.constant;
        }
        double sum = shares;
        double[] mean = Arrays.stream(weights).map(weight -> weight / sum).toArray();
        return new AveragedRegression(read.seasonal() || !read.difference() ? Arrays.copyOf(mean, lags) : ofDifferences(mean, lags),
                Arrays.stream(others).map(weight -> weight / sum).toArray(), constant / sum, least);
    }

    /** The weights of differences, beside the last level, of weights of levels whose sum is 1. */
    private static double[] ofDifferences(double[] levels, int lags) {
        double[] weights = new double[lags];
        double sum = 0;
        for (int i = levels.length - 1; i > 0; i--) {
            sum += levels[i];
            if (i - 1 < lags) {
                weights[i - 1] = -sum;
            }
        }
        return weights;
    }

    /** Those that can be said in terms of a transform's last values; in the levels, but seasonal ones in those terms. */
    private static List<Found> found(Levels levels, ForecastTransform read, int lags, boolean seasonal) {
        int length = levels.values.length;
        if (read.seasonal()) {
            return List.of(regression(levels, read, Math.min(lags, LAGS), read.history(levels.period), false));
        }
        int from = firstJudged(length, seasonal ? levels.period : 0);
        int most = lags(length, seasonal ? levels.period + 1 : 1);
        List<Found> all = new ArrayList<>();
        for (ForecastTransform each : ForecastTransform.values()) {
            int history = each.history(levels.period);
            long reaches = (long) lags + (read.difference() ? 1 : 0) - history;
            if (each.log() || each.seasonal() && !(seasonal && levels.period > 0) || read.difference() && !each.differences() || reaches < 0) {
                continue;
            }
            all.add(regression(levels, each, (int) Math.min(most, reaches), from, true));
        }
        List<Found> judged = all.stream().filter(one -> !Double.isNaN(one.criterion)).toList();
        return judged.isEmpty() ? all.subList(0, 1) : judged;
    }

    private static Found regression(Levels levels, ForecastTransform transform, int most, int from, boolean inLevels) {
        int length = levels.values.length;
        int period = levels.period;
        int history = transform.history(period);
        ForecastTransform.Column column = at -> levels.values[at];
        double[] values = new double[length];
        double[] truths = new double[length];
        Arrays.fill(truths, Double.NaN);
        for (int t = history; t < length; t++) {
            values[t] = transform.at(column, t, period);
        }
        double[] scale = scale(Arrays.copyOfRange(values, Math.min(history, length), length));
        for (int t = history; t < length; t++) {
            values[t] = (values[t] - scale[0]) / scale[1];
        }
        for (int t = Math.max(0, history - 1); t + levels.offset < length; t++) {
            if (!levels.filled[t + levels.offset]) {
                truths[t] = levels.values[t + levels.offset] - transform.base(column, t, levels.offset, period);
            }
        }
        double[] size = scale(Arrays.stream(truths).filter(truth -> !Double.isNaN(truth)).toArray());
        for (int t = 0; t < length; t++) {
            truths[t] = (truths[t] - size[0]) / size[1];
        }
        Autoregression found = Autoregression.of(values, truths, levels.others, history, from - 1, most);
        double[] weights = found.weights();
        double[] own = new double[Math.max(1, most + (inLevels ? history : 0))];
        double constant = size[1] * weights[weights.length - 1] + size[0];
        for (int lag = 0; lag < most; lag++) {
            double weight = weights[lag] * size[1] / scale[1];
            constant -= weight * scale[0];
            put(own, lag, weight, inLevels ? transform : ForecastTransform.NONE, period);
        }
        if (inLevels) {
            putBase(own, transform, levels.offset, period);
        }
        double[] others = IntStream.range(0, levels.extra()).mapToDouble(i -> weights[most + i] * size[1]).toArray();
        double criterion = found.criterion() + 2 * Math.log(size[1]) + (transform.differences() ? 0 : PRIOR / length);
        return new Found(transform, own, others, constant, criterion);
    }

    /** Adds the weight of a transformed value to those of the levels that it is made of. */
    private static void put(double[] levels, int lag, double weight, ForecastTransform transform, int period) {
        levels[lag] += weight;
        if (transform.difference()) {
            levels[lag + 1] -= weight;
        }
        if (transform.seasonal()) {
            levels[lag + period] -= weight;
        }
        if (transform.difference() && transform.seasonal()) {
            levels[lag + period + 1] += weight;
        }
    }

    /** Adds what {@link ForecastTransform#base} has of each level. */
    private static void putBase(double[] levels, ForecastTransform transform, int offset, int period) {
        if (!transform.seasonal()) {
            levels[0] += transform.difference() ? 1 : 0;
            return;
        }
        int seasons = (offset + period - 1) / period;
        levels[seasons * period - offset] += 1;
        if (transform.difference()) {
            levels[0] += seasons;
            levels[period] -= seasons;
        }
    }

    /** Mean and deviation; 1 where nothing varies. */
    private static double[] scale(double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        double deviation = Math.sqrt(Arrays.stream(values).map(value -> (value - mean) * (value - mean)).average().orElse(0));
        return new double[] {mean, deviation > 0 ? deviation : 1};
    }
}
