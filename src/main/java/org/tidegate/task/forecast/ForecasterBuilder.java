package org.tidegate.task.forecast;

import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.tidegate.Attribute;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.Pooling;
import org.tidegate.data.Series;
import org.tidegate.task.Layers;
import org.tidegate.task.RecurrentBuilder;

/**
 * The network of a forecaster: scaled columns → recurrent layers → the last hidden state of a window, or each one of a stream → the
 * outputs, to which {@link ForecastSetup#linear} adds a linear function of the last moments. Dropout is on each layer's output. The defaults
 * are {@link #LAYERS}, {@link ForecastLoss#mse}, and intervals of {@link #INTERVAL}.
 */
public final class ForecasterBuilder extends RecurrentBuilder<ForecasterBuilder> {
    /** The recurrent layers by default. */
    public static final Layers LAYERS = new Layers(Cell.LSTM, 32, 1, 0);
    /** The probability of the prediction intervals by default. */
    public static final double INTERVAL = 0.9;

    private final ForecastSetup setup;
    private ForecastLoss loss = ForecastLoss.mse();
    private OptionalDouble interval = OptionalDouble.empty();

    ForecasterBuilder(ForecastSetup setup) {
        super(LAYERS);
        this.setup = setup.checked();
    }

    /**
     * Sets what is minimised, the mean squared error by default.
     *
     * @param value the loss; with {@link ForecastLoss#quantile} the network gives each level a number of its own, and its intervals are
     *     learned
     * @return this builder
     */
    public ForecasterBuilder loss(ForecastLoss value) {
        loss = Objects.requireNonNull(value, "loss");
        return this;
    }

    /**
     * Sets the probability of the prediction intervals that are found on held-out data, 0.9 by default. Not for quantiles, whose levels say
     * it.
     *
     * @param probability the share of truths within them
     * @return this builder
     * @throws IllegalArgumentException if it is not more than 0 and less than 1
     */
    public ForecasterBuilder interval(double probability) {
        if (!(probability > 0 && probability < 1)) {
            throw new IllegalArgumentException("the interval is " + probability + "; expected more than 0 and less than 1");
        }
        interval = OptionalDouble.of(probability);
        return this;
    }

    /**
     * {@return the untrained model} The caller closes it.
     *
     * @param series the training series, without what is held out; the scales of inputs and outputs are taken from it
     * @throws IllegalArgumentException if the series lacks a column of the setup or is too short for a forecast, or if an interval was set
     *     beside quantiles
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public Forecaster build(Series series) {
        setup.checkTimes(series.times().isPresent());
        if (series.length() <= setup.lastOffset()) {
            throw new IllegalArgumentException("the series has " + series.length() + (series.length() == 1 ? " moment" : " moments")
                    + ", too few for a horizon of " + setup.horizon());
        }
        if (loss.givesQuantiles() && interval.isPresent()) {
            throw new IllegalArgumentException("the interval is " + interval.getAsDouble() + ", and the levels of the quantiles are "
                    + loss.levels() + ", which give the interval themselves; leave the interval out");
        }
        ForecasterReading reading = ForecasterReading.of(setup, series, loss, interval.orElse(INTERVAL));
        Model model = network().build(seed());
        if (setup.linear() > 0) {
            new LinearStart(reading, series).put(model);
        }
        return new Forecaster(reading, model);
    }

    private ModelBuilder network() {
        ModelBuilder net = new ModelBuilder();
        Node inputs = net.input(ForecasterReading.INPUTS, setup.inputs(), Attribute.axis(ForecasterReading.AXIS));
        Node truth = setup.stateful() ? net.input(ForecasterReading.TRUTH, setup.outputs(), inputs)
                : net.input(ForecasterReading.TRUTH, setup.outputs(), inputs, Attribute.perSequence());
        Node states = recurrent(net, inputs, layers(), "rnn");
        Node read = setup.stateful() ? states : net.pool(states, Pooling.LAST, Attribute.name("last"));
        int outputs = loss.outputs() * setup.outputs();
        Node found = net.linear(dropped(net, read, layers().dropout(), Attribute.name("dropped")), outputs,
                Attribute.name(setup.linear() > 0 ? LinearStart.RECURRENT : ForecasterReading.FORECAST));
        Node forecast = setup.linear() > 0 ? net.node("add", List.of(found, linear(net, inputs, outputs)),
                Attribute.name(ForecasterReading.FORECAST)) : found;
        loss.add(net, forecast, truth, Attribute.name(ForecasterReading.LOSS));
        return net;
    }

    /** The linear path: a function of the last steps. */
    private Node linear(ModelBuilder net, Node inputs, int outputs) {
        Node each = net.conv1d(inputs, outputs, setup.linear(), Attribute.padding(setup.linear() - 1, 0),
                Attribute.name(LinearStart.LINEAR));
        return setup.stateful() ? each : net.pool(each, Pooling.LAST, Attribute.name("last_linear"));
    }
}
