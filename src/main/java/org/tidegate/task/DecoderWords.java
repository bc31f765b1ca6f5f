package org.tidegate.task;

import java.util.Arrays;
import org.tidegate.text.Vocabulary;

/** What a decoder writes and reads of a text while it learns by teacher forcing: it reads what it should have written a step before. */
final class DecoderWords {
    private DecoderWords() {}

    /** What is to be written: the words and the end sign. */
    static int[] ended(Vocabulary vocabulary, int... words) {
        int[] ended = Arrays.copyOf(words, words.length + 1);
        ended[words.length] = vocabulary.endId();
        return ended;
    }

    /** What is read of what is to be written: the begin sign and the words, without the end sign. */
    static int[] begun(Vocabulary vocabulary, int... ended) {
        int[] begun = new int[ended.length];
        begun[0] = vocabulary.beginId();
        System.arraycopy(ended, 0, begun, 1, ended.length - 1);
        return begun;
    }
}
