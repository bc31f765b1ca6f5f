package org.tidegate.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/** Cuts inputs into groups of similar lengths, so that the steps of a batch have many rows until the end. */
final class Groups {
    private Groups() {}

    /** The numbers of the inputs, group by group, the shortest first; equal lengths keep their order. */
    static <I> List<List<Integer>> of(List<I> inputs, ToIntFunction<? super I> length, int size) {
        // Once each: some tasks must split a text to know its length.
        int[] lengths = inputs.stream().mapToInt(length).toArray();
        List<Integer> order = IntStream.range(0, lengths.length).boxed().sorted(Comparator.comparingInt(i -> lengths[i])).toList();
        List<List<Integer>> groups = new ArrayList<>();
        for (int from = 0; from < lengths.length; from += size) {
            groups.add(order.subList(from, Math.min(from + size, lengths.length)));
        }
        return groups;
    }
}
