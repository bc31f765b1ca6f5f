package org.tidegate.data;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAccessor;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The times of moments, and the step from each to the next, as the most frequent distance has it: {@code 15 minutes}, a {@code month}, a
 * {@code business day}. Immutable.
 *
 * <pre>{@code
 * Series days = Series.of(List.of("temp"), temps).with(TimeAxis.of(List.of(LocalDate.of(2024, 1, 1), …)));
 * Series hours = Series.of(List.of("load"), loads).with(TimeAxis.parse(List.of("2024-01-01T00:00+01:00", …)));
 * }</pre>
 */
public final class TimeAxis {
    private static final int DAY = 86_400;
    private static final double MOST = 0.9;
    /** Forms of which a column's texts may have several. */
    private static final Set<TimeForm> DAYS = EnumSet.of(TimeForm.COMPACT_DAY_FIRST, TimeForm.COMPACT_MONTH_FIRST, TimeForm.DAY_FIRST,
            TimeForm.MONTH_FIRST, TimeForm.SHORT_YEAR_FIRST);

    private final List<String> columns;
    private final TimeForm form;
    private final boolean unclear;
    private final long[] seconds; // since 1970 of the clock on the wall
    private final int[] nanos;
    private final int[] offsets; // seconds ahead of UTC; null without zones
    private final boolean months; // whether texts are months
    private final boolean dates; // whether texts are dates without a time of the day
    private final TimeSteps steps;

    private TimeAxis(List<String> columns, TimeForm form, boolean unclear, long[] seconds, int[] nanos, int[] offsets, TimeStep given) {
        this.columns = columns;
        this.form = form;
        this.unclear = unclear;
        this.seconds = seconds;
        this.nanos = nanos;
        this.offsets = offsets;
        steps = firstDisorder().isPresent() ? new TimeSteps(Optional.empty(), new int[0])
                : given == null ? TimeSteps.of(form, seconds, nanos, offsets) : new TimeSteps(Optional.of(given), new int[0]);
        boolean midnights = Arrays.stream(seconds).allMatch(second -> Math.floorMod(second, DAY) == 0)
                && Arrays.stream(nanos).allMatch(nano -> nano == 0);
        months = form == TimeForm.MONTH || form == TimeForm.DECIMAL_YEAR && midnights
                && Arrays.stream(seconds).allMatch(second -> LocalDate.ofEpochDay(Math.floorDiv(second, DAY)).getDayOfMonth() == 1);
        dates = midnights && (offsets == null || isEpoch())
                && steps.step().map(step -> step.unit() != TimeStep.Unit.NANOSECONDS).orElse(true);
    }

    /**
     * {@return the axis of times}
     *
     * @param times dates ({@code LocalDate}), times of the wall's clock ({@code LocalDateTime}), times with a zone or an offset, all of one
     *     kind, {@code Instant}s, {@code YearMonth}s or {@code Year}s; at least one, each after the one before it
     * @throws IllegalArgumentException if there are none, or one is none of these, or not after the one before it
     */
    public static TimeAxis of(List<? extends TemporalAccessor> times) {
        if (times.isEmpty()) {
            throw new IllegalArgumentException("there are no times; expected one or more");
        }
        TimeForm form = TimeForm.DATE;
        long[] seconds = new long[times.size()];
        int[] nanos = new int[times.size()];
        int[] offsets = new int[times.size()];
        boolean zoned = false;
        for (int i = 0; i < seconds.length; i++) {
            TemporalAccessor time = times.get(i);
            try {
                TimeForm one = time.isSupported(ChronoField.DAY_OF_MONTH) || time instanceof Instant ? TimeForm.DATE
                        : time.isSupported(ChronoField.MONTH_OF_YEAR) ? TimeForm.MONTH : TimeForm.YEAR;
                boolean offset = time.isSupported(ChronoField.OFFSET_SECONDS) || time instanceof Instant;
                if (i > 0 && (form != one || zoned != offset)) {
                    throw new DateTimeException("");
                }
                form = one;
                zoned = offset;
                offsets[i] = time instanceof Instant || !offset ? 0 : time.get(ChronoField.OFFSET_SECONDS);
                if (time instanceof Instant instant) {
                    seconds[i] = instant.getEpochSecond();
                } else {
                    LocalDate date = form == TimeForm.DATE ? LocalDate.from(time) : LocalDate.of(time.get(ChronoField.YEAR),
                            form == TimeForm.MONTH ? time.get(ChronoField.MONTH_OF_YEAR) : 1, 1);
                    seconds[i] = date.toEpochDay() * DAY
                            + (time.isSupported(ChronoField.SECOND_OF_DAY) ? time.get(ChronoField.SECOND_OF_DAY) : 0);
                }
                nanos[i] = time.isSupported(ChronoField.NANO_OF_SECOND) ? time.get(ChronoField.NANO_OF_SECOND) : 0;
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("the time of moment " + i + " is " + time
                        + "; expected dates, times, instants, months or"
                        + " years, all of one kind", e);
            }
        }
        return new TimeAxis(List.of("time"), form, false, seconds, nanos, zoned ? offsets : null, null).ordered();
    }

    /**
     * {@return the axis of texts in whatever form all of them have; which of day and month stands first is decided by all}
     *
     * @param texts times such as {@code 2024-01-31T10:00Z}, {@code 31/01/2024}, {@code 2024Q1}, {@code 1706695200}; see {@link TimeForm}
     * @throws IllegalArgumentException if they are no times, or not each after the one before it
     */
    public static TimeAxis parse(List<String> texts) {
        return recognise(texts).orElseThrow(() -> new IllegalArgumentException("'" + (texts.isEmpty() ? "" : texts.get(0))
                + "' and the other texts are no times of one form; expected such as 2024-01-31 or 2024-01-31T10:00Z")).ordered();
    }

    /**
     * {@return the axis of texts that are times of one form, or empty} They may stand in any order: see {@link #firstDisorder}. Numbers
     * are times wherever they can be: whether 20240131 is a date or a price, only the caller knows.
     *
     * @param texts the texts
     */
    public static Optional<TimeAxis> recognise(List<String> texts) {
        TimeAxis best = null;
        for (TimeForm form : TimeForm.values()) {
            if (best != null && (!DAYS.contains(form) || best.form == TimeForm.DATE)) {
                continue;
            }
            Optional<TimeAxis> axis = of(texts, form);
            if (axis.isPresent()) {
                best = best == null ? axis.get() : best.or(axis.get());
            }
        }
        return Optional.ofNullable(best);
    }

    /**
     * {@return the axis of texts of a form, in any order; empty if one is no time of this form}
     *
     * @param texts the texts
     * @param form the form
     */
    public static Optional<TimeAxis> of(List<String> texts, TimeForm form) {
        long[] seconds = new long[texts.size()];
        int[] nanos = new int[texts.size()];
        int[] offsets = new int[texts.size()];
        int zoned = 0;
        TimeFields fields = new TimeFields();
        for (int i = 0; i < seconds.length; i++) {
            if (!form.read(texts.get(i), fields)) {
                return Optional.empty();
            }
            seconds[i] = fields.seconds;
            nanos[i] = fields.nanos;
            offsets[i] = fields.offset;
            zoned += fields.zoned ? 1 : 0;
        }
        if (form == TimeForm.DECIMAL_YEAR) {
            Optional<long[]> times = DecimalYear.column(texts);
            if (times.isEmpty()) {
                return Optional.empty();
            }
            seconds = times.get();
        }
        return seconds.length == 0 || zoned > 0 && zoned < seconds.length ? Optional.empty()
                : Optional.of(new TimeAxis(List.of("time"), form, false, seconds, nanos, zoned > 0 ? offsets : null, null));
    }

    /** Of two readings of the same texts the one in order, then the one with fewer irregular steps. */
    private TimeAxis or(TimeAxis other) {
        int more = Integer.compare(rank(), other.rank());
        return more == 0 ? withUnclear() : more < 0 ? this : other;
    }

    private int rank() {
        TimeAxis turned = isDescending() ? reversed() : this;
        return turned.firstDisorder().isPresent() ? Integer.MAX_VALUE : turned.gaps().size();
    }

    private TimeAxis withUnclear() {
        return new TimeAxis(columns, form, true, seconds, nanos, offsets, null);
    }

    private TimeAxis ordered() {
        firstDisorder().ifPresent(moment -> {
            throw new IllegalArgumentException("the time of moment " + moment + " is " + text(moment) + ", that of the one before it "
                    + text(moment - 1) + "; expected each to be after the one before it");
        });
        return this;
    }

    /**
     * {@return this axis under the names of its columns}
     *
     * @param names of the columns that hold the times, one or more; {@code time} unless set
     */
    public TimeAxis named(List<String> names) {
        return new TimeAxis(List.copyOf(names), form, unclear, seconds, nanos, offsets, null);
    }

    /** {@return what is to be known of the axis to read others like it} */
    public TimeColumn column() {
        return new TimeColumn(columns, form, step());
    }

    /** {@return the names of the columns that hold the times} */
    public List<String> columns() {
        return columns;
    }

    /** {@return how the times are written} */
    public TimeForm form() {
        return form;
    }

    /** {@return whether day and month might as well be the other way round: nothing in the texts says which} */
    public boolean isUnclear() {
        return unclear;
    }

    /** {@return the number of moments} */
    public int length() {
        return seconds.length;
    }

    /** {@return the first moment whose time is not after that of the moment before it; empty if the times are in order} */
    public OptionalInt firstDisorder() {
        return IntStream.range(1, length()).filter(moment -> compare(moment - 1, moment) >= 0).findFirst();
    }

    /** {@return whether there are several times, each before the one before it} */
    public boolean isDescending() {
        return length() > 1 && IntStream.range(1, length()).allMatch(moment -> compare(moment - 1, moment) > 0);
    }

    private int compare(int a, int b) {
        int bySeconds = Long.compare(utc(a), utc(b));
        return bySeconds != 0 ? bySeconds : Integer.compare(nanos[a], nanos[b]);
    }

    private long utc(int moment) {
        return seconds[moment] - (offsets == null ? 0 : offsets[moment]);
    }

    /** {@return the step; empty for a single moment, and where the times are not in order} */
    public Optional<TimeStep> step() {
        return steps.step();
    }

    /**
     * {@return whether a step leads from most moments to the next: that of a longer series, for example, which a part of it may not show}
     *
     * @param step the step
     */
    public boolean follows(TimeStep step) {
        long on = IntStream.range(1, length()).filter(moment -> {
            LocalDateTime expected = step.after(at(moment - 1), 1);
            long off = Math.abs(Duration.between(expected, at(moment)).toSeconds());
            return off <= Math.abs(Duration.between(at(moment - 1), expected).toSeconds()) / 4;
        }).count();
        return step().map(step::equals).orElse(true) || on >= MOST * (length() - 1);
    }

    /** {@return the moments that are not one step after the one before them} */
    public List<Integer> gaps() {
        return Arrays.stream(steps.gaps()).boxed().toList();
    }

    /**
     * {@return a time as the clock on the wall shows it}
     *
     * @param moment from 0 on
     */
    public LocalDateTime at(int moment) {
        return LocalDateTime.ofEpochSecond(seconds[moment], nanos[moment], ZoneOffset.UTC);
    }

    /**
     * {@return a time as ISO 8601 has it: 2024-01-31, 2024-01-31T10:00, 2024-01-31T10:00Z, 2024-01, 2024, 2024-W05; quarters as 2024-Q1}
     *
     * @param moment from 0 on
     */
    public String text(int moment) {
        LocalDateTime time = at(moment);
        if (months) {
            return String.format(Locale.ROOT, "%04d-%02d", time.getYear(), time.getMonthValue());
        }
        return switch (form) {
            case YEAR -> String.format(Locale.ROOT, "%04d", time.getYear());
            case QUARTER -> String.format(Locale.ROOT, "%04d-Q%d", time.getYear(), time.get(IsoFields.QUARTER_OF_YEAR));
            case WEEK -> String.format(Locale.ROOT, "%04d-W%02d", time.get(IsoFields.WEEK_BASED_YEAR),
                    time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            default -> dates ? time.toLocalDate().toString()
                    : offsets == null ? time.toString() : time + ZoneOffset.ofTotalSeconds(offsets[moment]).toString();
        };
    }

    private boolean isEpoch() {
        return form.name().startsWith("EPOCH");
    }

    /**
     * {@return a part of the axis, with its step}
     *
     * @param from the first moment
     * @param to the moment after the last
     * @throws IndexOutOfBoundsException if the range is not within the axis
     */
    public TimeAxis range(int from, int to) {
        Objects.checkFromToIndex(from, to, length());
        return new TimeAxis(columns, form, unclear, Arrays.copyOfRange(seconds, from, to), Arrays.copyOfRange(nanos, from, to),
                offsets == null ? null : Arrays.copyOfRange(offsets, from, to), null);
    }

    /** {@return the times in the opposite order} */
    public TimeAxis reversed() {
        int last = length() - 1;
        return new TimeAxis(columns, form, unclear, IntStream.rangeClosed(0, last).mapToLong(i -> seconds[last - i]).toArray(),
                IntStream.rangeClosed(0, last).map(i -> nanos[last - i]).toArray(),
                offsets == null ? null : IntStream.rangeClosed(0, last).map(i -> offsets[last - i]).toArray(), null);
    }

    /**
     * {@return the times that follow a moment, as the step has them}
     *
     * @param moment the moment
     * @param step the step, that of a longer series for example
     * @param count how many, 1 or more
     */
    public TimeAxis after(int moment, TimeStep step, int count) {
        LocalDateTime[] times = IntStream.rangeClosed(1, count).mapToObj(i -> step.after(at(moment), i)).toArray(LocalDateTime[]::new);
        int[] same = new int[count];
        Arrays.fill(same, offsets == null ? 0 : offsets[moment]);
        return new TimeAxis(columns, form, unclear, Arrays.stream(times).mapToLong(time -> time.toEpochSecond(ZoneOffset.UTC)).toArray(),
                Arrays.stream(times).mapToInt(LocalDateTime::getNano).toArray(), offsets == null ? null : same, step);
    }

    /** The first and the last time, and the step. */
    @Override
    public String toString() {
        return (length() == 0 ? "no times" : text(0) + " to " + text(length() - 1)) + step().map(step -> ", every " + step.text())
                .orElse("");
    }
}
