package org.tidegate.task.transcribe;

import java.util.Locale;
import org.tidegate.metrics.Bootstrap;
import org.tidegate.metrics.EditDistance;
import org.tidegate.task.Evaluation;
import org.tidegate.task.Figures;
import org.tidegate.text.Unicode;

/**
 * The evaluation of a transcriber on recordings.
 *
 * @param exact the share of recordings whose text is exactly right
 * @param letterErrorRate insertions, deletions and substitutions ÷ letters of the references; may be above 1
 * @param wordErrorRate the same for words
 * @param unknown the number of letters of the references that are not in the vocabulary, and so are errors
 * @param loss the mean loss, nats per letter of the recordings whose transcript can be scored; NaN if there is none
 * @param figures all figures
 */
public record TranscriptionEvaluation(double exact, double letterErrorRate, double wordErrorRate, long unknown, double loss,
        Figures figures) implements Evaluation {

    /** Counts recordings one by one. */
    static final class Counts {
        private int recordings;
        private int exact;
        private long letters;
        private long letterErrors;
        private long words;
        private long wordErrors;
        private long unknown;
        private double seconds;
        private final Bootstrap ofRecordings = new Bootstrap();
        private final Bootstrap ofLetters = new Bootstrap();
        private final Bootstrap ofWords = new Bootstrap();

        void add(String transcript, String heard, long unknownLetters, double length) {
            String right = Unicode.nfc(transcript);
            recordings++;
            int same = right.equals(heard) ? 1 : 0;
            exact += same;
            ofRecordings.add(same, 1);
            long itsLetters = right.codePoints().count();
            int wrongLetters = EditDistance.ofLetters(heard, right);
            int itsWords = EditDistance.words(right).size();
            int wrongWords = EditDistance.ofWords(heard, right);
            letters += itsLetters;
            letterErrors += wrongLetters;
            words += itsWords;
            wordErrors += wrongWords;
            ofLetters.add(wrongLetters, itsLetters);
            ofWords.add(wrongWords, itsWords);
            unknown += unknownLetters;
            seconds += length;
        }

        TranscriptionEvaluation evaluation(double loss, Figures.Builder figures) {
            double exactRate = (double) exact / recordings;
            double letterErrorRate = (double) letterErrors / letters;
            double wordErrorRate = (double) wordErrors / words;
            return new TranscriptionEvaluation(exactRate, letterErrorRate, wordErrorRate, unknown, loss, figures
                    .put("exact", exactRate, String.format(Locale.ROOT, "%.4f: %,d of %,d recordings", exactRate, exact, recordings))
                    .interval("exact", ofRecordings.ratio())
                    .put("letter_error_rate", letterErrorRate, String.format(Locale.ROOT, "%.4f: %,d of %,d letters%s", letterErrorRate,
                            letterErrors, letters,
                            unknown == 0 ? "" : String.format(Locale.ROOT, ", %,d of them unknown to the model", unknown)))
                    .interval("letter_error_rate", ofLetters.ratio())
                    .put("word_error_rate", wordErrorRate, String.format(Locale.ROOT, "%.4f: %,d of %,d words", wordErrorRate, wordErrors,
                            words))
                    .interval("word_error_rate", ofWords.ratio())
                    .put("letters", letters, "").put("unknown_letters", unknown, "").put("words", words, "")
                    .put("seconds", seconds, String.format(Locale.ROOT, "%.0f of sound", seconds)).build());
        }
    }
}
