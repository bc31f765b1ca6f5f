package org.tidegate.cli;

/**
 * A task that can be trained: one public class with a picocli {@code @Command} whose name is the word after {@code tidegate train},
 * named in META-INF/services.
 */
public abstract class TrainingTask extends ScreenCommand {
    /** For the tasks. */
    protected TrainingTask() {}
}
