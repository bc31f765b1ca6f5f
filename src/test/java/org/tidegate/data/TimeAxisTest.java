package org.tidegate.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeAxisTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "DATE | 2024-01-31 | 2024-02-01 | 2024-01-31 | 2024-02-02",
        "DATE | 2024/1/30 | 2024/1/31 | 2024-01-30 | 2024-02-01",
        "DATE | 2024-01-31T22:00:00Z | 2024-01-31T23:00:00Z | 2024-01-31T22:00Z | 2024-02-01T00:00Z",
        "DATE | 2024-01-31 22:45:00+01:00 | 2024-01-31 23:00:00+01:00 | 2024-01-31T22:45+01:00 | 2024-01-31T23:15+01:00",
        "DATE | 2024-01-31T22:00+01:00[Europe/Rome] | 2024-01-31T23:00+01:00[Europe/Rome] | 2024-01-31T22:00+01:00"
            + " | 2024-02-01T00:00+01:00",
        "DATE | 2024-01-31 23:59:59.5 | 2024-02-01 00:00:00.5 | 2024-01-31T23:59:59.500 | 2024-02-01T00:00:01.500",
        "DATE | 2010 1 31 22 | 2010 1 31 23 | 2010-01-31T22:00 | 2010-02-01T00:00",
        "DATE | 2024-01-31 23:00 | 2024-01-31 24:00 | 2024-01-31T23:00 | 2024-02-01T01:00",
        "COMPACT_DATE | 20240131 | 20240201 | 2024-01-31 | 2024-02-02",
        "COMPACT_DATE | 20240131.0 | 20240201.0 | 2024-01-31 | 2024-02-02",
        "COMPACT_DATE | 202401312200 | 202401312300 | 2024-01-31T22:00 | 2024-02-01T00:00",
        "DAY_FIRST | 30.1.2024 | 31.1.2024 | 2024-01-30 | 2024-02-01",
        "DAY_FIRST | 30/01/24 10:00 | 31/01/24 10:00 | 2024-01-30T10:00 | 2024-02-01T10:00",
        "DAY_FIRST | '31.01.2024, 22:00' | '31.01.2024, 23:00' | 2024-01-31T22:00 | 2024-02-01T00:00",
        "MONTH_FIRST | 1/30/2024 | 1/31/2024 | 2024-01-30 | 2024-02-01",
        "MONTH_FIRST | 01/31/24 10:00 PM | 01/31/24 11:00 PM | 2024-01-31T22:00 | 2024-02-01T00:00",
        "SHORT_YEAR_FIRST | 84/12/30 | 84/12/31 | 1984-12-30 | 1985-01-01",
        "NAMED_MONTH | Jan 1 2000 | Feb 1 2000 | 2000-01-01 | 2000-03-01",
        "NAMED_MONTH | 30-Jan-24 | 31-Jan-24 | 2024-01-30 | 2024-02-01",
        "NAMED_MONTH | 'Tue, January 30, 2024' | 'Wed, January 31, 2024' | 2024-01-30 | 2024-02-01",
        "NAMED_MONTH | 30 sept 2023 10:00 | 01 Oct 2023 10:00 | 2023-09-30T10:00 | 2023-10-02T10:00",
        "MONTH | 2023-12 | 2024-01 | 2023-12 | 2024-02",
        "MONTH | 2023M11 | 2023M12 | 2023-11 | 2024-01",
        "MONTH | 202312 | 202401 | 2023-12 | 2024-02",
        "MONTH | Dec-23 | Jan-24 | 2023-12 | 2024-02",
        "MONTH | December 2023 | January 2024 | 2023-12 | 2024-02",
        "MONTH | 12/2023 | 01/2024 | 2023-12 | 2024-02",
        "QUARTER | 2023Q3 | 2023Q4 | 2023-Q3 | 2024-Q1",
        "QUARTER | Q3 2023 | Q4 2023 | 2023-Q3 | 2024-Q1",
        "QUARTER | 2023-Q2 | 2023-Q4 | 2023-Q2 | 2024-Q2",
        "WEEK | 2020-W52 | 2020-W53 | 2020-W52 | 2021-W01",
        "YEAR | 2019 | 2020 | 2019 | 2021",
        "YEAR | 1990 | 1995 | 1990 | 2000",
        "EPOCH_SECONDS | 1706738400 | 1706742000 | 2024-01-31T22:00Z | 2024-02-01T00:00Z",
        "EPOCH_SECONDS | 1706659200 | 1706745600 | 2024-01-31 | 2024-02-02",
        "EPOCH_SECONDS | 1706738400.25 | 1706738400.50 | 2024-01-31T22:00:00.250Z | 2024-01-31T22:00:00.750Z",
        "EPOCH_MILLISECONDS | 1706738400000 | 1706738400010 | 2024-01-31T22:00Z | 2024-01-31T22:00:00.020Z",
        "EPOCH_MICROSECONDS | 1706738400000000 | 1706742000000000 | 2024-01-31T22:00Z | 2024-02-01T00:00Z",
        "EPOCH_NANOSECONDS | 1706738400000000000 | 1706742000000000000 | 2024-01-31T22:00Z | 2024-02-01T00:00Z",
        "SPREADSHEET_DAYS | 45321 | 45322 | 2024-01-30 | 2024-02-01",
        "SPREADSHEET_DAYS | 45322.9166666667 | 45322.9583333333 | 2024-01-31T22:00 | 2024-02-01T00:00"})
    void textsOfEveryFormAreReadAndGoOn(TimeForm form, String first, String second, String text, String next) {
        TimeAxis axis = TimeAxis.parse(List.of(first, second));
        assertEquals(form, axis.form());
        assertEquals(text, axis.text(0));
        assertEquals(next, axis.after(1, axis.step().orElseThrow(), 1).text(0));
        assertTrue(form.matches(first));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"2024-02-30", "2024-13-01", "2024-01-31 25:00", "31/31/2024", "0x10", "12.5", "hello",
            "Foo 1 2000", "2024Q5",
        "2023-W53", "99999", "1.2024", "2024.01", "10:30", "-5", "1706738400e3", "24-Jan"})
    void whatIsNoTimeIsNone(String text) {
        assertEquals(Optional.empty(), TimeAxis.recognise(List.of(text)));
    }

    @Test
    void whichOfDayAndMonthStandsFirstIsDecidedByTheWholeColumn() {
        List<String> days = IntStream.rangeClosed(1, 31).mapToObj(day -> String.format("%02d/03/2024", day)).toList();
        assertEquals(TimeForm.DAY_FIRST, TimeAxis.parse(days).form());
        assertFalse(TimeAxis.parse(days).isUnclear());
        // Neither has a day above 12: the even steps decide, 1 January to 12 January and not the first of each month, then not again.
        List<String> american = List.of("01/09/2024", "01/10/2024", "01/11/2024", "01/12/2024", "02/01/2024", "02/02/2024");
        assertEquals(TimeForm.DAY_FIRST, TimeAxis.parse(List.of("01/11/2023", "01/12/2023", "01/01/2024", "01/02/2024")).form());
        assertEquals(TimeForm.MONTH_FIRST, TimeAxis.parse(american).form());
        TimeAxis either = TimeAxis.parse(List.of("01/02/2024", "02/02/2024", "03/02/2024"));
        assertTrue(either.isUnclear());
        assertEquals(TimeForm.DAY_FIRST, either.form());
        assertFalse(TimeAxis.parse(List.of("01.02.2024", "02.02.2024")).isUnclear());
    }

    @Test
    void calendarsAreFollowed() {
        assertNext("2024-03-31", "2024-01-31", "2024-02-29");
        assertNext("2024-02-29", "2023-11-30", "2023-12-31", "2024-01-31");
        assertNext("2024-02-29", "2023-08-31", "2023-11-30");
        assertNext("2024-04-15", "2024-02-15", "2024-03-15");
        assertNext("2025-03-01", "2023-03-01", "2024-03-01");
        assertNext("2024-01-29", "2024-01-15", "2024-01-22");
        assertNext("2024-01-22", "2024-01-11", "2024-01-12", "2024-01-15", "2024-01-16", "2024-01-17", "2024-01-18", "2024-01-19");
        assertNext("2024-04-28", "2023-11-02", "2023-12-30", "2024-01-31", "2024-02-27", "2024-03-28");
        assertNext("2024-03-31T04:00+02:00", "2024-03-31T00:00+01:00", "2024-03-31T01:00+01:00", "2024-03-31T03:00+02:00");
        assertNext("2024-04-02T00:00+02:00", "2024-03-30T00:00+01:00", "2024-03-31T00:00+01:00", "2024-04-01T00:00+02:00");
    }

    private static void assertNext(String next, String... texts) {
        TimeAxis axis = TimeAxis.parse(List.of(texts));
        assertEquals(next, axis.after(axis.length() - 1, axis.step().orElseThrow(), 1).text(0), axis::toString);
        assertEquals(List.of(), axis.gaps());
    }

    @Test
    void businessDaysGoOnForWeeksFromAnyDay() {
        TimeStep step = new TimeStep(TimeStep.Unit.BUSINESS_DAYS, 1);
        LocalDateTime day = LocalDate.of(2024, 1, 17).atStartOfDay();
        LocalDate slow = LocalDate.of(2024, 1, 17);
        for (int steps = 1; steps < 30; steps++) {
            do {
                slow = slow.plusDays(1);
            } while (slow.getDayOfWeek().getValue() > 5);
            assertEquals(slow, step.after(day, steps).toLocalDate());
        }
        assertEquals("2024-01-22T00:00", step.after(LocalDateTime.parse("2024-01-20T00:00"), 1).toString());
    }

    @Test
    void gapsAreNamedByTheMomentBehindThem() {
        TimeAxis days = TimeAxis.parse(List.of("2024-01-01", "2024-01-02", "2024-01-05", "2024-01-06", "2024-01-07", "2024-01-09"));
        assertEquals(List.of(2, 5), days.gaps());
        assertEquals("day", days.step().orElseThrow().text());
        TimeAxis trembling = TimeAxis.parse(List.of("2024-01-01 10:00:00", "2024-01-01 10:15:02", "2024-01-01 10:30:02",
                "2024-01-01 10:45:02"));
        assertEquals("15 minutes", trembling.step().orElseThrow().text());
        assertEquals(List.of(), trembling.gaps());
    }

    @Test
    void orderIsAskedForWhereTextsAreRecognisedAndNeededElsewhere() {
        List<String> newestFirst = List.of("2024-01-03", "2024-01-02", "2024-01-01");
        TimeAxis axis = TimeAxis.recognise(newestFirst).orElseThrow();
        assertTrue(axis.isDescending());
        assertEquals(1, axis.firstDisorder().orElseThrow());
        assertEquals("2024-01-01 to 2024-01-03, every day", axis.reversed().toString());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> TimeAxis.parse(newestFirst)).getMessage()
                .startsWith("the time of moment 1 is 2024-01-02, that of the one before it 2024-01-03"));
        Series series = Series.of(List.of("a"), new double[] {1, 2, 3});
        assertThrows(IllegalArgumentException.class, () -> series.with(axis));
        assertThrows(IllegalArgumentException.class, () -> series.with(axis.reversed().range(0, 2)));
        assertEquals(1, TimeAxis.recognise(List.of("2024-01-01", "2024-01-01")).orElseThrow().firstDisorder().orElseThrow());
        // By the clock on the wall they are in order, in truth they are not.
        assertEquals(1, TimeAxis.recognise(List.of("2024-01-01T10:00+01:00", "2024-01-01T10:30+02:00")).orElseThrow().firstDisorder()
                .orElseThrow());
        assertEquals(Optional.empty(), TimeAxis.recognise(List.of("2024-01-01T10:00+01:00", "2024-01-01T11:00")));
    }

    @Test
    void timesOfJavaAreTaken() {
        assertEquals("2024-01-31 to 2024-02-01, every day", TimeAxis.of(List.of(LocalDate.of(2024, 1, 31), LocalDate.of(2024, 2,
                1))).toString());
        assertEquals("2024-01-31T10:00Z to 2024-01-31T10:00:30Z, every 30 seconds", TimeAxis.of(
                List.of(Instant.parse("2024-01-31T10:00:00Z"), Instant.parse("2024-01-31T10:00:30Z"))).toString());
        assertEquals("2024-01-31T10:00+02:00", TimeAxis.of(List.of(OffsetDateTime.parse("2024-01-31T10:00+02:00"))).text(0));
        assertEquals("2023-12 to 2024-01, every month", TimeAxis.of(List.of(YearMonth.of(2023, 12), YearMonth.of(2024, 1))).toString());
        assertEquals("2020 to 2022, every 2 years", TimeAxis.of(List.of(Year.of(2020), Year.of(2022))).toString());
        List<TemporalAccessor> mixed = List.of(LocalDate.of(2024, 1, 1), Instant.parse("2024-01-31T10:00:00Z"));
        assertThrows(IllegalArgumentException.class, () -> TimeAxis.of(mixed));
        assertThrows(IllegalArgumentException.class, () -> TimeAxis.of(List.of()));
        assertThrows(IllegalArgumentException.class, () -> TimeAxis.of(List.of(LocalDate.of(2024, 1, 1), LocalDate.of(2024, 1, 1))));
    }

    @Test
    void aSeriesKeepsItsTimesInItsParts() {
        Series series = Series.of(List.of("a", "b"), new double[] {1, 2, 3}, new double[] {4, 5, 6})
                .with(TimeAxis.parse(List.of("2024-01-01", "2024-01-02", "2024-01-03")).named(List.of("day")));
        TimeAxis part = series.select(List.of("b")).range(1, 3).times().orElseThrow();
        assertEquals("2024-01-02 to 2024-01-03, every day", part.toString());
        assertEquals(new TimeColumn(List.of("day"), TimeForm.DATE, Optional.of(new TimeStep(TimeStep.Unit.DAYS, 1))), part.column());
    }
}
