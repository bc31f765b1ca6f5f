package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.LocalDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeScaleTest {
    @ParameterizedTest
    @CsvSource({"1990-01-01T00:00, 1999-01-01T00:00, YEARS, 1990, 1990-07",
            "1989-11-01T00:00, 1990-07-01T00:00, MONTHS, 1989-11, 1989-11-16",
        "2024-01-31T00:00, 2024-02-20T00:00, DAYS, 2024-01-31, 01-31 12:00",
            "2024-01-31T10:00, 2024-02-01T20:00, HOURS, 01-31 10:00, 01-31 10:30",
        "2024-01-31T10:05, 2024-01-31T10:25, MINUTES, 01-31 10:05, 10:05:30",
            "2024-01-31T10:05:30, 2024-01-31T10:06, SECONDS, 10:05:30, 10:05:31",
        "0999-01-01T00:00, 2999-01-01T00:00, YEARS, 999, 999-07", "1969-12-31T00:00, 1970-01-20T00:00, DAYS, 1969-12-31, 12-31 12:00"})
    void placesAreWholeUnitsAndTextsAreExact(LocalDateTime first, LocalDateTime last, TimeScale scale, String text, String halfLater) {
        assertEquals(scale, TimeScale.between(first, last));
        double place = scale.place(first);
        assertEquals(Math.rint(place), place, 1e-7);
        assertEquals(text, scale.text(place));
        assertEquals(halfLater.replace("999-07", text.equals("999") ? "0999-07" : "999-07"), scale.text(place + 0.5));
    }
}
