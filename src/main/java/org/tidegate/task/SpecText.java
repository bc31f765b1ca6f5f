package org.tidegate.task;

import java.util.Locale;

/** A network as text while a builder writes it, line by line. */
final class SpecText {
    private final StringBuilder text = new StringBuilder();

    /** Adds a line, formatted without the user's locale. */
    void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /** Adds dropout after a node, where there is some; the name of what is left of the node. */
    String dropped(String node, double probability) {
        return dropped(node, probability, "");
    }

    /** As {@link #dropped(String, double)}, with further attributes: {@code " per=sequence"}. */
    String dropped(String node, double probability, String attributes) {
        if (probability == 0) {
            return node;
        }
        line("%s_dropped = dropout %s p=%s%s", node, node, probability, attributes);
        return node + "_dropped";
    }

    /** The text so far. */
    @Override
    public String toString() {
        return text.toString();
    }
}
