package org.tidegate.cli;

import java.util.ServiceLoader;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** {@code tidegate train TASK}: the tasks are the providers of {@link TaskCommand}. */
@Command(name = "train", description = "Trains a model for a task.", synopsisSubcommandLabel = "TASK",
        footer = {"",
            "@|bold Example:|@",
            "  tidegate train lm --text notes.txt --out notes.safetensors"})
final class TrainCommand extends ScreenCommand {

    /** Adds a subcommand for each task on the class path. */
    static void addTasks(CommandLine train) {
        ServiceLoader.load(TaskCommand.class).stream().forEach(task -> train.addSubcommand(task.type()));
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec().commandLine(),
                "train what? One of: " + spec().subcommands().values().stream().map(CommandLine::getCommandSpec)
                        .filter(task -> !task.usageMessage().hidden()).map(CommandSpec::name).collect(Collectors.joining(", ")));
    }
}
