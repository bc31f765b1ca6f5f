package org.tidegate.cli;

import java.nio.file.Path;
import org.tidegate.text.InputFile;
import picocli.CommandLine.ITypeConverter;

/** A file that is read, as a command line names it: - is standard input. */
final class InputPath implements ITypeConverter<Path> {
    /** The name of standard input. */
    static final String STANDARD_INPUT = "-";

    static Path of(String name) {
        return name.equals(STANDARD_INPUT) ? InputFile.STANDARD_INPUT : Path.of(name);
    }

    @Override
    public Path convert(String name) {
        return of(name);
    }
}
