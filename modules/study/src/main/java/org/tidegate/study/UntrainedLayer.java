package org.tidegate.study;

import java.util.Objects;
import org.tidegate.Attribute;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.ModelBuilder;
import org.tidegate.Tensor;

/**
 * A recurrent layer with random weights, over rows of numbers. An LSTM's forget bias is 1, as is usual for long memory. Immutable: every
 * setter returns a changed copy.
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
     * {@return a layer of 64 units over 64 columns, with gain 1}
     *
     * @param cell the recurrent cell
     * @throws IllegalArgumentException for {@link Cell#LSTM_PROJECTED}
     */
    public static UntrainedLayer of(Cell cell) {
        return new UntrainedLayer(Checks.cell(Objects.requireNonNull(cell, "cell")), 64, 64, 1);
    }

    /**
     * Sets the units of the layer.
     *
     * @param units the number
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive
     */
    public UntrainedLayer hidden(int units) {
        return new UntrainedLayer(cell, Checks.positive("hidden", units), inputs, gain);
    }

    /**
     * Sets the columns of its inputs.
     *
     * @param columns the number
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive
     */
    public UntrainedLayer inputs(int columns) {
        return new UntrainedLayer(cell, hidden, Checks.positive("inputs", columns), gain);
    }

    /**
     * Sets the factor of the recurrent weights.
     *
     * @param factor the factor
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive
     */
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
