package org.tidegate.task.transcribe;

import java.util.List;
import java.util.stream.IntStream;
import org.tidegate.audio.Recording;
import org.tidegate.text.Unicode;
import org.tidegate.text.Vocabulary;

/**
 * The CTC labels of a {@link Transcriber}: 0 is the blank, 1 … C−1 are the letters of the training texts, the code points of their composed
 * form NFC. Immutable.
 */
public final class Letters {
    static final int BLANK = 0;

    private final Vocabulary vocabulary;

    /** Over the letters of a vocabulary of code points without special tokens. */
    Letters(Vocabulary vocabulary) {
        if (vocabulary.unit() != Vocabulary.Unit.CODE_POINT || vocabulary.specials() > 0) {
            throw new IllegalArgumentException("the letters are " + vocabulary + "; expected code points without special tokens");
        }
        this.vocabulary = vocabulary;
    }

    /**
     * The letters of all texts.
     *
     * @throws IllegalArgumentException if all texts are empty
     */
    static Letters of(List<Recording> recordings) {
        var builder = Vocabulary.builder(Vocabulary.Unit.CODE_POINT).refuseUnknown();
        recordings.forEach(recording -> builder.add(recording.text()));
        // Joined recordings have a space between their texts.
        return new Letters(builder.add(" ").build());
    }

    /** {@return the letters; label 1 is token 0} */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** {@return the number of labels C, the blank included} */
    public int labels() {
        return vocabulary.size() + 1;
    }

    /** The letter of a label that is not the blank. */
    String letter(int label) {
        return vocabulary.token(label - 1);
    }

    /** The text of labels. */
    String text(int... labels) {
        StringBuilder text = new StringBuilder();
        for (int label : labels) {
            text.append(letter(label));
        }
        return text.toString();
    }

    /** The number of letters of a text that the vocabulary lacks. */
    long unknown(String text) {
        return Unicode.nfc(text).codePoints().filter(letter -> vocabulary.id(Character.toString(letter)) < 0).count();
    }

    /**
     * The labels of a recording's transcript; fails if a letter is not in the vocabulary.
     *
     * @throws IllegalArgumentException if it has a letter that the model does not know
     */
    int[] labels(String name, String text) {
        return Unicode.nfc(text).codePoints().map(letter -> {
            int id = vocabulary.id(Character.toString(letter));
            if (id < 0) {
                throw new IllegalArgumentException(name + ": the letter \"" + Character.toString(letter) + "\" of \"" + text
                        + "\" was not seen in training; the letters are \"" + vocabulary.decode(all())
                        + "\". Leave the recording out, or train on data that has the letter");
            }
            return id + 1;
        }).toArray();
    }

    /** The minimum number of steps for labels under CTC: one each, and one for the blank between two equal ones. */
    static int steps(int... labels) {
        int steps = labels.length;
        for (int i = 1; i < labels.length; i++) {
            steps += labels[i] == labels[i - 1] ? 1 : 0;
        }
        return steps;
    }

    private int[] all() {
        return IntStream.range(0, vocabulary.size()).toArray();
    }
}
