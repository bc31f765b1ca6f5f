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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
        "SPREADSHEET_DAYS | 45322.9166666667 | 45322.9583333333 | 2024-01-31T22:00 | 2024-02-01T00:00",
        "COMPACT_DATE | 20240131 9:00 | 20240131 10:00 | 2024-01-31T09:00 | 2024-01-31T11:00",
        "COMPACT_DATE | 20240131T100000+0100 | 20240131T110000+0100 | 2024-01-31T10:00+01:00 | 2024-01-31T12:00+01:00",
        "COMPACT_DAY_FIRST | 30012024 | 31012024 | 2024-01-30 | 2024-02-01",
        "COMPACT_DAY_FIRST | 31122023 23:00 | 1012024 00:00 | 2023-12-31T23:00 | 2024-01-01T01:00",
        "COMPACT_MONTH_FIRST | 01302024 | 01312024 | 2024-01-30 | 2024-02-01",
        "COMPACT_MONTH_FIRST | 1302024.0 | 1312024.0 | 2024-01-30 | 2024-02-01",
        "DATE | 2024-01-31 22:00 CET | 2024-01-31 23:00 CET | 2024-01-31T22:00+01:00 | 2024-02-01T00:00+01:00",
        "DATE | 2024-07-01 10:00 EDT | 2024-07-01 11:00 EDT | 2024-07-01T10:00-04:00 | 2024-07-01T12:00-04:00",
        "DATE | 2024-07-01 10:00 Europe/Rome | 2024-07-01 11:00 Europe/Rome | 2024-07-01T10:00+02:00 | 2024-07-01T12:00+02:00",
        "DATE | 2024-07-01 10:00 America/New_York | 2024-07-01 11:00 America/New_York | 2024-07-01T10:00-04:00 | 2024-07-01T12:00-04:00",
        "DAY_FIRST | 31.01.2024 22:00 Uhr | 31.01.2024 23:00 Uhr | 2024-01-31T22:00 | 2024-02-01T00:00",
        "DECIMAL_YEAR | '1959,083' | '1959,167' | 1959-02 | 1959-04",
        "SPREADSHEET_DAYS | '45322,9166666667' | '45322,9583333333' | 2024-01-31T22:00 | 2024-02-01T00:00",
        "DATE | 2024-07-01 10:00:00 +0000 UTC | 2024-07-01 11:00:00 +0000 UTC | 2024-07-01T10:00Z | 2024-07-01T12:00Z",
        "DATE | 2024-07-01T10:00 UTC+1 | 2024-07-01T11:00 UTC+1 | 2024-07-01T10:00+01:00 | 2024-07-01T12:00+01:00",
        "NAMED_MONTH | Mon Jan 05 2015 10:00:00 GMT+0100 (Central European Standard Time)"
            + " | Mon Jan 05 2015 11:00:00 GMT+0100 (Central European Standard Time) | 2015-01-05T10:00+01:00 | 2015-01-05T12:00+01:00",
        "NAMED_MONTH | 'Mon, 05 Jan 2015 10:00:00 GMT' | 'Mon, 05 Jan 2015 11:00:00 GMT' | 2015-01-05T10:00Z | 2015-01-05T12:00Z",
        "NAMED_MONTH | 05/Jan/2015:10:00:00 +0100 | 05/Jan/2015:11:00:00 +0100 | 2015-01-05T10:00+01:00 | 2015-01-05T12:00+01:00",
        "NAMED_MONTH | 31DEC2014:23:00:00 | 01JAN2015:00:00:00 | 2014-12-31T23:00 | 2015-01-01T01:00",
        "NAMED_MONTH | 'January 5, 2015 at 10:00 AM' | 'January 5, 2015 at 11:00 AM' | 2015-01-05T10:00 | 2015-01-05T12:00",
        "NAMED_MONTH | 31. März 2015 | 1. April 2015 | 2015-03-31 | 2015-04-02",
        "NAMED_MONTH | 'Mi., 31. Dez. 2014' | 'Do., 1. Jan. 2015' | 2014-12-31 | 2015-01-02",
        "NAMED_MONTH | 31 janv. 2015 | 1er févr. 2015 | 2015-01-31 | 2015-02-02",
        "NAMED_MONTH | 31 de agosto de 2015 | 1 de septiembre de 2015 | 2015-08-31 | 2015-09-02",
        "NAMED_MONTH | 31-mrt-2015 | 01-apr-2015 | 2015-03-31 | 2015-04-02",
        "CTIME | Wed Dec 31 10:00:00 2014 | Thu Jan  1 10:00:00 2015 | 2014-12-31T10:00 | 2015-01-02T10:00",
        "CTIME | Mon Jan 05 10:00:00 CET 2015 | Mon Jan 05 11:00:00 CET 2015 | 2015-01-05T10:00+01:00 | 2015-01-05T12:00+01:00",
        "CTIME | Mon Jan 05 10:00:00 +0000 2015 | Mon Jan 05 11:00:00 +0000 2015 | 2015-01-05T10:00Z | 2015-01-05T12:00Z",
        "CTIME | Mon Jan 5 10:00:00 2015 -0500 | Mon Jan 5 11:00:00 2015 -0500 | 2015-01-05T10:00-05:00 | 2015-01-05T12:00-05:00",
        "CTIME | Mo 5. Jan 10:00:00 CET 2015 | Mo 5. Jan 11:00:00 CET 2015 | 2015-01-05T10:00+01:00 | 2015-01-05T12:00+01:00",
        "MONTH | déc. 2014 | janv. 2015 | 2014-12 | 2015-02",
        "MONTH | diciembre de 2014 | enero de 2015 | 2014-12 | 2015-02",
        "DECIMAL_YEAR | 1958.9583 | 1959.0417 | 1958-12 | 1959-02",
        "DECIMAL_YEAR | 1959.083 | 1959.167 | 1959-02 | 1959-04",
        "DECIMAL_YEAR | 1959.75 | 1960 | 1959-10 | 1960-04",
        "DECIMAL_YEAR | 2015.99726 | 2016.0 | 2015-12-31 | 2016-01-02"})
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
        "2023-W53", "99999", "1.2024", "2024.1", "10:30", "-5", "1706738400e3", "24-Jan",
        "32012024", "00012024", "13132024", "31019999", "Jui 5 2015", "5 listopad 2015", "2024-01-31 10:00 IST", "2024-01-31 10:00 XYZ",
        "2024-03-31 02:30 Europe/Rome", "2024-01-31 10:00 Europe/Atlantis", "Mon Jan 5 10:00:00 15", "1234.5", "3001.25", "2024."})
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
    void eightDigitsBeginWithYearDayOrMonthAsTheWholeColumnHasIt() {
        assertEquals(TimeForm.COMPACT_DATE, TimeAxis.parse(List.of("10121012", "10121013")).form());
        assertEquals(TimeForm.COMPACT_DAY_FIRST, TimeAxis.parse(List.of("11012024", "12012024", "13012024")).form());
        assertEquals(TimeForm.COMPACT_MONTH_FIRST, TimeAxis.parse(List.of("01112024", "01122024", "01132024")).form());
        TimeAxis either = TimeAxis.parse(List.of("01022024", "02022024", "03022024"));
        assertEquals(TimeForm.COMPACT_DAY_FIRST, either.form());
        assertTrue(either.isUnclear());
        assertFalse(TimeAxis.parse(List.of("20240201", "20240202")).isUnclear());
    }

    @Test
    void decimalYearsAreMonthsDaysOrMinutesByAllOfAColumn() {
        assertEquals("1906-06 to 1906-08, every month", TimeAxis.parse(List.of("1906.417", "1906.5", "1906.583")).toString());
        assertEquals("1949-01 to 1960-12, every month", decimals(1949, 12, 144, 0, "%.3f"));
        assertEquals("1949-01 to 1960-12, every month", decimals(1949, 12, 144, 0.5, "%.4f"));
        assertEquals("1949-01 to 1960-12, every month", decimals(1949, 12, 144, 0, "%.15f"));
        assertEquals("1949-01 to 1960-12, every month", decimals(1949, 12, 144, 0, "%.2f"));
        assertEquals("1956-01 to 1974-10, every 3 months", decimals(1956, 4, 76, 0, "%.2f"));
        assertEquals("1818-01-01 to 1818-12-31, every day", decimals(1818, 365, 365, 0.5, "%.3f"));
        assertEquals("2015-01-01 to 2015-12-31, every day", decimals(2015, 365, 365, 0, "%.3f"));
        assertEquals("2015-01-01T00:00 to 2015-01-10T23:00, every hour", decimals(2015, 8760, 240, 0, "%.8f"));
        // The sixteenth of each month, as a day of the year.
        assertEquals("1958-03-16 to 1958-06-16, every month",
                TimeAxis.parse(List.of("1958.2027", "1958.2877", "1958.3699", "1958.4548")).toString());
        // Year and month: 1871.1 is October.
        assertEquals("1871-09 to 1871-12, every month", TimeAxis.parse(List.of("1871.09", "1871.1", "1871.11", "1871.12")).toString());
        for (List<String> neither : List.of(List.of("2024.1", "2024.2", "2024.3"), List.of("2024.20", "2024.21", "2024.22"))) {
            assertEquals(Optional.empty(), TimeAxis.recognise(neither), "too few decimals for days");
        }
    }

    private static String decimals(int year, int frequency, int count, double shift, String format) {
        TimeAxis axis = TimeAxis.parse(IntStream.range(0, count).mapToObj(i -> String.format(Locale.ROOT, format,
                year + (i + shift) / frequency)).toList());
        assertEquals(List.of(), axis.gaps());
        return axis.toString();
    }

    @Test
    void monthsAreKnownByTheirNamesInTenLanguages() {
        for (String months : List.of("January February March April May June July August September October November December",
                "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
                "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
                "ene. feb. mar. abr. may. jun. jul. ago. sept. oct. nov. dic.",
                "gen feb mar apr mag giu lug ago set ott nov dic", "jan fev mar abr mai jun jul ago set out nov dez",
                "jan. feb. mrt. apr. mei jun. jul. aug. sep. okt. nov. dec.", "januar februar marts april maj juni juli august september"
                + " oktober november desember", "januari februari mars april maj juni juli augusti september oktober november december")) {
            List<String> texts = Arrays.stream(months.split(" ")).flatMap(month -> Stream.of("1 " + month + " 2015", "2 " + month
                    + " 2015")).toList();
            TimeAxis axis = TimeAxis.parse(texts);
            assertEquals("2015-12-02", axis.text(23), months);
            assertEquals(6, axis.at(11).getMonthValue(), months);
        }
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
    void aStepIsFollowedByWhatMayBeAPartOfItsSeries() {
        TimeStep day = new TimeStep(TimeStep.Unit.DAYS, 1);
        TimeStep hour = new TimeStep(TimeStep.Unit.NANOSECONDS, 3600_000_000_000L);
        TimeStep business = new TimeStep(TimeStep.Unit.BUSINESS_DAYS, 1);
        TimeStep month = new TimeStep(TimeStep.Unit.MONTHS, 1);
        TimeStep end = new TimeStep(TimeStep.Unit.MONTH_ENDS, 1);
        TimeAxis days = TimeAxis.parse(IntStream.rangeClosed(8, 21).mapToObj(i -> String.format("2024-01-%02d", i)).toList());
        TimeAxis week = days.range(0, 5);
        TimeAxis hours = TimeAxis.parse(IntStream.range(0, 24).mapToObj(i -> String.format("2024-01-01 %02d:00", i)).toList());
        TimeAxis trembling = TimeAxis.parse(List.of("2024-01-01 10:00:00", "2024-01-01 11:00:02", "2024-01-01 12:00:01"));
        TimeAxis months = TimeAxis.parse(List.of("2024-01-31", "2024-02-29", "2024-03-31"));
        assertTrue(days.follows(day) && week.follows(day) && week.follows(business) && hours.follows(hour) && trembling.follows(hour));
        assertTrue(months.follows(end) && months.follows(month) && days.range(0, 1).follows(hour));
        assertFalse(days.follows(business) || days.follows(hour) || hours.follows(day) || months.follows(day) || week.follows(month));
        assertFalse(hours.follows(new TimeStep(TimeStep.Unit.NANOSECONDS, 1800_000_000_000L)));
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
