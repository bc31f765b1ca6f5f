/* A graph and its parameters. */
package org.tidegate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.checkpoint.CheckpointWriter;
import org.tidegate.checkpoint.TensorTarget;
import org.tidegate.internal.NativeModel;
import org.tidegate.internal.NativeTensor;

/**
 * A static graph of layers and its parameters. Any number of threads may use a model at once, each through its own {@link Session};
 * but training changes the parameters, so while one session trains, a call of another session of the same model is an
 * {@link IllegalStateException}. A training step waits for the calls that are under way and lets no other begin, so it gets its turn beside
 * any number of readers.
 *
 * <p>Close it when done. Sessions and optimizers made before keep working: they hold the parameters until they are closed, too. To serve
 * it, {@link #freeze} it.
 */
public final class Model extends Network {
    /** Parameters that a file may lack and still be told so by their names; more are not even declared. */
    private static final int MISSING = 4096;

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

    /**
     * {@return the model of a file, with its parameters} The caller closes it. A task's file holds one, too.
     *
     * @param file the file, written by {@link #save}
     * @throws CheckpointException if the file is damaged or holds no model; the message says what is wrong or missing
     * @throws IOException if it cannot be read
     * @throws TidegateException if the native library cannot be loaded, or the processor lacks the instruction set that
     *     {@code TIDEGATE_ISA} asks for
     */
    public static Model load(Path file) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return load(checkpoint);
        }
    }

    /**
     * {@return the model of an open file, of which more is to be read} The caller closes both.
     *
     * @param checkpoint the file
     * @throws CheckpointException if the spec is not understood, or the parameters do not fit it
     * @throws IOException if the file cannot be read
     * @throws TidegateException as {@link #load(Path)}
     */
    public static Model load(Checkpoint checkpoint) throws IOException {
        Tidegate.instructionSet(); // fails here where the native library does, rather than blaming the file
        NativeModel declared = NativeModel.trainable();
        try {
            Failure.check(declared.declare(checkpoint.spec(), checkpoint.tensors().size() + MISSING));
        } catch (TidegateException | IllegalArgumentException e) {
            throw new CheckpointException(checkpoint.path() + " holds a spec that cannot be built: " + e.getMessage(), e);
        }
        try {
            checkpoint.checkParameters(shapes(declared)); // a spec is believed only as far as the file bears it out
            Failure.check(declared.allocate());
            Model model = new Model(declared);
            List<TensorTarget> targets = new ArrayList<>();
            for (Tensor parameter : model.parameters()) {
                targets.add(parameter.target());
            }
            checkpoint.readParameters(targets);
            return model;
        } catch (IOException | RuntimeException | Error e) {
            declared.handle().close();
            throw e;
        }
    }

    private static Map<String, long[]> shapes(NativeModel declared) {
        NativeTensor tensor = new NativeTensor();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (int i = 0, count = declared.parameters(); i < count; i++) {
            Failure.check(declared.parameter(i, tensor));
            shapes.put(tensor.name(), tensor.shape());
        }
        return shapes;
    }

    /**
     * Saves the spec and the parameters to a file, whole or not at all. Meanwhile no session may train the model: its call is an
     * {@link IllegalStateException}.
     *
     * @param file the file
     * @throws IOException if it cannot be written; a file that was there before is then unchanged
     * @throws IllegalStateException while a session trains the model, or after it was closed
     */
    public void save(Path file) throws IOException {
        save(file, writer -> { });
    }

    /**
     * As {@link #save(Path)}, with more in the file: metadata, an optimizer ({@link Optimizer#writeTo}), extra tensors.
     *
     * @param file the file
     * @param more adds it, before anything is written
     * @throws IOException if it cannot be written; a file that was there before is then unchanged
     * @throws IllegalStateException while a session trains the model, or after it was closed
     */
    public void save(Path file, Consumer<CheckpointWriter> more) throws IOException {
        nativeModel().beginReading();
        try {
            CheckpointWriter writer = new CheckpointWriter(spec());
            parameters().forEach(parameter -> writer.parameter(parameter.name(), parameter::get, parameter.shape()));
            more.accept(writer);
            writer.write(file);
        } finally {
            nativeModel().endReading();
        }
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
     *     {@code adamw weight_decay=0.01}, {@code rmsprop}, {@code adagrad}, {@code adadelta}; defaults are PyTorch's
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
