package org.tidegate.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** {@code tidegate compare WHAT}: models of several kinds on the same data. */
@Command(name = "compare", description = "Trains models of several kinds on the same data and shows what each reaches.",
        synopsisSubcommandLabel = "WHAT", subcommands = {CompareLanguageModels.class, CompareMemory.class},
        footer = {"",
            "@|bold Examples:|@",
            "  tidegate compare lm --data notes.txt",
            "  tidegate compare memory --task adding"})
final class CompareCommand extends ScreenCommand {
    @Override
    public Integer call() {
        throw new ParameterException(spec().commandLine(),
                "compare what? One of: " + String.join(", ", spec().subcommands().keySet()));
    }
}
