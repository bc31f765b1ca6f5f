/* What a session runs. */
package org.tidegate;

import java.util.ArrayList;
import java.util.List;
import org.tidegate.internal.NativeModel;

/**
 * A graph of layers with its parameters: a {@link Model}, which can be trained, or a {@link FrozenModel}, which serves. Any number of
 * threads may use it at once, each through its own {@link Session}.
 *
 * <p>Close it when done. Sessions made before keep working: they hold the parameters until they are closed, too.
 */
public abstract sealed class Network implements AutoCloseable permits Model, FrozenModel {
    private final NativeModel nativeModel;
    private final Graph graph;
    private final String spec;
    private volatile List<NodeSpec> nodes; // read when first asked for

    Network(NativeModel nativeModel) {
        this.nativeModel = nativeModel;
        graph = new Graph(nativeModel);
        spec = nativeModel.spec();
    }

    /** {@return the spec in its canonical form: one line a node, defaults left out} */
    public final String spec() {
        return spec;
    }

    /** {@return the nodes of the spec in its canonical form, in their order; immutable, and known even after closing} */
    public final List<NodeSpec> nodes() {
        List<NodeSpec> known = nodes;
        if (known == null) {
            known = NodeSpec.parse(spec);
            nodes = known;
        }
        return known;
    }

    /**
     * {@return the node of that name}
     *
     * @param name its name in the spec
     * @throws IllegalArgumentException if there is none
     */
    public final NodeSpec node(String name) {
        return nodes().stream().filter(node -> node.name().equals(name)).findFirst().orElseThrow(() -> new IllegalArgumentException(
            "The model has no node '" + name + "'; it has " + String.join(", ", nodes().stream().map(NodeSpec::name).toList()) + "."));
    }

    /** {@return the values of the graph in the order of the spec: every node's output, and the ports of nodes that have some} */
    public final List<Value> values() {
        return graph.values();
    }

    /**
     * {@return the value of that name}
     *
     * @param name its name in the spec
     * @throws IllegalArgumentException if there is none
     */
    public final Value value(String name) {
        return graph.value(name);
    }

    /** {@return the names of the axes in the order of the spec, the derived ones among them, whose lengths follow from others'} */
    public final List<String> axes() {
        return graph.axes().stream().map(Graph.Axis::name).toList();
    }

    /** {@return the bytes of native memory that the parameters take, or what stands for them} */
    public final long bytes() {
        return nativeModel.bytes();
    }

    /**
     * {@return a hash of the spec and of all parameters as they are now; a frozen model, whatever its precision, has the one that its
     * source had when it was frozen}
     *
     * @throws IllegalStateException while a session trains the model
     */
    public final long fingerprint() {
        return nativeModel.fingerprint();
    }

    /** {@return an empty batch} It holds no native memory and need not be closed. */
    public final Batch newBatch() {
        return new Batch(graph);
    }

    /** {@return a session that infers: forward only, without dropout} The caller closes it. */
    public final Session newSession() {
        return new Session(this, false, 0);
    }

    /**
     * {@return a session that infers and keeps only some values after a call: of a stream little beside its recurrent state} The memory that a
     * call needs besides is lent by this model, which has it once for all sessions that call at the same time, so that thousands of streams
     * fit. {@link Session#output}, and the output of {@link Session#step(float[])}, know the kept values alone; a value from which a later call
     * is to go on, such as a decoder's source, has to be kept too. The results are those of any session, bit for bit. The caller closes it.
     *
     * @param first the name of a value to keep
     * @param others further ones
     * @throws IllegalArgumentException if there is no such value
     */
    public final Session newSession(String first, String... others) {
        List<Value> kept = new ArrayList<>();
        kept.add(value(first));
        for (String other : others) {
            kept.add(value(other));
        }
        return new Session(this, List.copyOf(kept));
    }

    /** {@return whether {@link #close()} was called} */
    public final boolean isClosed() {
        return nativeModel.handle().isClosed();
    }

    /** Closes it; again is harmless. Its memory is freed with the last of its sessions, optimizers and shown buffers. */
    @Override
    public void close() {
        nativeModel.handle().close();
    }

    final NativeModel nativeModel() {
        return nativeModel;
    }

    final Graph graph() {
        return graph;
    }

    /** The names of the parameters in the order of the spec; known even after closing. */
    abstract List<String> parameterNames();
}
