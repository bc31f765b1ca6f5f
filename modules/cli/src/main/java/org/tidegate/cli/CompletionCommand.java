package org.tidegate.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tidegate completion}: what a shell needs to complete commands and options. */
@Command(name = "completion", sortOptions = false, description = "Writes the script by which a shell completes commands and options.",
        footer = {"",
            "For the running shell: source <(tidegate completion bash). For every shell put this line into ~/.bashrc or ~/.zshrc, or the output"
                + " into a file that is read there.",
            "",
            "@|bold Example:|@",
            "  tidegate completion bash"})
final class CompletionCommand extends ScreenCommand {
    /** The shells, which read the same script. */
    enum ShellName { BASH, ZSH }

    @Parameters(index = "0", defaultValue = "BASH", paramLabel = "SHELL", description = "bash or zsh; ${DEFAULT-VALUE} if not given.")
    private ShellName shell;

    @Override
    public Integer call() {
        screen().out().print(AutoComplete.bash("tidegate", spec().root().commandLine()));
        return 0;
    }
}
