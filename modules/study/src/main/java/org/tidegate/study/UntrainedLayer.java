package org.tidegate.study;

import java.util.Objects;
import org.tidegate.Attribute;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.ModelBuilder;
import org.tidegate.Tensor;

/**
 * A recurrent layer that has not learned anything, over rows of numbers. Both forget biases of an LSTM begin with 1, as they do where one
 * wants it to remember. Immutable: every setter gives a changed copy.
 */
public final class UntrainedLayer {
    private final Cell cell;
    private final int hidden;
    private final int inputs;
    private final double gain;

    private UntrainedLayer(Cell cell, int hidden, int inputs, double gain) {
        this.cell = cell;
        this.hidden = hidden;
        this.inputs = inputs;
        this.gain = gain;
    }

    /**
     * A layer of 64 units that reads as many columns, with its weights as they are drawn.
     *
     * @throws IllegalArgumentException for {@link Cell#LSTM_PROJECTED}
     */
    public static UntrainedLayer of(Cell cell) {
        return new UntrainedLayer(Checks.cell(Objects.requireNonNull(cell, "cell")), 64, 64, 1);
    }

    /** With so many units; not positive is an {@link IllegalArgumentException}. */
    public UntrainedLayer hidden(int units) {
        return new UntrainedLayer(cell, Checks.positive("hidden", units), inputs, gain);
    }

    /** With so many columns to read; not positive is an {@link IllegalArgumentException}. */
    public UntrainedLayer inputs(int columns) {
        return new UntrainedLayer(cell, hidden, Checks.positive("inputs", columns), gain);
    }

    /** With its recurrent weights multiplied by a number; not positive is an {@link IllegalArgumentException}. */
    public UntrainedLayer gain(double factor) {
        return new UntrainedLayer(cell, hidden, inputs, Checks.positive("gain", factor));
    }

    /** The layer as a model: the node {@value GradientFlow#LAYER} reads the input {@value GradientFlow#INPUT}. The caller closes it. */
    Model newModel(long seed) {
        ModelBuilder net = new ModelBuilder();
        Attribute[] attributes = cell == Cell.LSTM ? new Attribute[] {Attribute.name(GradientFlow.LAYER), Attribute.forgetBias(1)}
                : new Attribute[] {Attribute.name(GradientFlow.LAYER)};
        net.recurrent(net.input(GradientFlow.INPUT, inputs, Attribute.axis(GradientFlow.AXIS), Attribute.gradient()), cell, hidden,
                attributes);
        Model model = net.build(seed);
        for (Tensor parameter : model.parameters()) {
            if (parameter.name().startsWith(GradientFlow.LAYER + ".weight_hh")) {
                float[] values = parameter.toArray();
                for (int i = 0; i < values.length; i++) {
                    values[i] *= (float) gain;
                }
                parameter.set(values);
            }
        }
        return model;
    }

    /** The cell, and the gain where it is not 1. */
    @Override
    public String toString() {
        return cell.spec() + (gain == 1 ? "" : " x " + gain);
    }
}
