package org.tidegate.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.data.TimeColumn;
import org.tidegate.data.TimeForm;

/** The times of a CSV file's lines: which column holds them, their order, and what is said of them. */
class SeriesTimesTest {
    private static final SeriesCsvReader READER = SeriesCsvReader.of();

    @TempDir
    Path folder;

    @Test
    void datesInTextAreFoundInAnyColumn() throws IOException {
        SeriesCsv csv = read("temp,when,sky\n1.5,2024-01-01,grey\n2.5,2024-01-02,blue\n");
        assertEquals("2024-01-01 to 2024-01-02, every day", times(csv));
        assertEquals(List.of("temp"), csv.series().names());
        assertEquals(List.of("left out, as they hold no numbers: sky"), csv.notes());
        assertEquals(List.of("when"), csv.series().times().orElseThrow().columns());
        assertEquals("2024-Q1 to 2024-Q3, every 3 months", times(read("q;a\n2024Q1;1\n2024Q2;3\n2024Q3;2\n")));
        assertEquals("2024-01-01 to 2024-01-02, every day", times(read(",temp\n2024-01-01,5\n2024-01-02,6\n")));
    }

    @Test
    void numbersAreTimesWhereNameOrPlaceSaySoToo() throws IOException {
        timed("2024-01-30 to 2024-02-01, every day", "a,b\n20240130,2\n20240131,1\n20240201,7\n", "dates");
        timed("2024-01-31T22:00Z to 2024-02-01T00:00Z, every hour", "ts,b\n1706738400,2\n1706742000,1\n1706745600,2\n",
                "seconds since 1970");
        timed("2024-01-31T22:00Z to 2024-01-31T22:00:02Z, every second", "b,openTime\n2,1706738400000\n1,1706738401000\n5,1706738402000\n",
                "milliseconds since 1970");
        timed("2024-01-30 to 2024-02-01, every day", "Date,b\n45321,2\n45322,1\n45323,2\n", "days of a spreadsheet");
        assertEquals("1999 to 2001, every year", times(read("year,b\n1999,2\n2000,1\n2001,7\n")));
        assertEquals("1999 to 2001, every year", times(read("jahr;b\n1999;2,5\n2000;1\n2001;7\n")));
        assertEquals("1999 to 2001, every year", times(read("x,b\n1999,2\n2000,1\n2001,7\n")));
        assertEquals("2023-12 to 2024-02, every month", times(read("b,month\n1,202312\n7,202401\n5,202402\n")));
        for (String numbers : List.of("a,weight\n5,45321\n6,45322\n", "b,price\n1,1706738400\n5,1706742000\n",
                "b,count\n1,1999\n5,2000\n3,2001\n",
                "year,b\n1999,2\n1999,1\n2000,7\n", "b,a\n1,20240130\n1,20240131\n1,20240130\n", "b,a\n1,20241330\n1,20241431\n")) {
            SeriesCsv csv = read(numbers);
            assertEquals(Optional.empty(), csv.series().times(), numbers);
            assertEquals(2, csv.series().names().size(), numbers);
        }
    }

    @Test
    void decimalYearsAndDigitsWithTheDayFirstAreTimesWhereNameOrPlaceSaySo() throws IOException {
        timed("1906-06 to 1906-08, every month", "Year,b\n1906.417,2\n1906.5,1\n1906.583,7\n",
                "years with the part of the year that is over");
        timed("1906-06 to 1906-08, every month", "time,b\n1906.417,2\n1906.5,1\n1906.583,7\n",
                "years with the part of the year that is over");
        timed("2024-01-12 to 2024-01-14, every day", "date,b\n12012024,2\n13012024,1\n14012024,7\n", "day/month/year");
        timed("2024-12-30 to 2025-01-01, every day", "datum;b\n30122024;2,5\n31122024;1\n1012025;7\n", "day/month/year");
        timed("2024-01-12 to 2024-01-14, every day", "x,b\n01122024,2\n01132024,1\n01142024,7\n", "month/day/year");
        assertTrue(read("date,b\n01022024,2\n02022024,1\n03022024,7\n").notes().get(0)
                .startsWith("date is read as day/month/year; nothing in it says whether"));
        SeriesCsv newestFirst = read("Year,b\n1906.583,7\n1906.5,1\n1906.417,2\n");
        assertEquals("1906-06 to 1906-08, every month", times(newestFirst));
        assertEquals(2, newestFirst.series().value(0, 0));
        for (String numbers : List.of("b,close\n1,1994.99\n5,2003.25\n2,2010.5\n", "time,b\n1600.5,1\n1700.1,2\n1900.2,3\n",
                "close,b\n1994.99,1\n1995.75,5\n1999.5,2\n", "b,size\n1,12012024\n4,13012024\n2,14012024\n",
                "id,b\n12992024,1\n13992024,2\n")) {
            assertEquals(Optional.empty(), read(numbers).series().times(), numbers);
        }
    }

    private void timed(String times, String text, String form) throws IOException {
        SeriesCsv csv = read(text);
        assertEquals(times, times(csv));
        assertEquals(1, csv.series().names().size(), text);
        assertTrue(csv.notes().get(0).endsWith(" is read as " + form), csv.notes().toString());
    }

    @Test
    void theNewestLineFirstIsTurnedRound() throws IOException {
        SeriesCsv csv = read("date,temp\n2020-01-04,4\n2020-01-03,3\n2020-01-01,1\n");
        assertEquals(List.of(1.0, 3.0, 4.0), List.of(csv.series().value(0, 0), csv.series().value(0, 1), csv.series().value(0, 2)));
        assertEquals(List.of("the newest line stands first: the lines are read from the last one to the first",
                "a gap, before line 4: 2020-01-03 comes after 2020-01-01"), csv.notes());
    }

    @Test
    void aColumnWhoseNamePromisesTimesIsNotTakenForNumbersInSilence() throws IOException {
        for (String first : List.of("Year,a\n1906.3,1\n1906.2,2\n", "date,a\n2020080,1\n2020078,2\n",
                "when,a\n2020-03-20 10:00 IST,1\n2020-03-19 10:00 IST,2\n")) {
            List<String> notes = read(first).notes();
            String name = first.substring(0, first.indexOf(','));
            assertTrue(notes.get(0).startsWith("no times are read from " + name + " (") && notes.get(0).contains("the oldest first"),
                    notes.toString());
        }
        assertEquals(List.of(), read("t,a\n1906.3,1\n1906.2,2\n", READER.withoutTime()).notes(), "the user has said so");
    }

    @Test
    void gapsAreSaidWithTheFirstPlace() throws IOException {
        assertEquals(List.of("2 gaps, the first before line 4: 2024-01-05 comes after 2024-01-02"),
                read("d,a\n2024-01-01,1\n2024-01-02,5\n2024-01-05,3\n2024-01-06,3\n2024-01-08,3\n").notes());
        assertEquals(List.of(), read("d,a\n2024-01-04,1\n2024-01-05,5\n2024-01-08,3\n2024-01-09,3\n2024-01-10,3\n").notes());
    }

    @Test
    void timesInNoOrderAndTwiceAreErrorsWithTheirLine() {
        fails("line 4, column 1 (d): the time 2024-01-02 is that of line 3 again; keep one of them", READER,
                "d,a\n2024-01-01,1\n2024-01-02,5\n2024-01-02,3\n");
        fails("line 4, column 2 (d): the time 2024-01-01 comes after 2024-01-03; sort the lines by time", READER,
                "a,d\n1,2024-01-02\n4,2024-01-03\n6,2024-01-01\n");
        fails("line 4, column 1 (d): the time 2024-01-08 is that of line 3 again", READER,
                "d,a\n2024-01-09,1\n2024-01-08,5\n2024-01-08,3\n2024-01-07,4\n2024-01-06,4\n");
        fails("line 4, column 1 (date): the time 2024-01-30 comes after 2024-01-31", READER,
                "date,a\n20240130,2\n20240131,1\n20240130,3\n");
        fails("line 3, column 1 (timestamp): the time 2024-01-31T22:00Z is that of line 2 again", READER,
                "timestamp,a\n1706738400,2\n1706738400,1\n");
    }

    @Test
    void aTimeThatIsMissingOrNoneIsAnErrorWithItsLine() {
        String lines = "2024-01-01,1\n2024-01-02,1\n2024-01-03,1\n2024-01-04,1\n2024-01-05,1\n2024-01-06,1\n2024-01-07,1\n2024-01-08,1\n"
                + "2024-01-09,1\n";
        fails("line 11, column 1 (d): '2024-01-32' is no time; the other lines have such as 2024-01-01", READER, "d,a\n" + lines
                + "2024-01-32,1\n");
        fails("line 2, column 1 (d): the time is missing", READER, "d,a\n,1\n" + lines);
        fails("line 2, column 1 (d): 'x' and the others are no times of one form", READER.time(List.of("d")), "d,a\nx,1\ny,2\n");
        fails("has no column 'e'", READER.time(List.of("e")), "d,a\nx,1\ny,2\n");
    }

    @Test
    void theTimeColumnCanBeNamedAndDenied() throws IOException {
        String text = "d,e,a\n2024-01-01,2023-01-01,1\n2024-01-02,2023-01-08,2\n";
        assertEquals("2024-01-01 to 2024-01-02, every day", times(read(text)));
        assertEquals("2023-01-01 to 2023-01-08, every week", times(read(text, READER.time(List.of("e")))));
        assertEquals(Optional.empty(), read(text, READER.withoutTime()).series().times());
        assertEquals(List.of("20240131"), List.of(String.format("%.0f", read("d,a\n20240131,1\n20240201,1\n",
                READER.columns(List.of("d"))).series().value(0, 0))));
        assertEquals(2, read("d,a\n2024-01-02,1\n2024-01-02,3\n", READER.withoutTime()).series().length());
        SeriesCsv two = read("ts,closed,a\n1706738400,1706738500,1\n1706742000,1706742100,2\n", READER.time(List.of("ts")));
        assertEquals(List.of("closed", "a"), two.series().names());
        SeriesCsv both = read("open_time,close_time,a\n1706738400,1706738500,1\n1706742000,1706742100,2\n");
        assertEquals(List.of("a"), both.series().names());
        assertTrue(both.notes().contains("left out, as they hold times: close_time"), both.notes().toString());
    }

    @Test
    void aDateAndATimeOfTheDayInColumnsOfTheirOwnAreOneTime() throws IOException {
        SeriesCsv csv = read("Date;Time;CO\n13/03/2004;18.00.00;2,6\n13/03/2004;19.00.00;2\n13/03/2004;20.00.00;2,2\n");
        assertEquals("2004-03-13T18:00 to 2004-03-13T20:00, every hour", times(csv));
        assertEquals(List.of("CO"), csv.series().names());
        assertEquals("2011-01-01T22:00 to 2011-01-02T00:00, every hour",
                times(read("dteday,season,hr,cnt\n2011-01-01,1,22,16\n2011-01-01,2,23,40\n2011-01-02,1,0,2\n")));
        assertEquals("2010-01-01T22:00 to 2010-01-02T00:00, every hour", times(read(
                "No,year,month,day,hour,pm\n1,2010,1,1,22,5\n2,2010,1,1,23,6\n3,2010,1,2,0,6\n", READER.time(List.of("year", "month",
                    "day", "hour")))));
    }

    @Test
    void dayAndMonthAreDecidedByTheWholeColumnAndSaid() throws IOException {
        assertEquals(List.of("d is read as day/month/year"), read("d,a\n11/01/2024,1\n12/01/2024,2\n13/01/2024,3\n").notes());
        assertEquals(List.of("d is read as month/day/year"), read("d,a\n01/11/2024,1\n01/12/2024,2\n01/13/2024,3\n").notes());
        assertTrue(read("d,a\n01/02/2024,1\n02/02/2024,2\n").notes().get(0)
                .startsWith("d is read as day/month/year; nothing in it says whether"));
    }

    @Test
    void timesAreReadAsThoseOfAnotherFile() throws IOException {
        TimeColumn learned = new TimeColumn(List.of("d"), TimeForm.MONTH_FIRST, Optional.empty());
        assertEquals("2024-01-02 to 2024-02-02, every month", times(read("d,a\n01/02/2024,1\n02/02/2024,2\n", READER.time(learned))));
        assertEquals(List.of(), read("d,a\n01/02/2024,1\n02/02/2024,2\n", READER.time(learned)).notes());
        assertEquals("2024-01-02 to 2024-01-03, every day", times(read("d,a\n2024-01-02,1\n2024-01-03,2\n", READER.time(learned))));
        assertEquals(Optional.empty(), read("a\n1\n2\n", READER.time(learned)).series().times());
        assertEquals("2024-01-02 to 2024-01-03, every day", times(read("day,a\n2024-01-03,1\n2024-01-02,2\n", READER.time(learned))),
                "under another name they are found, and turned");
        fails("line 2, column 1 (d): 'x' and the others are no times", READER.time(learned), "d,a\nx,1\ny,2\n");
    }

    @Test
    void withoutTimesTheNewestLineFirstIsAnError() throws IOException {
        SeriesCsvReader reader = READER.columns(List.of("a")).oldestFirst();
        for (String first : List.of("d,a\n2024-01-03,1\n2024-01-02,2\n", "a,when\n3,Jan 3 2024\n1,Jan 2 2024\n",
                "Date,Time,a\n2024-01-03,10:00,1\n2024-01-03,09:00,2\n", "year,a\n1960.125,3\n1960.042,4\n")) {
            fails("the newest line stands first, as ", reader, first);
        }
        for (String other : List.of("d,a\n2024-01-02,1\n2024-01-03,2\n", "a\n2\n1\n", "d,a\n2024-01-03,1\n2024-01-02,2\n2024-01-05,2\n",
                "d,a\n2024-01-01,1\n2024-01-02,1\n2024-01-03,1\n2024-01-04,1\n2024-01-05,1\n2024-01-06,1\n2024-01-07,1\n2024-01-08,1\n"
                    + "2024-01-09,1\n2024-01-32,1\n")) {
            assertEquals(Optional.empty(), read(other, reader).series().times());
        }
    }

    @Test
    void columnsThatSayThePartsOfTheTimesAgainAreLeftOut() throws IOException {
        StringBuilder text = new StringBuilder("instant,dteday,season,yr,mnth,hr,weekday,warm,cnt\n");
        for (int hour = 0; hour < 60 * 24; hour++) {
            LocalDateTime time = LocalDateTime.of(2011, 12, 1, 0, 0).plusHours(hour);
            text.append(String.join(",", "" + (hour + 1), "" + time.toLocalDate(), "1", "" + (time.getYear() - 2011),
                    "" + time.getMonthValue(), "" + time.getHour(), "" + time.getDayOfWeek().getValue() % 7, "" + hour % 5,
                    "" + hour * hour % 7))
                    .append('\n');
        }
        SeriesCsv csv = read(text.toString());
        assertEquals("2011-12-01T00:00 to 2012-01-29T23:00, every hour", times(csv));
        assertEquals(List.of("season", "warm", "cnt"), csv.series().names());
        assertEquals(List.of("left out, as they say again what the times say: yr, mnth, weekday",
                "left out, as they only count the lines: instant"), csv.notes());
        assertEquals(List.of("cnt", "hr", "mnth"), read(text.toString(), READER.columns(List.of("cnt", "hr", "mnth"))).series().names());
        assertTrue(read(text.toString(), READER.including(List.of("weekday"))).series().names().contains("weekday"));
        SeriesCsv others = read("date,day,month\n2024-01-01,3,1\n2024-01-02,1,1\n2024-01-03,2,3\n"); // no weekday, no month
        assertEquals(List.of("day", "month"), others.series().names());
    }

    @Test
    void timesInPartsAreTimes() throws IOException {
        SeriesCsv hours = read("No,year,month,day,hour,pm\n1,2010,1,1,22,5\n2,2010,1,1,23,3\n3,2010,1,2,0,8\n");
        assertEquals("2010-01-01T22:00 to 2010-01-02T00:00, every hour", times(hours));
        assertEquals(List.of("pm"), hours.series().names());
        assertEquals(List.of("year", "month", "day", "hour"), hours.series().times().orElseThrow().columns());
        SeriesCsv again = read("year,pm,month,day,hour\n2010,5,1,3,22\n2010,4,1,3,23\n",
                READER.time(hours.series().times().get().column()));
        assertEquals("2010-01-03T22:00 to 2010-01-03T23:00, every hour", times(again));
        SeriesCsv months = read("Year,Month,x\n1949,11,5\n1949,12,3\n1950,1,8\n");
        assertEquals("1949-11 to 1950-01, every month", times(months));
        assertEquals(List.of("x"), months.series().names());
        assertEquals("2010-01-01 to 2010-01-03, every day", times(read("Jahr;Monat;Tag;x\n2010;1;1;5\n2010;1;2;3\n2010;1;3;8\n")));
        SeriesCsv none = read("year,month,x\n2010,13,5\n2010,2,3\n2010,1,8\n");
        assertEquals(Optional.empty(), none.series().times());
    }

    private static String times(SeriesCsv csv) {
        return csv.series().times().orElseThrow().toString();
    }

    private SeriesCsv read(String text) throws IOException {
        return read(text, READER);
    }

    private SeriesCsv read(String text, SeriesCsvReader reader) throws IOException {
        return reader.read(Files.writeString(folder.resolve("data.csv"), text));
    }

    private void fails(String part, SeriesCsvReader reader, String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> read(text, reader)).getMessage();
        assertTrue(message.contains(part) && message.contains("data.csv"), message);
    }
}
