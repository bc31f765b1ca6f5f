package org.tidegate.cli;

import java.io.PrintStream;

/**
 * The output of a command: results and log lines to out, errors to err. On a terminal ("live") there may be one line that keeps
 * changing, under the printed ones; otherwise only plain lines are written, once each. Its methods may be called from any thread.
 */
final class Screen {
    private static final String CLEAR_LINE = "\r\u001B[K";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean live;
    private final int columns;
    private String status = "";

    Screen(PrintStream out, PrintStream err, boolean live, int columns) {
        this.out = out;
        this.err = err;
        this.live = live;
        this.columns = columns;
    }

    /**
     * The screen of this process. The launcher sets tidegate.terminal, whether both outputs are a terminal, and tidegate.columns, its
     * width; without the launcher the JVM's own guess is taken.
     */
    static Screen ofProcess(PrintStream out, PrintStream err) {
        String terminal = System.getProperty("tidegate.terminal");
        boolean live = terminal == null ? System.console() != null : Boolean.parseBoolean(terminal);
        return new Screen(out, err, live && !"dumb".equals(System.getenv("TERM")), Integer.getInteger("tidegate.columns", 80));
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    /** Whether it is a terminal. */
    boolean live() {
        return live;
    }

    int columns() {
        return columns;
    }

    /** Writes a line to the output, above the live line. */
    synchronized void line(String text) {
        erase();
        out.println(text);
        out.flush();
        draw();
    }

    synchronized void line(String format, Object... arguments) {
        line(String.format(java.util.Locale.ROOT, format, arguments));
    }

    /** Writes an error line. */
    synchronized void error(String text) {
        erase();
        err.println(text);
        err.flush();
        draw();
    }

    /** Replaces the live line; "" removes it. Without a terminal nothing happens. */
    synchronized void status(String text) {
        if (live) {
            erase();
            status = text;
            draw();
        }
    }

    private void erase() {
        if (!status.isEmpty()) {
            err.print(CLEAR_LINE);
            err.flush();
        }
    }

    private void draw() {
        if (!status.isEmpty()) {
            err.print(status);
            err.flush();
        }
    }
}
