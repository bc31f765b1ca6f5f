package org.tidegate.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns an exception into one line for the user and an exit code; the stack trace is printed on request. */
final class Failures {
    static final int FAILED = 1;
    static final int WRONG_CALL = 2;
    /** The exit code of a shell for a program that Ctrl-C ended. */
    static final int INTERRUPTED = 130;
    /** The exit code of a shell for a program whose reader has gone, as {@code | head -1} does: 128 + SIGPIPE. */
    static final int READER_GONE = 141;

    /** The line that the JSON reader adds about its source, which is no help for a model's file. */
    private static final Pattern JSON_PLACE = Pattern.compile("\\R at \\[Source: [^\\n]*");

    private final Screen screen;
    private final BooleanSupplier verbose;

    Failures(Screen screen, BooleanSupplier verbose) {
        this.screen = screen;
        this.verbose = verbose;
    }

    int wrongCall(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        screen.error("tidegate: " + Printable.of(e.getMessage()));
        CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
        command.getErr().flush();
        screen.error("Try: " + command.getCommandSpec().qualifiedName() + " --help");
        trace(e);
        return WRONG_CALL;
    }

    int failed(Exception e, CommandLine command, ParseResult arguments) {
        screen.status("");
        if (e instanceof OutputLost) {
            return Screen.isPipe() ? READER_GONE : FAILED; // the reason is said at the end
        }
        screen.error("tidegate: " + Printable.of(describe(e)));
        trace(e);
        return FAILED;
    }

    static int outOfMemory(Screen screen) {
        screen.status("");
        screen.error("tidegate: Java's own memory, " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB, is too small for this; give it"
                + " more: TIDEGATE_JAVA_OPTIONS=-Xmx8g");
        return FAILED;
    }

    private void trace(Throwable e) {
        if (verbose.getAsBoolean()) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace, true));
            screen.error(trace.toString().stripTrailing());
        }
    }

    /** The message for a user. What Java's file errors leave out ("notes.txt" alone, for a missing file) is added. */
    static String describe(Throwable e) {
        return InputPath.asGiven(described(e));
    }

    private static String described(Throwable e) {
        if (e instanceof NoSuchFileException file && file.getReason() == null) {
            return file.getFile() + " does not exist";
        }
        if (e instanceof AccessDeniedException file) {
            return file.getFile() + ": permission denied";
        }
        if (e instanceof FileAlreadyExistsException file) {
            return file.getFile() + " exists and is no folder; give another name";
        }
        if (e instanceof FileSystemException file && file.getReason() != null) {
            return file.getFile() + ": " + file.getReason();
        }
        if (e instanceof java.io.UncheckedIOException && e.getCause().toString().equals(e.getMessage())) {
            return described(e.getCause());
        }
        return e.getMessage() == null || e.getMessage().isBlank() ? e.getClass().getSimpleName()
                : JSON_PLACE.matcher(e.getMessage()).replaceAll("");
    }
}
