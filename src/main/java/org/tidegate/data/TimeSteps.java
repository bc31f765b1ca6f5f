package org.tidegate.data;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * The step of times in their order, and where it does not hold.
 *
 * @param step the most frequent step; empty if there is but one time
 * @param gaps the moments that are not one step after the one before them
 */
record TimeSteps(Optional<TimeStep> step, int[] gaps) {
    private static final long DAY = 86_400;
    private static final long SECOND = 1_000_000_000L;
    /** So many lines tell months of varying days from any days. */
    private static final int SEVERAL = 4;

    /** Times in their order: seconds of the clock on the wall, their nanoseconds, and how far they are ahead of UTC, if that is known. */
    static TimeSteps of(TimeForm form, long[] seconds, int[] nanos, int[] offsets) {
        int count = seconds.length;
        if (count < 2) {
            return new TimeSteps(Optional.empty(), new int[0]);
        }
        boolean sameClock = IntStream.range(1, count)
                .allMatch(i -> Math.floorMod(seconds[i], DAY) == Math.floorMod(seconds[0], DAY) && nanos[i] == nanos[0]);
        if (!sameClock) {
            return exact(count, i -> (seconds[i] - (offsets == null ? 0 : offsets[i])) * SECOND + nanos[i]);
        }
        LocalDate[] dates = Arrays.stream(seconds).mapToObj(second -> LocalDate.ofEpochDay(Math.floorDiv(second, DAY)))
                .toArray(LocalDate[]::new);
        IntToLongFunction months = i -> dates[i].getYear() * 12L + dates[i].getMonthValue();
        boolean ends = Arrays.stream(dates).allMatch(date -> date.getDayOfMonth() == date.lengthOfMonth());
        boolean sameDay = Arrays.stream(dates).allMatch(date -> date.getDayOfMonth() == dates[0].getDayOfMonth());
        long monthly = mostFrequent(count, months);
        if ((sameDay || ends || form == TimeForm.MONTH || form == TimeForm.QUARTER || form == TimeForm.YEAR) && monthly > 0) {
            boolean atEnds = ends && !sameDay || ends && dates[0].getDayOfMonth() == 31;
            return calendar(new TimeStep(atEnds ? TimeStep.Unit.MONTH_ENDS : TimeStep.Unit.MONTHS, monthly), count, months, monthly);
        }
        IntToLongFunction days = i -> dates[i].toEpochDay();
        long daily = mostFrequent(count, days);
        TimeSteps byDays = calendar(new TimeStep(TimeStep.Unit.DAYS, daily), count, days, daily);
        if (daily == 1 && onBusinessDays(dates)) {
            return calendar(new TimeStep(TimeStep.Unit.BUSINESS_DAYS, 1), count, i -> businessDays(dates[i]), 1);
        }
        if (byDays.gaps.length > 0 && count >= SEVERAL && monthly > 0
                && IntStream.range(1, count).allMatch(i -> months.applyAsLong(i) - months.applyAsLong(i - 1) == monthly)) {
            return new TimeSteps(Optional.of(new TimeStep(TimeStep.Unit.MONTHS, monthly)), new int[0]);
        }
        return byDays;
    }

    private static TimeSteps calendar(TimeStep step, int count, IntToLongFunction units, long each) {
        return new TimeSteps(Optional.of(step), IntStream.range(1, count)
                .filter(i -> units.applyAsLong(i) - units.applyAsLong(i - 1) != each).toArray());
    }

    /** A clock that trembles by less than a quarter of the step makes no gaps. */
    private static TimeSteps exact(int count, IntToLongFunction nanos) {
        long step = mostFrequent(count, nanos);
        return new TimeSteps(Optional.of(new TimeStep(TimeStep.Unit.NANOSECONDS, step)), IntStream.range(1, count)
                .filter(i -> Math.abs(nanos.applyAsLong(i) - nanos.applyAsLong(i - 1) - step) > step / 4).toArray());
    }

    /** Whether there are five days a week: never one of a weekend, though the days reach over several weeks, and most of the others. */
    private static boolean onBusinessDays(LocalDate[] dates) {
        boolean weekdays = Arrays.stream(dates).noneMatch(date -> date.getDayOfWeek().compareTo(DayOfWeek.FRIDAY) > 0);
        long between = businessDays(dates[dates.length - 1]) - businessDays(dates[0]);
        boolean overWeekends = dates[dates.length - 1].toEpochDay() - dates[0].toEpochDay() > between;
        return weekdays && overWeekends && 2L * dates.length > between;
    }

    /** The number of business days from a Monday on up to a day that is one. */
    private static long businessDays(LocalDate date) {
        long sinceMonday = date.toEpochDay() + 3;
        return Math.floorDiv(sinceMonday, 7) * 5 + Math.floorMod(sinceMonday, 7);
    }

    /** The most frequent difference of neighbours, of equally frequent ones the least. */
    private static long mostFrequent(int count, IntToLongFunction values) {
        Map<Long, Integer> frequencies = new HashMap<>();
        for (int i = 1; i < count; i++) {
            frequencies.merge(values.applyAsLong(i) - values.applyAsLong(i - 1), 1, Integer::sum);
        }
        return frequencies.entrySet().stream().max(Map.Entry.<Long, Integer>comparingByValue().thenComparing(entry -> -entry.getKey()))
                .orElseThrow().getKey();
    }
}
