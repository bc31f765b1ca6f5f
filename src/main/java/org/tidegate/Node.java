/* A node of a model that is being built. */
package org.tidegate;

/** The output of a node of a {@link ModelBuilder}, to be given to others. */
public final class Node {
    private final ModelBuilder builder;
    private final String name;
    private final String axis;

    Node(ModelBuilder builder, String name, String axis) {
        this.builder = builder;
        this.name = name;
        this.axis = axis;
    }

    /** {@return its name in the spec; a port's is {@code node.port}} */
    public String name() {
        return name;
    }

    /**
     * {@return a further output of the node}
     *
     * @param port its name
     * @throws IllegalArgumentException if this is a port itself
     */
    public Node port(String port) {
        if (name.contains(".")) {
            throw new IllegalArgumentException("'" + name + "' is a port and has no ports.");
        }
        return new Node(builder, name + "." + port, null);
    }

    /** {@return the hidden state of a recurrent node after each sequence's last step, {@code [N, layers*directions*H]}} */
    public Node finalHidden() {
        return port("h_n");
    }

    /** {@return the cell state of an LSTM after each sequence's last step, {@code [N, layers*directions*H]}} */
    public Node finalCell() {
        return port("c_n");
    }

    /** {@return the context of an attention decoder: what each step reads from the keys, {@code [R, H]}} */
    public Node context() {
        return port("context");
    }

    /** {@return the attention weights of each row over the keys, of attention and its decoder with {@link Attribute#weights}} */
    public Node weights() {
        return port("weights");
    }

    /** The name. */
    @Override
    public String toString() {
        return name;
    }

    ModelBuilder builder() {
        return builder;
    }

    /** The axis of an input, null for other nodes. */
    String axis() {
        return axis;
    }
}
