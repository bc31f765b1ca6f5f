package org.tidegate.cli;

import org.tidegate.task.lm.LanguageModelBuilder;
import picocli.CommandLine.Option;

/** The regularisation options of a language model besides --dropout: those of the AWD-LSTM. */
final class RegularizationOptions {
    @Option(names = "--embedding-dropout", defaultValue = "0", paramLabel = "P",
            description = "Dropout probability of the embeddings (${DEFAULT-VALUE}).")
    private double embeddingDropout;

    @Option(names = "--dropout-mask", defaultValue = "element",
            description = "What dropout draws: every element anew (element), or one mask for all steps of a sequence (sequence)"
                    + " (${DEFAULT-VALUE}).")
    private Mask mask;

    @Option(names = "--weight-drop", defaultValue = "0", paramLabel = "P",
            description = "Probability of dropping a weight from state to state (${DEFAULT-VALUE}).")
    private double weightDrop;

    @Option(names = "--ar", defaultValue = "0", paramLabel = "A",
            description = "Adds A times the mean square of the outputs to the loss (${DEFAULT-VALUE}).")
    private double activation;

    @Option(names = "--tar", defaultValue = "0", paramLabel = "B",
            description = "Adds B times the mean squared difference of neighbouring outputs to the loss (${DEFAULT-VALUE}).")
    private double temporal;

    private enum Mask { ELEMENT, SEQUENCE }

    /** Sets the options of a builder. */
    LanguageModelBuilder put(LanguageModelBuilder builder) {
        return builder.embeddingDropout(embeddingDropout).sequenceMasks(mask == Mask.SEQUENCE).weightDrop(weightDrop)
                .activationRegularization(activation).temporalActivationRegularization(temporal);
    }
}
