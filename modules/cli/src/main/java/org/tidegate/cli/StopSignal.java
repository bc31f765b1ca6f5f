package org.tidegate.cli;

import java.util.ArrayList;
import java.util.List;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C (or a kill) while it is open: the first makes {@link #requested} true, so that the training ends after its step and is
 * saved; the second ends the process at once.
 *
 * <p>A shutdown hook would be too late: in it the JVM refuses much of what saving and drawing need.
 */
final class StopSignal implements AutoCloseable {
    private final List<Runnable> restore = new ArrayList<>();
    private volatile boolean requested;

    StopSignal(Screen screen) {
        for (String name : List.of("INT", "TERM")) {
            Signal signal = new Signal(name);
            SignalHandler before = Signal.handle(signal, received -> {
                if (requested) {
                    Runtime.getRuntime().halt(Failures.INTERRUPTED);
                }
                requested = true;
                screen.line("stopping after this step; once more leaves at once");
            });
            restore.add(() -> Signal.handle(signal, before));
            // A background process of a script ignores Ctrl-C, and must keep to that.
            if (before == SignalHandler.SIG_IGN) {
                Signal.handle(signal, before);
            }
        }
    }

    boolean requested() {
        return requested;
    }

    @Override
    public void close() {
        restore.forEach(Runnable::run);
    }
}
