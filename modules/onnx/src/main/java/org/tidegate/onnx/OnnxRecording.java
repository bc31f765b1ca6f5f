package org.tidegate.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tidegate.checkpoint.Dtype;
import org.tidegate.checkpoint.SafetensorsFile;
import org.tidegate.checkpoint.TensorEntry;
import org.tidegate.onnx.OnnxSignature.Kind;
import org.tidegate.onnx.OnnxSignature.Port;

/**
 * Recorded inputs of a model and the outputs that another runtime gave, in a safetensors file: named {@code input.NAME} and
 * {@code output.NAME}, or only NAME; where the names are others, an array belongs to the input or output that alone has its shape.
 *
 * <p>A model that carries a state and has one step a call may be recorded over many calls, the calls being the first dimension of all arrays.
 */
public final class OnnxRecording {
    private final Path path;
    private final Map<String, NdArray> arrays;

    /**
     * The largest difference of an output.
     *
     * @param output its name
     * @param recorded the name of the recorded array
     * @param difference the largest absolute difference
     * @param magnitude the largest magnitude that was recorded
     */
    public record Difference(String output, String recorded, double difference, double magnitude) {
        /** {@return the difference in parts of the largest magnitude} */
        public double relative() {
            return difference == 0 ? 0 : difference / magnitude;
        }
    }

    private OnnxRecording(Path path, Map<String, NdArray> arrays) {
        this.path = path;
        this.arrays = arrays;
    }

    /**
     * {@return the recording of a file}
     *
     * @param file a safetensors file of F32, F64, I64 and I32
     * @throws IOException if it cannot be read, or holds another type
     */
    public static OnnxRecording read(Path file) throws IOException {
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            for (String name : tensors.tensors().keySet()) {
                arrays.put(name, array(file, tensors.tensor(name), tensors.readBytes(name).order(ByteOrder.LITTLE_ENDIAN)));
            }
        }
        return new OnnxRecording(file, arrays);
    }

    private static NdArray array(Path file, TensorEntry entry, ByteBuffer bytes) throws OnnxException {
        int[] shape = Arrays.stream(entry.shape()).mapToInt(Math::toIntExact).toArray();
        int count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (entry.dtype() == Dtype.F32 || entry.dtype() == Dtype.F64) {
            float[] reals = new float[count];
            for (int i = 0; i < count; i++) {
                reals[i] = entry.dtype() == Dtype.F32 ? bytes.getFloat() : (float) bytes.getDouble();
            }
            return NdArray.of(shape, reals);
        }
        if (entry.dtype() != Dtype.I64 && entry.dtype() != Dtype.I32) {
            throw new OnnxException(file + ": " + entry.name() + " is of the type " + entry.dtype() + "; F32, F64, I64 and I32 are read");
        }
        long[] integers = new long[count];
        for (int i = 0; i < count; i++) {
            integers[i] = entry.dtype() == Dtype.I64 ? bytes.getLong() : bytes.getInt();
        }
        return NdArray.of(shape, integers);
    }

    /** {@return the arrays by their names} */
    public Map<String, NdArray> arrays() {
        return Map.copyOf(arrays);
    }

    /**
     * Runs a model over the recorded inputs.
     *
     * @param model the model
     * @return the differences of the outputs that were recorded
     * @throws OnnxException if the recording has no array for an input, none for any output, or one of another shape than the model gives
     */
    public List<Difference> compare(OnnxAnswers model) throws OnnxException {
        OnnxSignature signature = model.reading().signature();
        List<String> taken = new ArrayList<>();
        boolean calls = signature.isStep() && signature.carries()
                && signature.inputs().stream().noneMatch(port -> port.kind() == Kind.STATE && arrays.containsKey("input." + port.name()));
        Map<String, String> inputs = new LinkedHashMap<>();
        for (Port port : signature.inputs()) {
            if (port.kind() == Kind.STATE && (calls || !arrays.containsKey("input." + port.name()) && !arrays.containsKey(port.name()))) {
                continue;
            }
            inputs.put(port.name(), find(port, "input.", calls, taken).orElseThrow(() -> new OnnxException(path + " has no array for input '"
                    + port.name() + "' " + port.shape() + "; it has " + described())));
        }
        Map<String, String> outputs = new LinkedHashMap<>();
        for (Port port : signature.outputs()) {
            find(port, "output.", calls, taken).ifPresent(name -> outputs.put(port.name(), name));
        }
        if (outputs.isEmpty()) {
            throw new OnnxException(path + " has no array for any output (" + signature.outputs().stream().map(port -> port.name() + " "
                    + port.shape()).collect(Collectors.joining(", ")) + "); it has " + described());
        }
        return calls ? compareCalls(model, inputs, outputs) : compareOnce(model, inputs, outputs);
    }

    private String described() {
        return arrays.entrySet().stream().map(array -> array.getKey() + " " + Arrays.toString(array.getValue().shape()))
                .collect(Collectors.joining(", "));
    }

    private Optional<String> find(Port port, String prefix, boolean calls, List<String> taken) {
        List<String> fitting = arrays.entrySet().stream().filter(array -> !taken.contains(array.getKey()) && fits(port, array.getValue(), calls))
                .map(Map.Entry::getKey).toList();
        for (String name : List.of(prefix + port.name(), port.name())) {
            if (fitting.contains(name)) {
                taken.add(name);
                return Optional.of(name);
            }
        }
        if (fitting.size() != 1) {
            return Optional.empty();
        }
        taken.add(fitting.get(0));
        return Optional.of(fitting.get(0));
    }

    /** Whether an array can be of an input or output: with calls a batch of 1 in each may be left out. */
    private static boolean fits(Port port, NdArray array, boolean calls) {
        if ((array.reals() != null) != (port.kind() == Kind.REAL || port.kind() == Kind.STATE)) {
            return false;
        }
        List<String> dims = new ArrayList<>(port.dims());
        if (calls) {
            dims.removeIf(dim -> dim.equals("batch") || dim.equals("1"));
            return Arrays.equals(Arrays.stream(array.shape()).skip(1).filter(size -> size != 1).toArray(),
                    dims.stream().mapToInt(Integer::parseInt).toArray());
        }
        if (dims.size() != array.shape().length) {
            return false;
        }
        for (int d = 0; d < dims.size(); d++) {
            if (dims.get(d).matches("[0-9]+") && Integer.parseInt(dims.get(d)) != array.shape()[d]) {
                return false;
            }
        }
        return true;
    }

    private List<Difference> compareOnce(OnnxAnswers model, Map<String, String> inputs, Map<String, String> outputs) throws OnnxException {
        Map<String, NdArray> given = new LinkedHashMap<>();
        inputs.forEach((name, recorded) -> given.put(name, arrays.get(recorded)));
        Map<String, NdArray> answers = model.run(given);
        for (Map.Entry<String, String> output : outputs.entrySet()) {
            int[] made = answers.get(output.getKey()).shape();
            int[] recorded = arrays.get(output.getValue()).shape();
            if (!Arrays.equals(made, recorded)) {
                throw new OnnxException(path + ": " + output.getValue() + " has the shape " + Arrays.toString(recorded) + ", the output '"
                        + output.getKey() + "' of the model " + Arrays.toString(made));
            }
        }
        return outputs.entrySet().stream().map(output -> {
            boolean[] present = Arrangement.present(model.reading().signature(), output.getKey(), given);
            float[] expected = present(arrays.get(output.getValue()).reals(), present);
            return difference(output.getKey(), output.getValue(), expected, present(answers.get(output.getKey()).reals(), present));
        }).toList();
    }

    /** Without the steps behind the lengths, where other runtimes go on computing. */
    private static float[] present(float[] numbers, boolean[] present) {
        float[] kept = numbers.clone();
        for (int i = 0; i < kept.length && kept.length == present.length; i++) {
            kept[i] = present[i] ? kept[i] : 0;
        }
        return kept;
    }

    private List<Difference> compareCalls(OnnxAnswers model, Map<String, String> inputs, Map<String, String> outputs) {
        int calls = arrays.get(inputs.values().iterator().next()).shape()[0];
        Map<String, float[]> all = new LinkedHashMap<>();
        outputs.forEach((name, recorded) -> all.put(name, new float[arrays.get(recorded).reals().length]));
        try (OnnxStream stream = model.stream()) {
            for (int call = 0; call < calls; call++) {
                int now = call;
                Map<String, NdArray> given = new LinkedHashMap<>();
                for (Port port : model.reading().signature().inputs()) {
                    if (inputs.containsKey(port.name())) {
                        NdArray array = arrays.get(inputs.get(port.name()));
                        int size = array.reals().length / calls;
                        int[] shape = port.dims().stream().mapToInt(dim -> dim.equals("batch") ? 1 : Integer.parseInt(dim)).toArray();
                        given.put(port.name(), NdArray.of(shape, Arrays.copyOfRange(array.reals(), now * size, (now + 1) * size)));
                    }
                }
                Map<String, NdArray> answers = stream.accept(given);
                all.forEach((name, numbers) -> System.arraycopy(answers.get(name).reals(), 0, numbers, now * (numbers.length / calls),
                        numbers.length / calls));
            }
        }
        return outputs.entrySet().stream().map(output -> difference(output.getKey(), output.getValue(), arrays.get(output.getValue()).reals(),
                all.get(output.getKey()))).toList();
    }

    private static Difference difference(String output, String name, float[] expected, float[] actual) {
        if (expected.length != actual.length) {
            return new Difference(output, name, Double.POSITIVE_INFINITY, 1);
        }
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            double here = expected[i] == actual[i] ? 0 : Math.abs((double) expected[i] - actual[i]);
            difference = here <= difference ? difference : here; // keeps NaN
        }
        return new Difference(output, name, difference, largest);
    }
}
