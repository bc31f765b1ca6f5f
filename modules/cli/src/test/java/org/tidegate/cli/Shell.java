package org.tidegate.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** Reads command lines as a shell would, as far as the documents need: words and double quotes. */
final class Shell {
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    private Shell() {}

    static CommandLine commandLine() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        return TidegateCommand.commandLine(new Screen(nowhere, nowhere, false, 80));
    }

    /** Parses "tidegate …"; what the command does not understand is an exception. */
    static void parse(String line) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(line);
        while (matcher.find()) {
            words.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
        }
        commandLine().parseArgs(words.subList(1, words.size()).toArray(String[]::new));
    }
}
