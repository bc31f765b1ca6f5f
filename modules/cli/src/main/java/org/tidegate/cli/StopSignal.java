package org.tidegate.cli;

import java.util.ArrayList;
import java.util.List;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C, a kill or the end of its terminal while it is open: the first makes {@link #requested} true, so that the training ends after its
 * step and is saved; the second ends the process at once. A terminal's end alone never does: the shell and the system each report it.
 *
 * <p>A shutdown hook would be too late: in it the JVM refuses much of what saving and drawing need.
 */
final class StopSignal implements AutoCloseable {
    private static final String HANG_UP = "HUP";

    private final List<Runnable> restore = new ArrayList<>();
    private volatile boolean requested;

    StopSignal(Screen screen) {
        for (String name : List.of("INT", "TERM", HANG_UP)) {
            Signal signal = new Signal(name);
            SignalHandler before = Signal.handle(signal, received -> {
                if (!requested) {
                    requested = true;
                    screen.line("stopping after this step; once more leaves at once");
                } else if (!name.equals(HANG_UP)) {
                    Runtime.getRuntime().halt(Failures.INTERRUPTED);
                }
            });
            restore.add(() -> Signal.handle(signal, before));
            // A background process of a script ignores Ctrl-C, one under nohup its terminal's end, and they must keep to that.
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
