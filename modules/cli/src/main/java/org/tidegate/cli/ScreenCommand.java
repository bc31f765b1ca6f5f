package org.tidegate.cli;

import java.util.concurrent.Callable;
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
}
