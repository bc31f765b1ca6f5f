package org.tidegate.task;

import java.util.List;
import org.tidegate.Network;
import org.tidegate.Value;

/** Checks that a network has what a reading names; each check fails with an {@link IllegalArgumentException} that says what it found. */
public final class GraphCheck {
    private final Network network;

    private GraphCheck(Network network) {
        this.network = network;
    }

    /** Checks of a network. */
    public static GraphCheck of(Network network) {
        return new GraphCheck(network);
    }

    /** The network's axes are these. */
    public GraphCheck axes(String... names) {
        require(network.axes().equals(List.of(names)), "its graph has the axes " + network.axes() + "; expected " + List.of(names));
        return this;
    }

    /** There is an input of ids with one id for each step of an axis. */
    public GraphCheck ids(String input) {
        return ids(input, Value.Rows.PER_STEP);
    }

    /** There is an input of ids with these rows. */
    public GraphCheck ids(String input, Value.Rows rows) {
        Value value = network.value(input);
        require(value.input() && value.kind() == Value.Kind.IDS && value.rows() == rows, describe(value) + "; expected an input of ids, "
                + rows);
        return this;
    }

    /** There is an input of floats with these rows and columns. */
    public GraphCheck reals(String input, Value.Rows rows, long columns) {
        Value value = network.value(input);
        require(value.input() && value.kind() == Value.Kind.REAL && value.rows() == rows && value.columns() == columns,
                describe(value) + "; expected an input of " + columns + " floats, " + rows);
        return this;
    }

    /** There is an output of floats with these rows and columns. */
    public GraphCheck output(String name, Value.Rows rows, long columns) {
        Value value = network.value(name);
        require(!value.input() && value.kind() == Value.Kind.REAL && value.rows() == rows && value.columns() == columns,
                describe(value) + "; expected an output of " + columns + " floats, " + rows);
        return this;
    }

    /** The node, an embedding or one-hot rows, has so many different ids. */
    public GraphCheck idsOf(String node, long ids) {
        String rows = network.node(node).attribute("rows").orElse("none");
        require(rows.equals(Long.toString(ids)), "its node '" + node + "' has rows for " + rows + " ids; expected " + ids);
        return this;
    }

    /** Something else holds; the message says what was found and expected. */
    public GraphCheck holds(boolean condition, String message) {
        require(condition, message);
        return this;
    }

    private static String describe(Value value) {
        return "its graph's '" + value.name() + "' is " + (value.input() ? "an input" : "an output") + " of " + value.columns() + " "
                + value.kind() + ", " + value.rows();
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
