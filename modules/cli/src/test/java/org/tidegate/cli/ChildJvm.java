package org.tidegate.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands that run Java in a process of its own, with the options given here and none of the caller's environment. */
final class ChildJvm {
    /** The variables whose options a JVM adds to its own and tells of on its standard error. */
    private static final List<String> VARIABLES = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private ChildJvm() {}

    /** A JVM over this one's class path; what it prints and its errors come as one stream. */
    static ProcessBuilder of(List<String> options, Class<?> program, String... arguments) {
        return of(options, System.getProperty("java.class.path"), program, arguments);
    }

    /** A JVM over another class path. */
    static ProcessBuilder of(List<String> options, String classPath, Class<?> program, String... arguments) {
        return of(options, List.of("-cp", classPath, program.getName()), arguments);
    }

    /** A JVM over a module path, and a program MODULE/CLASS. */
    static ProcessBuilder ofModule(List<String> options, String modulePath, String program, String... arguments) {
        return of(options, List.of("--module-path", modulePath, "--module", program), arguments);
    }

    private static ProcessBuilder of(List<String> options, List<String> program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(program);
        command.addAll(List.of(arguments));
        ProcessBuilder process = new ProcessBuilder(command).redirectErrorStream(true);
        process.environment().keySet().removeAll(VARIABLES);
        return process;
    }
}
