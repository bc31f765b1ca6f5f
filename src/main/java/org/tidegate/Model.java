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
 * <p>Close it when done. Sessions and optimizers made before keep working: they hold the parameters until they are closed, too. To serve
 * it, {@link #freeze} it.
 */
public final class Model extends Network {
    private final List<String> parameterNames;
    private volatile Map<String, Tensor> parameters;

    private Model(NativeModel nativeModel) {
        super(nativeModel);
        parameters = readParameters();
        parameterNames = List.copyOf(parameters.keySet());
    }

    /**
     * Builds a model from its spec, one line {@code name = op input... key=value...} a node, and draws its parameters from the seed.
     *
     * @param spec the text
     * @param seed of the initial parameters
     * @return the model
     * @throws TidegateException if the spec is not understood (the text names line and node), memory is short, the native library cannot
     *     be loaded, or the processor lacks the instruction set that {@code TIDEGATE_ISA} asks for
     */
    public static Model of(String spec, long seed) {
        Objects.requireNonNull(spec, "spec");
        Failure.checkLibrary();
        NativeModel created = NativeModel.trainable();
        Failure.check(created.create(spec, seed));
        return new Model(created);
    }

    /**
     * Builds a model of the nodes of a spec, such as {@link #nodes} of another model with some changed, and draws its parameters from the
     * seed.
     *
     * @param nodes in an order in which each comes after its inputs
     * @param seed of the initial parameters
     * @return the model
     * @throws TidegateException as {@link #of(String, long)}; a line's number is that of the node in the list, from 1 on
     */
    public static Model of(List<NodeSpec> nodes, long seed) {
        return of(NodeSpec.join(nodes), seed);
    }

    /** {@return the parameters in the order of the spec: views, which belong to the model} */
    public List<Tensor> parameters() {
        return List.copyOf(open().values());
    }

    /**
     * {@return the parameter of that name, such as {@code h.weight_ih_l0}}
     *
     * @param name its name
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

    /** {@return the number of floats of all parameters} */
    public long parameterCount() {
        return open().values().stream().mapToLong(Tensor::size).sum();
    }

    /**
     * {@return a session that trains; the seed drives dropout} The caller closes it.
     *
     * @param seed of dropout
     */
    public Session newTrainingSession(long seed) {
        return new Session(this, true, seed);
    }

    /**
     * {@return an optimizer for this model} The caller closes it.
     *
     * @param text its name and settings: {@code sgd momentum=0.9 nesterov=true}, {@code adam beta1=0.9 beta2=0.999 eps=1e-8},
     *     {@code adamw weight_decay=0.01}, {@code rmsprop}, {@code adagrad}; defaults are PyTorch's
     * @throws TidegateException if the text is not understood
     */
    public Optimizer newOptimizer(String text) {
        return new Optimizer(this, text);
    }

    /**
     * Makes the form of the model that serves: its parameters as they are now, packed for multiplication. The caller closes it.
     *
     * @param precision of the packed weights
     * @return the frozen model
     * @throws IllegalStateException while a session trains the model, or after it was closed
     */
    public FrozenModel freeze(Precision precision) {
        Objects.requireNonNull(precision, "precision");
        NativeModel frozen = NativeModel.frozen();
        Failure.check(frozen.freeze(nativeModel(), precision.ordinal()));
        return new FrozenModel(frozen, precision);
    }

    /** Closes the model; again is harmless. Its memory is freed with the last of its sessions, optimizers and shown buffers. */
    @Override
    public void close() {
        super.close();
        parameters = Map.of(); // only now: whoever finds them gone finds the model closed
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
        int count = nativeModel().parameters();
        for (int i = 0; i < count; i++) {
            Failure.check(nativeModel().parameter(i, tensor));
            Tensor parameter = Tensor.of(tensor, nativeModel().handle());
            byName.put(parameter.name(), parameter);
        }
        return byName;
    }

    @Override
    List<String> parameterNames() {
        return parameterNames;
    }
}
