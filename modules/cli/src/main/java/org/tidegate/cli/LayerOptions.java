package org.tidegate.cli;

import org.tidegate.Cell;
import org.tidegate.task.Layers;
import org.tidegate.task.RecurrentBuilder;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of a network's recurrent layers; their defaults are those of the task's builder. */
final class LayerOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--cell", description = "The recurrent cell: rnn, lstm, gru, … (${DEFAULT-VALUE}).")
    private Cell cell;

    @Option(names = "--hidden", paramLabel = "N", description = "Hidden size of a layer and direction (${DEFAULT-VALUE}).")
    private int hidden;

    @Option(names = "--layers", paramLabel = "N", description = "Recurrent layers (${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--dropout", paramLabel = "P", description = "Dropout probability (${DEFAULT-VALUE}).")
    private double dropout;

    /** Options with these defaults. */
    LayerOptions(Layers defaults) {
        cell = defaults.cell();
        hidden = defaults.hidden();
        layers = defaults.count();
        dropout = defaults.dropout();
    }

    /** Sets the hidden size, unless the command line has one. */
    void hiddenUnlessGiven(int units) {
        if (!command.commandLine().getParseResult().hasMatchedOption("--hidden")) {
            hidden = units;
        }
    }

    /** Sets the options of a builder. */
    <B extends RecurrentBuilder<B>> B put(B builder) {
        return builder.layers(new Layers(cell, hidden, layers, dropout));
    }
}
