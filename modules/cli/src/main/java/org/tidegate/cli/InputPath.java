package org.tidegate.cli;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.tidegate.text.InputFile;
import picocli.CommandLine.ITypeConverter;

/** A file that is read, as a command line names it: - is standard input. */
final class InputPath implements ITypeConverter<Path> {
    /** The name of standard input. */
    static final String STANDARD_INPUT = "-";

    private static final Pattern STANDARD_INPUT_FILE =
            Pattern.compile(Pattern.quote(InputFile.STANDARD_INPUT.toString()) + "(?![\\w/.-])");

    static Path of(String name) {
        return name.equals(STANDARD_INPUT) ? InputFile.STANDARD_INPUT : Path.of(name);
    }

    /** A message in which standard input is called by its name, not by that of the file that stands for it. */
    static String asGiven(String message) {
        return STANDARD_INPUT_FILE.matcher(message).replaceAll("standard input");
    }

    @Override
    public Path convert(String name) {
        return of(name);
    }
}
