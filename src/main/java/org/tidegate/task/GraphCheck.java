package org.tidegate.task;

import java.util.List;
import org.tidegate.Network;
import org.tidegate.NodeSpec;
import org.tidegate.Value;

/**
 * Checks that a network has the inputs and outputs that a {@link Reading} names. A failed check is an {@link IllegalArgumentException} with
 * what was found and expected.
 */
public final class GraphCheck {
    /** The id of a target that a {@code cross_entropy} leaves out unless its spec names another. */
    public static final int IGNORED = -100;

    private final Network network;

    private GraphCheck(Network network) {
        this.network = network;
    }

    /**
     * {@return the checks of a network}
     *
     * @param network the network
     */
    public static GraphCheck of(Network network) {
        return new GraphCheck(network);
    }

    /**
     * Checks the network's axes.
     *
     * @param names the names of all axes, in order
     * @return this
     */
    public GraphCheck axes(String... names) {
        require(network.axes().equals(List.of(names)), "its graph has the axes " + network.axes() + "; expected " + List.of(names));
        return this;
    }

    /**
     * Checks an input of ids, one for each step of an axis.
     *
     * @param input its name
     * @return this
     */
    public GraphCheck ids(String input) {
        return ids(input, Value.Rows.PER_STEP);
    }

    /**
     * Checks an input of ids.
     *
     * @param input its name
     * @param rows its rows
     * @return this
     */
    public GraphCheck ids(String input, Value.Rows rows) {
        Value value = network.value(input);
        require(value.input() && value.kind() == Value.Kind.IDS && value.rows() == rows, describe(value) + "; expected an input of ids, "
                + rows);
        return this;
    }

    /**
     * Checks an input of floats.
     *
     * @param input its name
     * @param rows its rows
     * @param columns the number of its columns
     * @return this
     */
    public GraphCheck reals(String input, Value.Rows rows, long columns) {
        Value value = network.value(input);
        require(value.input() && value.kind() == Value.Kind.REAL && value.rows() == rows && value.columns() == columns,
                describe(value) + "; expected an input of " + columns + " floats, " + rows);
        return this;
    }

    /**
     * Checks an output of floats.
     *
     * @param name its name
     * @param rows its rows
     * @param columns the number of its columns
     * @return this
     */
    public GraphCheck output(String name, Value.Rows rows, long columns) {
        Value value = network.value(name);
        require(!value.input() && value.kind() == Value.Kind.REAL && value.rows() == rows && value.columns() == columns,
                describe(value) + "; expected an output of " + columns + " floats, " + rows);
        return this;
    }

    /**
     * Checks the vocabulary size of an embedding or one-hot node.
     *
     * @param node its name
     * @param ids the number of different ids
     * @return this
     */
    public GraphCheck idsOf(String node, long ids) {
        String rows = network.node(node).attribute("rows").orElse("none");
        require(rows.equals(Long.toString(ids)), "its node '" + node + "' has rows for " + rows + " ids; expected " + ids);
        return this;
    }

    /**
     * Checks that a stream gets what the whole sequence does: no step's values depend on a later step.
     *
     * @return this
     */
    public GraphCheck streams() {
        for (NodeSpec node : network.nodes()) {
            require(!looksAhead(node), "its node '" + node.name() + "' reads what comes later in the sequence; expected nodes that a stream can"
                    + " have");
        }
        return this;
    }

    private static boolean looksAhead(NodeSpec node) {
        boolean insideRows = node.attribute("channels").isPresent();
        return switch (node.op()) {
            case "reverse", "gather", "attention", "attention_decoder" -> true;
            case "recurrent" -> node.attribute("bidirectional").isPresent();
            case "pool" -> !insideRows && (node.attribute("window").isEmpty() || endsBehind(node));
            case "frames", "conv1d" -> !insideRows && endsBehind(node);
            default -> false;
        };
    }

    /** Whether windows over the steps end behind the sequence, or begin with a reflection of it. */
    private static boolean endsBehind(NodeSpec node) {
        return !node.attribute("pad").orElse("0").matches("0|[0-9]+,0") || node.attribute("pad_mode").isPresent();
    }

    /**
     * Checks any other condition.
     *
     * @param condition what must be true
     * @param message what was found and expected
     * @return this
     */
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
