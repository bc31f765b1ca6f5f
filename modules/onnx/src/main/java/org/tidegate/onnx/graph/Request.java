package org.tidegate.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tidegate.onnx.file.TensorData;

/** A model of ONNX and what the caller says of it. What is read of the file is kept for all walks. */
public final class Request {
    /** A dimension: its name or null, and its size or 0. said: by the caller, not by the file. */
    record Dimension(String name, long known, boolean said) {}

    private final ModelProto model;
    private final Map<String, List<String>> shapes;
    private final Map<String, Double> bindings;
    private final Map<String, Integer> contexts;
    private final boolean keepsStates;
    private final Function<TensorProto, java.nio.ByteBuffer> external;
    private final Set<String> initializers;
    private final Map<TensorProto, Value> tensors = new IdentityHashMap<>();
    private final Map<GraphProto, Set<String>> needed = new IdentityHashMap<>();

    /**
     * A request.
     *
     * @param shapes of inputs: a number or a name for each dimension
     * @param bindings the numbers that scalar inputs have
     * @param contexts the columns of inputs that the model is to keep
     * @param keepsStates whether states that go in and out become the session's
     * @param external the bytes of tensors that lie in other files
     */
    public Request(ModelProto model, Map<String, List<String>> shapes, Map<String, Double> bindings, Map<String, Integer> contexts,
            boolean keepsStates, Function<TensorProto, java.nio.ByteBuffer> external) {
        this.model = model;
        this.shapes = shapes;
        this.bindings = bindings;
        this.contexts = contexts;
        this.keepsStates = keepsStates;
        this.external = external;
        initializers = model.getGraph().getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
    }

    GraphProto graph() {
        return model.getGraph();
    }

    /** How large the message is. */
    long bytes() {
        return model.getSerializedSize();
    }

    boolean isFromPyTorch() {
        return model.getProducerName().equals("pytorch");
    }

    boolean keepsStates() {
        return keepsStates;
    }

    boolean isInitializer(String name) {
        return initializers.contains(name);
    }

    boolean isStandard(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }

    long opset(String domain) {
        return model.getOpsetImportList().stream().filter(set -> isStandard(set.getDomain())).mapToLong(OperatorSetIdProto::getVersion)
                .findFirst().orElse(1);
    }

    /** The names that the outputs of a graph depend on, those of graphs within it included. */
    Set<String> needed(GraphProto graph) {
        Set<String> known = needed.get(graph);
        if (known != null) {
            return known;
        }
        Set<String> names = graph.getOutputList().stream().map(ValueInfoProto::getName).collect(Collectors.toCollection(HashSet::new));
        for (int i = graph.getNodeCount() - 1; i >= 0; i--) {
            NodeProto node = graph.getNode(i);
            if (node.getOutputList().stream().anyMatch(names::contains)) {
                names.addAll(node.getInputList());
                for (AttributeProto attribute : node.getAttributeList()) {
                    if (attribute.hasG()) {
                        names.addAll(needed(attribute.getG()));
                    }
                }
            }
        }
        names.remove("");
        needed.put(graph, names);
        return names;
    }

    Value tensor(TensorProto tensor) {
        return tensors.computeIfAbsent(tensor, this::read);
    }

    private Value read(TensorProto tensor) {
        try {
            int[] shape = TensorData.shape(tensor);
            int type = tensor.getDataType();
            java.nio.ByteBuffer bytes = tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL ? external.apply(tensor) : null;
            if (TensorData.isReal(type)) {
                return Value.of(new Elements.Numbers(TensorData.reals(tensor, bytes)), shape);
            }
            if (TensorData.isInteger(type) || type == TensorData.BOOL) {
                long[] numbers = TensorData.integers(tensor, bytes);
                Size[] sizes = new Size[numbers.length];
                for (int i = 0; i < sizes.length; i++) {
                    sizes[i] = Size.of(numbers[i]);
                }
                return Value.of(new Elements.Integers(sizes), shape);
            }
            throw new Refusal("tensor '" + tensor.getName() + "' is of the type " + type + ", which holds no numbers");
        } catch (IllegalArgumentException e) {
            throw new Refusal(e.getMessage());
        }
    }

    /** The number that an input is bound to, as a value; null if it is not. */
    Value bound(String input) {
        Double number = bindings.get(input);
        if (number == null) {
            return null;
        }
        ValueInfoProto info = info(input);
        Value value = TensorData.isReal(info.getType().getTensorType().getElemType()) ? Value.of(number.floatValue())
                : Value.of(Size.of(number.longValue()));
        for (int d = 0; d < info.getType().getTensorType().getShape().getDimCount(); d++) {
            value = value.unsqueezed(0);
        }
        return value;
    }

    private ValueInfoProto info(String input) {
        return graph().getInputList().stream().filter(info -> info.getName().equals(input)).findFirst().orElseThrow();
    }

    boolean isInteger(String input) {
        return TensorData.isInteger(info(input).getType().getTensorType().getElemType());
    }

    int context(String input) {
        return contexts.getOrDefault(input, 0);
    }

    List<Dimension> shape(ValueInfoProto input) {
        List<String> given = shapes.get(input.getName());
        List<Dimension> shape = new ArrayList<>();
        TensorShapeProto inFile = input.getType().getTensorType().getShape();
        for (int d = 0; d < (given == null ? inFile.getDimCount() : given.size()); d++) {
            if (given != null) {
                boolean isNumber = given.get(d).chars().allMatch(Character::isDigit);
                shape.add(new Dimension(isNumber ? null : given.get(d), isNumber ? Long.parseLong(given.get(d)) : 0, true));
            } else {
                TensorShapeProto.Dimension dim = inFile.getDim(d);
                shape.add(new Dimension(dim.hasDimParam() && !dim.getDimParam().isEmpty() ? dim.getDimParam() : null,
                        dim.hasDimValue() ? Math.max(0, dim.getDimValue()) : 0, false));
            }
        }
        return shape;
    }

    /** The first dimension of an input that has that name: dimensions of one name are one. */
    Knowledge.Place place(String input, int d, Dimension dimension) {
        if (dimension.name() != null) {
            for (ValueInfoProto other : graph().getInputList()) {
                List<Dimension> shape = isInitializer(other.getName()) || bindings.containsKey(other.getName()) ? List.of() : shape(other);
                for (int i = 0; i < shape.size(); i++) {
                    if (dimension.name().equals(shape.get(i).name())) {
                        return new Knowledge.Place(other.getName(), i);
                    }
                }
            }
        }
        return new Knowledge.Place(input, d);
    }

    /** The size of a dimension of an input in the file; 0 where it is open. */
    long size(Knowledge.Place place) {
        List<Dimension> shape = shape(info(place.input()));
        return place.dimension() < shape.size() ? shape.get(place.dimension()).known() : 0;
    }

    /** A number beside open dimensions, or that the caller gave, is most likely a number of columns. */
    boolean looksLikeColumns(List<Dimension> shape, int d) {
        Dimension dimension = shape.get(d);
        return dimension.known() > 1 && (dimension.said() || shape.stream().anyMatch(other -> other.known() == 0));
    }

    // ---- Advice

    String shapeAdvice(String input, List<Dimension> shape) {
        return shapeAdvice(input, shape, -1);
    }

    /** number: the dimension that must have one. */
    String shapeAdvice(String input, List<Dimension> shape, int number) {
        return "give its shape, a number or a name for each dimension: --shape " + input + "=" + IntStream.range(0, shape.size())
                .mapToObj(d -> d == number ? "NUMBER" : shape.get(d).name() != null ? shape.get(d).name()
                        : shape.get(d).known() > 0 ? "" + shape.get(d).known() : "?")
                .collect(Collectors.joining(","));
    }

    String shapeAdvice() {
        List<String> open = new ArrayList<>();
        for (ValueInfoProto input : graph().getInputList()) {
            if (!isInitializer(input.getName()) && !bindings.containsKey(input.getName())) {
                List<Dimension> shape = shape(input);
                if (shape.isEmpty()) {
                    open.add("--bind " + input.getName() + "=VALUE");
                } else if (shape.stream().anyMatch(dimension -> dimension.known() == 0)) {
                    open.add("--shape " + input.getName() + "=" + shape.stream()
                            .map(dimension -> dimension.name() != null ? dimension.name() : dimension.known() > 0 ? "" + dimension.known() : "?")
                            .collect(Collectors.joining(",")));
                }
            }
        }
        return open.isEmpty() ? null : "it may become known with " + String.join(" or ", open) + " (a number for each size that is fixed)";
    }

    /** Whether the graph looks like a recurrent layer whose loop over time was written out. */
    boolean looksUnrolled() {
        Map<String, Integer> uses = new HashMap<>();
        boolean recurrent = false;
        for (NodeProto node : graph().getNodeList()) {
            recurrent |= Set.of("RNN", "LSTM", "GRU").contains(node.getOpType());
            if (node.getOpType().equals("MatMul") || node.getOpType().equals("Gemm")) {
                uses.merge(node.getInput(1), 1, Integer::sum);
            }
        }
        return !recurrent && uses.values().stream().anyMatch(count -> count >= 3);
    }

    String unrolledAdvice() {
        return !looksUnrolled() ? ""
                : "; the graph looks like a recurrent layer whose loop over time was written out for a fixed number of steps, as PyTorch's newer"
                        + " exporter does with nn.RNN: export it with torch.onnx.export(..., dynamo=False)";
    }

    String adviceFor(NodeProto node) {
        return looksUnrolled() ? unrolledAdvice().substring(2) : null;
    }
}
