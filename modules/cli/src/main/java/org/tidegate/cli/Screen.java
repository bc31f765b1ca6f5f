package org.tidegate.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The output of a command: results and log lines to out, errors to err. On a terminal ("live") there may be one line that keeps
 * changing, under the printed ones; otherwise only plain lines are written, once each. All text passes through {@link Printable}, save for
 * a result in a pipe or a file. Its methods may be called from any thread.
 */
final class Screen {
    private static final String CLEAR_LINE = "\r\u001B[K";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean live;
    private final boolean raw; // whether results are written as they are
    private final int columns;
    private String status = "";
    private boolean lost;

    Screen(PrintStream out, PrintStream err, boolean live, int columns) {
        this(out, err, live, !live, columns);
    }

    private Screen(PrintStream out, PrintStream err, boolean live, boolean raw, int columns) {
        this.out = out;
        this.err = err;
        this.live = live;
        this.raw = raw;
        this.columns = columns;
    }

    /**
     * The screen of this process. The launcher sets tidegate.terminal, whether both outputs are a terminal, and tidegate.columns, its
     * width; without the launcher the JVM's own guess is taken.
     */
    static Screen ofProcess(PrintStream out, PrintStream err) {
        String terminal = System.getProperty("tidegate.terminal");
        boolean live = terminal == null ? System.console() != null : Boolean.parseBoolean(terminal);
        return new Screen(out, err, live && !"dumb".equals(System.getenv("TERM")), isPipe() || isFile(),
                Integer.getInteger("tidegate.columns", 80));
    }

    /** What standard output leads to: the name of a file, "pipe:[1234]", "/dev/pts/0"; empty if the system does not say. */
    private static String target() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether the reader of this process's output may go away before its end. */
    static boolean isPipe() {
        return target().startsWith("pipe:") || target().startsWith("socket:");
    }

    private static boolean isFile() {
        return Files.isRegularFile(Path.of("/proc/self/fd/1"));
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
        print(Printable.lines(text));
    }

    /** Writes a line that is a result by itself, such as a translation: as it is, unless it goes to a terminal. */
    synchronized void result(String text) {
        print(raw ? text : Printable.lines(text));
    }

    /** Whether a line could not be written: its reader has gone, or the disk is full. */
    synchronized boolean lost() {
        return lost;
    }

    private void print(String text) {
        erase();
        out.println(text);
        lost |= out.checkError(); // flushes
        draw();
    }

    synchronized void line(String format, Object... arguments) {
        line(String.format(java.util.Locale.ROOT, format, arguments));
    }

    /** Writes an error line. */
    synchronized void error(String text) {
        erase();
        err.println(Printable.lines(text));
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
