package org.tidegate.decode;

import java.util.Arrays;
import org.tidegate.text.Vocabulary;

/** What a decoder reads and writes of a text in teacher forcing: in each step it reads the word that it should have written before. */
public final class DecoderWords {
    private DecoderWords() {}

    /** What is to be written: the words and the end sign, of a vocabulary that has one. */
    public static int[] ended(Vocabulary vocabulary, int... words) {
        int[] ended = Arrays.copyOf(words, words.length + 1);
        ended[words.length] = vocabulary.endId();
        return ended;
    }

    /** What is read while that is written: the begin sign and the words, without the end sign. */
    public static int[] begun(Vocabulary vocabulary, int... ended) {
        int[] begun = new int[ended.length];
        begun[0] = vocabulary.beginId();
        System.arraycopy(ended, 0, begun, 1, ended.length - 1);
        return begun;
    }
}
