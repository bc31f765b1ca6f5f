/* Imported models. */
package org.tidegate.server.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tidegate.Batch;
import org.tidegate.onnx.NdArray;
import org.tidegate.onnx.OnnxAnswers;
import org.tidegate.onnx.OnnxSignature.Kind;
import org.tidegate.onnx.OnnxSignature.Port;
import org.tidegate.onnx.OnnxSteps;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.sequence.SequenceRequest;
import org.tidegate.server.sequence.Steps;

/** The inputs and outputs of the ONNX file, by its names and in its shapes. States that are not given begin at 0. */
final class OnnxServing extends TaskServing<OnnxAnswers, OnnxServing.Read, OnnxServing.Found> {
    /** The inputs, checked, and how many sequences they are, or of a sequence steps. */
    record Read(Map<String, NdArray> inputs, int count) {}

    /** The outputs, or why there are none. */
    record Found(Map<String, NdArray> outputs, IllegalArgumentException failure) {}

    OnnxServing(OnnxAnswers answers) {
        super(answers);
    }

    @Override
    public List<TensorMetadata> inputs() {
        return answers().reading().signature().inputs().stream().map(OnnxServing::metadata).toList();
    }

    @Override
    public List<TensorMetadata> outputs() {
        return answers().reading().signature().outputs().stream().map(OnnxServing::metadata).toList();
    }

    private static TensorMetadata metadata(Port port) {
        boolean whole = port.kind() == Kind.IDS || port.kind() == Kind.LENGTHS;
        List<Long> shape = port.dims().stream().map(OnnxServing::size).toList();
        return new TensorMetadata(port.name(), whole ? Datatype.INT64 : Datatype.FP32, shape);
    }

    /** Of a product of numbers; -1 where the request says how many. */
    private static long size(String dim) {
        boolean open = Arrays.stream(dim.split("\\*")).anyMatch(factor -> !Character.isDigit(factor.charAt(0)));
        return open ? -1 : Arrays.stream(dim.split("\\*")).mapToLong(Long::parseLong).reduce(1, Math::multiplyExact);
    }

    @Override
    void describe(Map<String, String> properties) {
        properties.put("source", answers().reading().source());
    }

    @Override
    public Read read(InferenceRequest request) {
        Map<String, NdArray> inputs = arrays(request);
        return new Read(inputs, answers().sequences(inputs));
    }

    private Map<String, NdArray> arrays(InferenceRequest request) {
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        for (Port port : answers().reading().signature().inputs()) {
            request.find(port.name()).ifPresent(tensor -> arrays.put(port.name(), array(port, tensor)));
        }
        return arrays;
    }

    private static NdArray array(Port port, InferenceTensor tensor) {
        if (tensor.count() == 0) {
            throw ProtocolException.invalid("input '" + port.name() + "' has no element; expected at least one sequence of one step");
        }
        int[] shape = Arrays.stream(tensor.shape()).mapToInt(Math::toIntExact).toArray();
        boolean whole = port.kind() == Kind.IDS || port.kind() == Kind.LENGTHS;
        return whole ? NdArray.of(shape, Arrays.stream(tensor.ints()).asLongStream().toArray()) : NdArray.of(shape, tensor.floats());
    }

    @Override
    public int size(Read input) {
        return input.count();
    }

    @Override
    public Object group(Read input) {
        return answers().givesStates(input.inputs()) ? new Object() : "";
    }

    @Override
    public List<Found> run(List<Read> inputs) {
        try {
            return answers().run(inputs.stream().map(Read::inputs).toList()).stream().map(outputs -> new Found(outputs, null)).toList();
        } catch (IllegalArgumentException e) { // an id that the network does not have: the others' answers are right
            return inputs.size() == 1 ? List.of(new Found(Map.of(), e))
                    : inputs.stream().flatMap(input -> run(List.of(input)).stream()).toList();
        }
    }

    @Override
    public List<InferenceTensor> write(InferenceRequest request, Read input, Found output) {
        if (output.failure() != null) {
            throw ProtocolException.invalid(output.failure().getMessage());
        }
        return tensors(request, output.outputs());
    }

    private static List<InferenceTensor> tensors(InferenceRequest request, Map<String, NdArray> arrays) {
        List<InferenceTensor> tensors = new ArrayList<>();
        arrays.forEach((name, array) -> {
            if (request.wants(name)) {
                tensors.add(InferenceTensor.of(name, array.reals(), Arrays.stream(array.shape()).asLongStream().toArray()));
            }
        });
        return tensors;
    }

    @Override
    public Steps<?> steps(int capacity, int threads) {
        return new OfFile(answers().steps(), capacity, threads);
    }

    /** Steps of the file's calls. */
    private final class OfFile extends Steps<Read> {
        private final OnnxSteps steps;

        OfFile(OnnxSteps steps, int capacity, int threads) {
            super(answers().model(), steps.value(), capacity, threads);
            this.steps = steps;
        }

        @Override
        protected Read read(InferenceRequest request) {
            for (InferenceRequest.Output wanted : request.outputs()) {
                if (!steps.outputs().contains(wanted.name()) && !wanted.name().equals(SequenceRequest.STATE)) {
                    throw ProtocolException.invalid("a sequence shows " + String.join(", ", steps.outputs()) + " alone; output '"
                            + wanted.name() + "' is there for whole requests, without a sequence_id");
                }
            }
            Map<String, NdArray> inputs = arrays(request);
            return new Read(inputs, steps.count(inputs));
        }

        @Override
        protected int count(Read input) {
            return input.count();
        }

        @Override
        protected void feed(Batch target, List<Read> inputs, int step) {
            steps.feed(target, inputs.stream().map(Read::inputs).toList(), step);
        }

        @Override
        protected List<InferenceTensor> write(InferenceRequest request, Read input, float[] rows) {
            return tensors(request, steps.outputs(rows));
        }
    }
}
