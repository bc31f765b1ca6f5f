package org.tidegate.task.classify;

import java.util.Locale;
import org.tidegate.task.Figures;

/**
 * What a training measured on its held-out texts: the model beside naive Bayes, which learned from the same texts.
 *
 * @param texts how many texts were held out
 * @param model the accuracy of the model, or where a text may have several labels its micro F1
 * @param naiveBayes that of multinomial naive Bayes over words with add-one smoothing
 */
public record HeldOutFigures(int texts, double model, double naiveBayes) {
    /**
     * Checks the values.
     *
     * @param texts how many texts were held out
     * @param model the accuracy of the model, or where a text may have several labels its micro F1
     * @param naiveBayes that of multinomial naive Bayes over words with add-one smoothing
     * @throws IllegalArgumentException if there are no texts, or a share is not from 0 to 1
     */
    public HeldOutFigures {
        if (texts < 1 || !(model >= 0 && model <= 1) || !(naiveBayes >= 0 && naiveBayes <= 1)) {
            throw new IllegalArgumentException("figures " + model + " and " + naiveBayes + " of " + texts + " held-out texts; expected"
                    + " shares from 0 to 1 of one text or more");
        }
    }

    /** {@return whether the model is better than naive Bayes} */
    public boolean beatsNaiveBayes() {
        return model > naiveBayes;
    }

    /** Adds them to figures; the name is that of the model's figure. */
    void put(Figures.Builder figures, String name) {
        figures.put("held_out_texts", texts, "").put("held_out_" + name, model, String.format(Locale.ROOT, "%.4f, of %,d texts", model,
                texts)).put("naive_bayes_held_out", naiveBayes, String.format(Locale.ROOT, "%.4f, of counting words, on the same texts",
                naiveBayes))
                .put("beats_naive_bayes", beatsNaiveBayes(), verdict());
    }

    private String verdict() {
        if (beatsNaiveBayes()) {
            return "yes";
        }
        if (model == naiveBayes) {
            return "no, it equals it";
        }
        double standardError = Math.sqrt(naiveBayes * (1 - naiveBayes) / texts);
        return naiveBayes - model <= standardError ? "no, but by no more than chance"
                : "NO, counting words does better: leave it the wide path, try a smaller network, more dropout, word vectors to begin with, or more"
                        + " texts";
    }
}
