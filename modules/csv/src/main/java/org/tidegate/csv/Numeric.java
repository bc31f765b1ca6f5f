package org.tidegate.csv;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tidegate.csv.NumberColumn.Writing;

/** The columns of a table as numbers, each looked at when it is asked for. */
final class Numeric {
    private final CsvTable table;
    private final Map<Integer, NumberColumn> columns = new HashMap<>();

    Numeric(CsvTable table) {
        this.table = table;
    }

    CsvTable table() {
        return table;
    }

    NumberColumn of(int column) {
        return columns.computeIfAbsent(column, each -> new NumberColumn(table, each));
    }

    /** The numbers of a column; where it does not say itself how they are written, as the other columns are; NaN where one is missing. */
    double[] values(int column, boolean gaps) {
        Writing writing = of(column).writing();
        return of(column).values(writing == Writing.UNCLEAR ? common() : writing, gaps);
    }

    /** How the columns that say it are written, if they agree. */
    private Writing common() {
        List<Writing> said = IntStream.range(0, table.names().size()).mapToObj(this::of).filter(NumberColumn::isNumeric)
                .map(NumberColumn::writing).filter(writing -> writing == Writing.POINT || writing == Writing.COMMA).distinct().toList();
        return said.size() == 1 ? said.get(0) : Writing.UNCLEAR;
    }
}
