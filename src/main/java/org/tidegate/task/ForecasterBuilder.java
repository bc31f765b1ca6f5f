package org.tidegate.task;

import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.data.Series;

/**
 * The shape of a forecaster: scaled columns → recurrent layers → of a window the last state, of a stream each one → the numbers of
 * the forecast. The defaults are one LSTM layer of 32 units without dropout, and intervals that hold 90 % of the truths.
 */
public final class ForecasterBuilder {
    private final ForecastSetup setup;
    private Cell cell = Cell.LSTM;
    private int hidden = 32;
    private int layers = 1;
    private double dropout;
    private double interval = 0.9;
    private long seed = 1;

    ForecasterBuilder(ForecastSetup setup) {
        this.setup = setup;
    }

    /**
     * The recurrent cell, an LSTM by default.
     *
     * @throws IllegalArgumentException for {@link Cell#LSTM_PROJECTED}, whose projection this model has no size for
     */
    public ForecasterBuilder cell(Cell value) {
        cell = Settings.cell("a forecaster", value);
        return this;
    }

    /** Units of each recurrent layer, 32 by default; must be positive. */
    public ForecasterBuilder hidden(int units) {
        hidden = Settings.positive("hidden size", units);
        return this;
    }

    /** The number of recurrent layers, 1 by default; must be positive. */
    public ForecasterBuilder layers(int count) {
        layers = Settings.positive("number of layers", count);
        return this;
    }

    /** The probability with which an element of each layer's output is dropped in training, 0 by default; less than 1. */
    public ForecasterBuilder dropout(double probability) {
        dropout = Settings.share("dropout", probability);
        return this;
    }

    /** The share of truths that the forecasts' intervals shall hold, 0.9 by default; more than 0 and less than 1. */
    public ForecasterBuilder interval(double probability) {
        if (!(probability > 0 && probability < 1)) {
            throw new IllegalArgumentException("the interval is " + probability + "; expected more than 0 and less than 1");
        }
        interval = probability;
        return this;
    }

    /** The seed of the initial parameters, 1 by default. */
    public ForecasterBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * The model, untrained. The caller closes it.
     *
     * @param series what it will learn from, without what is held out; the scales of its inputs and outputs are taken from here
     * @throws IllegalArgumentException if the series lacks a column of the setup or is too short for a forecast
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public Forecaster build(Series series) {
        if (series.length() <= setup.lastOffset()) {
            throw new IllegalArgumentException("the series has " + series.length() + " moments, too few for a horizon of "
                + setup.horizon());
        }
        return new Forecaster(ForecastScaling.of(setup, series), interval, null, Model.of(spec(), seed));
    }

    private String spec() {
        SpecText spec = new SpecText();
        spec.line("%s = input axis=%s cols=%d", Forecaster.INPUTS, Forecaster.AXIS, setup.columns().size());
        spec.line("%s = input axis=%s cols=%d%s", Forecaster.TRUTH, Forecaster.AXIS, setup.outputs(),
            setup.stateful() ? "" : " per=sequence");
        spec.line("rnn = recurrent %s cell=%s size=%d layers=%d%s", Forecaster.INPUTS, cell.spec(), hidden, layers,
            layers > 1 && dropout > 0 ? " dropout=" + dropout : "");
        String last = "rnn";
        if (!setup.stateful()) {
            spec.line("last = pool rnn kind=last");
            last = "last";
        }
        if (dropout > 0) {
            spec.line("dropped = dropout %s p=%s", last, dropout);
            last = "dropped";
        }
        spec.line("%s = linear %s cols=%d", Forecaster.FORECAST, last, setup.outputs());
        spec.line("loss = mse %s %s", Forecaster.FORECAST, Forecaster.TRUTH);
        return spec.toString();
    }
}
