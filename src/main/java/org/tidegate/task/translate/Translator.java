package org.tidegate.task.translate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.task.ExampleTrainable;

/**
 * Learns to translate sentences: an encoder reads one, a decoder that looks back at its words writes the other (Sutskever et al. 2014;
 * Bahdanau et al. 2015; Luong et al. 2015).
 *
 * <pre>{@code
 * List<SentencePair> pairs = SentencePair.read(List.of(Path.of("english-french.tsv")));
 * try (Translator model = Translator.builder(pairs).attention(Attention.GENERAL).build()) {
 *     model.train(pairs, Training.epochs(20).batch(64).learningRate(2e-3).clipNorm(1).validation(0.1));
 *     model.save(Path.of("french.safetensors"));
 * }
 * try (TranslatorAnswers french = Translator.open(Path.of("french.safetensors"), Precision.FLOAT32)) {
 *     System.out.println(french.translate("I am cold.").text());    // any number of threads may ask
 * }
 * }</pre>
 */
public final class Translator extends ExampleTrainable<SentencePair, TranslatorReading, TranslatorAnswers> {
    /** The task's name. */
    public static final String TASK = "translate";

    private static final TranslatorFormat FORMAT = new TranslatorFormat();

    Translator(TranslatorReading reading, Model model) {
        super(FORMAT, reading, model);
    }

    /**
     * {@return a builder for a new model whose vocabularies are the words of these pairs}
     *
     * @param pairs the training pairs
     */
    public static TranslatorBuilder builder(List<SentencePair> pairs) {
        return new TranslatorBuilder(pairs);
    }

    /**
     * Loads a model to train it further: {@link TranslatorFormat#load}. The caller closes it.
     *
     * @param file the model's file
     * @return the model
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static Translator load(Path file) throws IOException {
        return FORMAT.load(file);
    }

    /**
     * Opens a model's file for inference: {@link TranslatorFormat#open(Path, Precision)}. The caller closes it.
     *
     * @param file the model's file
     * @param precision the precision of the weights
     * @return the answers
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static TranslatorAnswers open(Path file, Precision precision) throws IOException {
        return FORMAT.open(file, precision);
    }

    /** {@return the attention of its network} */
    public Attention attention() {
        return model().nodes().stream().filter(node -> node.name().equals(TranslatorReading.ATTENTION)).findFirst()
                .map(node -> node.op().equals("attention") ? Attention.valueOf(node.attribute("score").orElse("dot").toUpperCase(Locale.ROOT)) : Attention.BAHDANAU)
                .orElse(Attention.NONE);
    }

    /** {@return whether the decoder's embeddings are also the weights of its output layer} */
    public boolean tied() {
        return model().nodes().stream().anyMatch(node -> node.op().equals("tied_linear"));
    }

    /** {@return the label smoothing of its network's loss, 0 for none} */
    public double labelSmoothing() {
        return model().nodes().stream().flatMap(node -> node.attribute("label_smoothing").stream()).findFirst()
                .map(Double::parseDouble).orElse(0.0);
    }

    /**
     * Computes the attention weights of a translation.
     *
     * @param sentence the source sentence
     * @param words the translation's words
     * @return weights {@code [words + 1][source words + 1]}, each row with the sum 1; the last of both is the end token
     * @throws IllegalArgumentException if the sentence has no word
     * @throws IllegalStateException if the model has no attention, is closed, or another thread is using it
     */
    public double[][] attention(String sentence, List<String> words) {
        return alone(() -> {
            AttentionWeights weights = AttentionWeights.of(model()).orElseThrow(AttentionWeights::none);
            try (Session session = model().newSession()) {
                return weights.of(reading(), session, model().newBatch(), List.of(reading().source(sentence)),
                        List.of(reading().target(words))).get(0);
            }
        });
    }
}
