package org.tidegate.task;

import java.util.Objects;
import org.tidegate.Cell;

/**
 * The recurrent layers of a task's network. Immutable; each task's builder has its own defaults, which the command line shows.
 *
 * @param cell the recurrent cell, not {@link Cell#LSTM_PROJECTED}, whose projection has no size here
 * @param hidden units of a layer (and direction), 1 or more
 * @param count the number of layers, 1 or more
 * @param dropout the probability with which an element is dropped in training, where the task drops some: 0 or more, less than 1
 */
public record Layers(Cell cell, int hidden, int count, double dropout) {
    /**
     * Checks the values.
     *
     * @param cell the recurrent cell, not {@link Cell#LSTM_PROJECTED}, whose projection has no size here
     * @param hidden units of a layer (and direction), 1 or more
     * @param count the number of layers, 1 or more
     * @param dropout the probability with which an element is dropped in training, where the task drops some: 0 or more, less than 1
     * @throws IllegalArgumentException if one is out of range
     */
    public Layers {
        Objects.requireNonNull(cell, "cell");
        if (cell == Cell.LSTM_PROJECTED) {
            throw new IllegalArgumentException("tasks have no size for the projection of " + cell + "; choose another cell");
        }
        RecurrentBuilder.positive("hidden size", hidden);
        RecurrentBuilder.positive("number of layers", count);
        RecurrentBuilder.probability("dropout", dropout);
    }

    /**
     * Sets the recurrent cell.
     *
     * @param value the cell, not {@link Cell#LSTM_PROJECTED}
     * @return a changed copy
     * @throws IllegalArgumentException if it is {@link Cell#LSTM_PROJECTED}
     */
    public Layers cell(Cell value) {
        return new Layers(value, hidden, count, dropout);
    }

    /**
     * Sets the hidden size.
     *
     * @param units units of a layer (and direction)
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive
     */
    public Layers hidden(int units) {
        return new Layers(cell, units, count, dropout);
    }

    /**
     * Sets the number of layers.
     *
     * @param layers the number
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive
     */
    public Layers count(int layers) {
        return new Layers(cell, hidden, layers, dropout);
    }

    /**
     * Sets the dropout.
     *
     * @param probability the probability with which an element is dropped in training
     * @return a changed copy
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public Layers dropout(double probability) {
        return new Layers(cell, hidden, count, probability);
    }
}
