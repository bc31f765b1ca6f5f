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

    /** Its name in the spec; a port's is {@code node.port}. */
    public String name() {
        return name;
    }

    /** A further output of the node. */
    public Node port(String port) {
        if (name.contains(".")) {
            throw new IllegalArgumentException("'" + name + "' is a port and has no ports.");
        }
        return new Node(builder, name + "." + port, null);
    }

    /** Of a recurrent node: the hidden state after each sequence's last step, {@code [N, layers*directions*H]}. */
    public Node finalHidden() {
        return port("h_n");
    }

    /** Of an LSTM: the cell state after each sequence's last step, {@code [N, layers*directions*H]}. */
    public Node finalCell() {
        return port("c_n");
    }

    /** Of an attention decoder: what each step read from the keys. */
    public Node context() {
        return port("context");
    }

    /** Of attention and its decoder with {@link Attribute#weights}: how each row's context is mixed from the keys. */
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
