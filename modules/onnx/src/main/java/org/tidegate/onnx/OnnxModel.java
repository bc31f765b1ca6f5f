package org.tidegate.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.Tensor;
import org.tidegate.Tidegate;
import org.tidegate.TidegateException;
import org.tidegate.onnx.file.OnnxFile;
import org.tidegate.onnx.file.TensorData;
import org.tidegate.onnx.graph.Lowered;
import org.tidegate.onnx.graph.Request;

/**
 * A model of ONNX that is to become one of Tidegate. A value: each setting gives a changed copy.
 *
 * <pre>{@code
 * try (Model vad = OnnxModel.read(Path.of("silero_vad_v6.onnx")).bind("sr", 16000).shape("input", "N", "576").context("input", 64).toModel()) {
 *     vad.save(Path.of("vad.safetensors"));
 * }
 * }</pre>
 */
public final class OnnxModel {
    private final OnnxFile file;
    private final Map<String, List<String>> shapes;
    private final Map<String, Double> bindings;
    private final Map<String, Integer> contexts;
    private final boolean states;
    private volatile Lowered lowered; // made when first needed

    private OnnxModel(OnnxFile file, Map<String, List<String>> shapes, Map<String, Double> bindings, Map<String, Integer> contexts,
            boolean states) {
        this.file = file;
        this.shapes = shapes;
        this.bindings = bindings;
        this.contexts = contexts;
        this.states = states;
    }

    /**
     * {@return the model of a file}
     *
     * @param path the file; tensors of external data are read from files beside it
     * @throws OnnxException if it is no model of ONNX
     * @throws IOException if it cannot be read
     */
    public static OnnxModel read(Path path) throws IOException {
        return new OnnxModel(OnnxFile.read(path), Map.of(), Map.of(), Map.of(), true);
    }

    /**
     * {@return a copy in which an input has always this number, so that the graph that depends on it is decided}
     *
     * @param input the name of an input
     * @param number its value
     * @throws IllegalArgumentException if there is no such input, it takes integers and the number is none, or it has more than one element
     */
    public OnnxModel bind(String input, double number) {
        TypeProto.Tensor type = type(input);
        if (TensorData.isInteger(type.getElemType()) ? number != Math.rint(number) || Math.abs(number) > 1L << 53 : Double.isNaN(number)) {
            throw new IllegalArgumentException("input '" + input + "' of " + file.path() + " cannot be " + number
                    + (Double.isNaN(number) ? "" : ": it takes integers"));
        }
        if (type.getShape().getDimList().stream().anyMatch(dim -> dim.getDimValue() > 1)) {
            throw new IllegalArgumentException("input '" + input + "' of " + file.path() + " has more than one element; only a single number"
                    + " can be bound");
        }
        return new OnnxModel(file, shapes, with(bindings, known(input), number), contexts, states);
    }

    /**
     * {@return a copy in which an input has this shape, where the file leaves it open}
     *
     * @param input the name of an input
     * @param dims a number or a name for each dimension
     * @throws IllegalArgumentException if there is no such input, the file says another number of dimensions, or one is neither a number from
     *     1 nor a name
     */
    public OnnxModel shape(String input, String... dims) {
        TypeProto.Tensor type = type(input);
        List<TensorShapeProto.Dimension> inFile = type.getShape().getDimList();
        if (type.hasShape() && inFile.size() != dims.length) {
            throw new IllegalArgumentException("input '" + input + "' of " + file.path() + " has " + inFile.size()
                    + " dimensions; got " + dims.length + ": " + String.join(",", dims));
        }
        for (int d = 0; d < dims.length; d++) {
            if (!dims[d].matches("[1-9][0-9]{0,8}|[A-Za-z_][A-Za-z0-9_.:/-]*")) {
                throw new IllegalArgumentException("dimension " + d + " of input '" + input + "' is '" + dims[d]
                        + "'; a number from 1 or a name is meant, as N,576");
            }
        }
        return new OnnxModel(file, with(shapes, known(input), List.of(dims)), bindings, contexts, states);
    }

    /**
     * {@return a copy that keeps the overlap of the chunks of an input: what callers of the file put in front of each, from the end of the
     * chunk before, zeros at first} The model's input is then the chunk alone.
     *
     * @param input the name of an input
     * @param columns how many of its columns are the overlap
     * @throws IllegalArgumentException if there is no such input
     */
    public OnnxModel context(String input, int columns) {
        return new OnnxModel(file, shapes, bindings, with(contexts, known(input), columns), states);
    }

    /**
     * {@return a copy that leaves recurrent states as inputs and outputs} By default those that go in and come out become the session's.
     *
     * @param carried whether the session carries them
     */
    public OnnxModel carryStates(boolean carried) {
        return new OnnxModel(file, shapes, bindings, contexts, carried);
    }

    private static <V> Map<String, V> with(Map<String, V> map, String key, V value) {
        Map<String, V> changed = new LinkedHashMap<>(map);
        changed.put(key, value);
        return Map.copyOf(changed);
    }

    /** {@return the names of the inputs, bound ones included, in the order of the file} */
    public List<String> inputs() {
        Set<String> initializers = file.model().getGraph().getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
        return file.model().getGraph().getInputList().stream().map(ValueInfoProto::getName).filter(name -> !initializers.contains(name)).toList();
    }

    private TypeProto.Tensor type(String input) {
        known(input);
        return file.model().getGraph().getInputList().stream().filter(info -> info.getName().equals(input)).findFirst().orElseThrow()
                .getType().getTensorType();
    }

    private String known(String input) {
        if (!inputs().contains(input)) {
            throw new IllegalArgumentException(file.path() + " has no input '" + input + "'; it has " + String.join(", ", inputs()));
        }
        return input;
    }

    /**
     * {@return what the inputs and outputs become}
     *
     * @throws OnnxException as {@link #toModel}
     */
    public OnnxSignature signature() throws OnnxException {
        return lowered().signature();
    }

    /**
     * {@return what a user should know of the file: dimensions that tracing fixed, known defects of exporters; a sentence each}
     *
     * @throws OnnxException as {@link #toModel}
     */
    public List<String> notes() throws OnnxException {
        return lowered().notes();
    }

    /** {@return the name of the tool that wrote the file and the version of its operators, for people} */
    public String origin() {
        String tool = (file.model().getProducerName() + " " + file.model().getProducerVersion()).strip();
        String opset = file.model().getOpsetImportList().stream().filter(set -> set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx"))
                .map(set -> "opset " + set.getVersion()).findFirst().orElse("no opset");
        return tool.isEmpty() ? opset : tool + ", " + opset;
    }

    /** What the graph becomes. */
    private Lowered lowered() throws OnnxException {
        if (lowered == null) {
            lowered = lower();
        }
        return lowered;
    }

    private Lowered lower() throws OnnxException {
        try {
            return Lowered.of(new Request(file.model(), shapes, bindings, contexts, states, file::external));
        } catch (RuntimeException e) {
            throw new OnnxException(file.path() + ": " + e.getMessage(), e);
        }
    }

    /**
     * {@return what is known of the model besides its network, for its file}
     *
     * @throws OnnxException as {@link #toModel}
     */
    public OnnxReading reading() throws OnnxException {
        return new OnnxReading(file.path().getFileName() + " (" + origin() + ")", signature());
    }

    /**
     * {@return the model as one that answers with arrays in the shapes of the file} The caller closes it.
     *
     * @param precision of the weights
     * @throws OnnxException as {@link #toModel}
     */
    public OnnxAnswers answers(Precision precision) throws OnnxException {
        try (Model model = toModel()) {
            return new OnnxFormat().answers(reading(), model, precision, 1);
        }
    }

    /**
     * Imports the model and saves it as a file of Tidegate, which {@link OnnxFormat}, {@link org.tidegate.task.Tasks} and {@link Model#load}
     * open.
     *
     * @param to the file
     * @throws OnnxException as {@link #toModel}
     * @throws IOException if it cannot be written
     */
    public void save(Path to) throws IOException {
        try (Model model = toModel()) {
            new OnnxFormat().save(reading(), model, to);
        }
    }

    /**
     * {@return the model} The caller closes it.
     *
     * @throws OnnxException if the graph holds what cannot be imported; the message names the operator, the node, the reason and what helps
     */
    public Model toModel() throws OnnxException {
        Lowered graph = lowered();
        Tidegate.instructionSet(); // fails here where the native library does, rather than blaming the file
        Model model;
        try {
            model = Model.of(graph.nodes(), 0);
        } catch (TidegateException | IllegalArgumentException e) {
            throw new OnnxException(file.path() + ": the network that it becomes cannot be built: " + e.getMessage(), e);
        }
        try {
            for (Tensor parameter : model.parameters()) {
                float[] values = graph.parameters().get(parameter.name());
                if (values == null || values.length != parameter.size()) {
                    throw new OnnxException(file.path() + ": parameter " + parameter.name() + " of " + parameter.size() + " numbers has "
                            + (values == null ? "none" : values.length));
                }
                parameter.set(values);
            }
            return model;
        } catch (OnnxException | RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }
}
