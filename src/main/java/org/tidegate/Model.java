/* A graph and its parameters. */
package org.tidegate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tidegate.internal.NativeModel;
import org.tidegate.internal.NativeTensor;

/**
 * A static graph of layers and its parameters. Any number of threads may use a model at once, each through its own {@link Session};
 * but training changes the parameters, so while one session trains, a call of another session of the same model is an
 * {@link IllegalStateException}.
 *
 * <p>Close it when done. Sessions and optimizers made before keep working: they hold the parameters until they are closed, too.
 */
public final class Model implements AutoCloseable {
    private final NativeModel nativeModel;
    private final Graph graph;
    private final String spec;
    private final List<String> parameterNames;
    private volatile Map<String, Tensor> parameters;

    private Model(NativeModel nativeModel) {
        this.nativeModel = nativeModel;
        graph = new Graph(nativeModel);
        spec = nativeModel.spec();
        parameters = readParameters();
        parameterNames = List.copyOf(parameters.keySet());
    }

    /**
     * Builds a model from its spec, one line {@code name = op input... key=value...} a node, and draws its parameters from the seed.
     *
     * @throws TidegateException if the spec is not understood (the text names line and node), memory is short, the native library cannot
     *     be loaded, or the processor lacks the instruction set that {@code TIDEGATE_ISA} asks for
     */
    public static Model of(String spec, long seed) {
        Objects.requireNonNull(spec, "spec");
        Failure.checkLibrary();
        NativeModel created = new NativeModel();
        Failure.check(created.create(spec, seed));
        return new Model(created);
    }

    /** The spec in its canonical form: one line a node, defaults left out. */
    public String spec() {
        return spec;
    }

    /** The parameters in the order of the spec: views, which belong to the model. */
    public List<Tensor> parameters() {
        return List.copyOf(open().values());
    }

    /**
     * The parameter of that name, such as {@code h.weight_ih_l0}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Tensor parameter(String name) {
        Map<String, Tensor> byName = open();
        Tensor parameter = byName.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException(
                "The model has no parameter '" + name + "'; it has " + String.join(", ", byName.keySet()) + ".");
        }
        return parameter;
    }

    /** The number of floats of all parameters. */
    public long parameterCount() {
        return open().values().stream().mapToLong(Tensor::size).sum();
    }

    /** The values of the graph in the order of the spec: every node's output, and the ports of nodes that have some. */
    public List<Value> values() {
        return graph.values();
    }

    /**
     * The value of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Value value(String name) {
        return graph.value(name);
    }

    /** The names of the axes in the order in which the spec first names them. */
    public List<String> axes() {
        return graph.axes();
    }

    /** An empty batch for this model. It holds no native memory and need not be closed. */
    public Batch newBatch() {
        return new Batch(graph);
    }

    /** A session that infers: forward only, without dropout. The caller closes it. */
    public Session newSession() {
        return new Session(this, false, 0);
    }

    /** A session that trains; the seed drives dropout. The caller closes it. */
    public Session newTrainingSession(long seed) {
        return new Session(this, true, seed);
    }

    /**
     * An optimizer for this model. The caller closes it.
     *
     * @param text its name and settings: {@code sgd momentum=0.9 nesterov=true}, {@code adam beta1=0.9 beta2=0.999 eps=1e-8},
     *     {@code adamw weight_decay=0.01}, {@code rmsprop}, {@code adagrad}; defaults are PyTorch's
     * @throws TidegateException if the text is not understood
     */
    public Optimizer newOptimizer(String text) {
        return new Optimizer(this, text);
    }

    /** Whether {@link #close()} was called. */
    public boolean isClosed() {
        return nativeModel.handle().isClosed();
    }

    /** Closes the model; again is harmless. Its memory is freed with the last of its sessions, optimizers and shown buffers. */
    @Override
    public void close() {
        parameters = Map.of();
        nativeModel.handle().close();
    }

    NativeModel nativeModel() {
        return nativeModel;
    }

    Graph graph() {
        return graph;
    }

    private Map<String, Tensor> open() {
        Map<String, Tensor> byName = parameters;
        if (isClosed()) {
            throw new IllegalStateException("The model is closed.");
        }
        return byName;
    }

    private Map<String, Tensor> readParameters() {
        NativeTensor tensor = new NativeTensor();
        Map<String, Tensor> byName = new LinkedHashMap<>();
        int count = nativeModel.parameters();
        for (int i = 0; i < count; i++) {
            Failure.check(nativeModel.parameter(i, tensor));
            Tensor parameter = Tensor.of(tensor, nativeModel.handle());
            byName.put(parameter.name(), parameter);
        }
        return byName;
    }

    /** The names of the parameters in the order of the spec; known even after the model was closed. */
    List<String> parameterNames() {
        return parameterNames;
    }
}
