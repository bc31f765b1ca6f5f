/* What a terminal shows of the server's log. */
package org.tidegate.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** A line for each record, {@code 17:42:07 mood 1: replaced}; of the libraries only what went wrong. */
final class Console extends Formatter {
    private static final Logger OWN = Logger.getLogger("org.tidegate"); // held, for a logger that nobody holds forgets its level
    private static final List<Logger> LIBRARIES = List.of(Logger.getLogger("org.eclipse.jetty"), Logger.getLogger("io.grpc"),
            Logger.getLogger("io.micrometer"), Logger.getLogger("io.prometheus"));

    private Console() {}

    /** Formats what this process logs, unless it was configured otherwise, and leaves out all but warnings. */
    static void quiet() {
        if (System.getProperty("java.util.logging.config.file") != null || System.getProperty("java.util.logging.config.class") != null) {
            return;
        }
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.setFormatter(new Console());
        }
        OWN.setLevel(Level.WARNING);
        LIBRARIES.forEach(library -> library.setLevel(Level.WARNING));
    }

    /** Shows what the server says of itself, too. */
    static void open() {
        if (OWN.getLevel() == Level.WARNING) {
            OWN.setLevel(Level.INFO);
        }
    }

    @Override
    public String format(LogRecord record) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        out.printf("%tT %s%n", record.getMillis(), formatMessage(record));
        if (record.getThrown() != null) {
            record.getThrown().printStackTrace(out);
        }
        return text.toString();
    }
}
