package org.tidegate.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.tidegate.Cell;
import org.tidegate.server.ServeCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The {@code tidegate} command. Exit codes: 0 done, 1 it failed, 2 it was called wrongly, 130 stopped by Ctrl-C, 141 the reader of its
 * answers has gone.
 */
@Command(name = "tidegate", versionProvider = Version.class, sortOptions = false,
        description = "Trains and runs recurrent neural networks (vanilla RNN, LSTM, GRU) on this machine's processor.",
        subcommands = {TrainCommand.class, PredictCommand.class, GenerateCommand.class, EvaluateCommand.class, CompareCommand.class,
            ServeCommand.class, InspectCommand.class, ImportCommand.class, ExportCommand.class, DemoCommand.class, CompletionCommand.class},
        footer = {"",
            "@|bold In the project's folder also:|@",
            "  test     every test of the project",
            "  soak     the long forms of the tests, about an hour",
            "  bench    what Tidegate costs on this machine, alone or beside other libraries",
            "  package  an archive with the command, for machines that have a Java runtime",
            "",
            "@FILE stands for the arguments that a file holds.",
            "",
            "@|bold Example:|@ a model of your own text, then a sample of it",
            "  tidegate train lm --text notes.txt --out notes.safetensors",
            "  tidegate generate --model notes.safetensors --prompt \"Today \" --length 200"})
public final class TidegateCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Show this help and leave.")
    private boolean help;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show the version and leave.")
    private boolean version;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show where an error came from.")
    private boolean verbose;

    private final Screen screen;

    TidegateCommand(Screen screen) {
        this.screen = screen;
    }

    /** The entry point of the launcher. */
    public static void main(String[] arguments) {
        CheckedOutput file = new CheckedOutput(new FileOutputStream(FileDescriptor.out));
        PrintStream out = new PrintStream(file, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int code = execute(Screen.ofProcess(out, err), arguments);
        out.flush();
        if (file.failure() != null && !Screen.isPipe()) { // the reader of a pipe may go when it has enough
            err.println("tidegate: standard output cannot be written: " + file.failure().getMessage());
            code = code == 0 ? Failures.FAILED : code;
        }
        System.exit(code);
    }

    /** Runs one command line and returns its exit code. */
    static int execute(Screen screen, String... arguments) {
        try {
            return commandLine(screen).execute(arguments);
        } catch (OutOfMemoryError e) {
            return Failures.outOfMemory(screen);
        }
    }

    Screen screen() {
        return screen;
    }

    static CommandLine commandLine(Screen screen) {
        TidegateCommand root = new TidegateCommand(screen);
        CommandLine line = new CommandLine(root);
        TrainCommand.addTasks(line.getSubcommands().get("train"));
        line.setOut(new PrintWriter(screen.out(), true));
        line.setErr(new PrintWriter(screen.err(), true));
        line.setColorScheme(Help.defaultColorScheme(screen.live() ? Help.Ansi.ON : Help.Ansi.OFF));
        line.setUsageHelpWidth(Math.max(80, Math.min(screen.columns(), 110)));
        line.setUsageHelpAutoWidth(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.registerConverter(Cell.class, TidegateCommand::cell);
        line.registerConverter(Units.class, Units::of);
        Failures failures = new Failures(screen, () -> root.verbose || System.getenv("TIDEGATE_DEBUG") != null);
        line.setParameterExceptionHandler(failures::wrongCall);
        line.setExecutionExceptionHandler(failures::failed);
        return line;
    }

    private static Cell cell(String name) {
        return Arrays.stream(Cell.values()).filter(cell -> cell.spec().equals(name.toLowerCase(Locale.ROOT))).findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + name + "' is not a cell; expected one of "
                        + Arrays.stream(Cell.values()).map(Cell::spec).collect(Collectors.joining(", "))));
    }

    @Override
    public void run() {
        if (spec.commandLine().getParseResult().originalArgs().isEmpty()) {
            spec.commandLine().usage(screen.out());
            return;
        }
        throw new ParameterException(spec.commandLine(), "which command? One of: " + String.join(", ", spec.subcommands().keySet()));
    }
}
