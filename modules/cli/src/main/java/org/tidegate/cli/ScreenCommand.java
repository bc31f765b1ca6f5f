package org.tidegate.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that writes to the screen of the command line it is part of. */
public abstract class ScreenCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** For the commands. */
    protected ScreenCommand() {}

    Screen screen() {
        return ((TidegateCommand) spec.root().userObject()).screen();
    }

    CommandSpec spec() {
        return spec;
    }

    /** The name by which the user runs this program, from the launcher. */
    static String program() {
        return quoted(System.getProperty("tidegate.command", "tidegate"));
    }

    /** The command line with one more option. */
    String againWith(String option) {
        List<String> words = new ArrayList<>(spec.root().commandLine().getParseResult().originalArgs());
        if (!words.contains(option)) {
            words.add(option);
        }
        return program() + " " + words.stream().map(ScreenCommand::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
