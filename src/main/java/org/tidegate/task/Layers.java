package org.tidegate.task;

import java.util.Objects;
import org.tidegate.Cell;

/**
 * The recurrent layers of a task's network. Immutable; each task's builder has some as its defaults, which the command line shows.
 *
 * @param cell the recurrent cell, not {@link Cell#LSTM_PROJECTED}, whose projection has no size here
 * @param hidden units of a layer (and direction), 1 or more
 * @param count how many layers, 1 or more
 * @param dropout the probability with which an element is dropped in training, where the task drops some: 0 or more, less than 1
 */
public record Layers(Cell cell, int hidden, int count, double dropout) {
    /**
     * Checks the values.
     *
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

    /** With another cell. */
    public Layers cell(Cell value) {
        return new Layers(value, hidden, count, dropout);
    }

    /** With so many units. */
    public Layers hidden(int units) {
        return new Layers(cell, units, count, dropout);
    }

    /** With so many layers. */
    public Layers count(int layers) {
        return new Layers(cell, hidden, layers, dropout);
    }

    /** With another dropout. */
    public Layers dropout(double probability) {
        return new Layers(cell, hidden, count, probability);
    }
}
