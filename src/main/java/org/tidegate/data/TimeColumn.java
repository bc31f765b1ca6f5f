package org.tidegate.data;

import java.util.List;
import java.util.Optional;

/**
 * Where and how the times of a series are written, and its step.
 *
 * @param columns the names of the columns that hold them, one or more; the texts of several are joined by a space
 * @param form how they are written
 * @param step the step; empty if it is not known
 */
public record TimeColumn(List<String> columns, TimeForm form, Optional<TimeStep> step) {
    /**
     * Takes a copy of the names.
     *
     * @param columns the names of the columns that hold them, one or more; the texts of several are joined by a space
     * @param form how they are written
     * @param step the step; empty if it is not known
     * @throws IllegalArgumentException if there are no columns
     */
    public TimeColumn {
        columns = List.copyOf(columns);
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("there are no columns of times; expected one or more");
        }
    }
}
