package org.tidegate.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SplitTest {
    @Test
    void theTailIsHeldOut() {
        assertEquals(new Split("012345678901234567", "89A"), Split.tail("01234567890123456789A", 0.1));
        assertEquals(new Split("a", "b"), Split.tail("ab", 0.5));
    }

    @Test
    void aSurrogatePairIsNotTorn() {
        String face = "\uD83D\uDE00";
        assertEquals(new Split(face.repeat(3), face), Split.tail(face.repeat(4), 0.25));
    }

    @Test
    void linesAreShuffledByTheSeedAndNoneIsLost() {
        String text = IntStream.range(0, 100).mapToObj(Integer::toString).collect(Collectors.joining("\n"));
        Split split = Split.lines(text, 0.1, 4);
        assertEquals(10, split.heldOut().lines().count());
        assertEquals(IntStream.range(0, 100).boxed().toList(),
                Stream.concat(split.train().lines(), split.heldOut().lines()).map(Integer::valueOf).sorted().toList());
        assertEquals(split, Split.lines(text, 0.1, 4));
        assertNotEquals(split, Split.lines(text, 0.1, 5));
    }

    @Test
    void partsThatWouldBeEmptyAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Split.tail("", 0.1));
        assertThrows(IllegalArgumentException.class, () -> Split.tail("a", 0.5));
        assertThrows(IllegalArgumentException.class, () -> Split.lines("one line", 0.1, 1));
        assertThrows(IllegalArgumentException.class, () -> Split.tail("abc", 0));
        assertThrows(IllegalArgumentException.class, () -> Split.tail("abc", 1));
    }
}
