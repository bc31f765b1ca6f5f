package org.tidegate.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A file of ONNX in ONNX Runtime's Java API, on one thread. */
final class InOnnxRuntime implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    InOnnxRuntime(byte[] file) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            session = environment.createSession(file, options);
        } catch (OrtException e) {
            throw new AssertionError(e);
        }
    }

    Set<String> inputs() {
        return session.getInputNames();
    }

    /** Integers go in as what the file says, int32 or int64. */
    Map<String, NdArray> run(Map<String, NdArray> inputs) {
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, NdArray> input : inputs.entrySet()) {
                tensors.put(input.getKey(), tensor(input.getKey(), input.getValue()));
            }
            Map<String, NdArray> outputs = new LinkedHashMap<>();
            try (OrtSession.Result result = session.run(tensors)) {
                for (Map.Entry<String, OnnxValue> output : result) {
                    OnnxTensor tensor = (OnnxTensor) output.getValue();
                    FloatBuffer buffer = tensor.getFloatBuffer();
                    float[] numbers = new float[buffer.remaining()];
                    buffer.get(numbers);
                    int[] shape = Arrays.stream(tensor.getInfo().getShape()).mapToInt(Math::toIntExact).toArray();
                    outputs.put(output.getKey(), NdArray.of(shape, numbers));
                }
            }
            return outputs;
        } catch (OrtException e) {
            throw new AssertionError(e);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor tensor(String name, NdArray array) throws OrtException {
        long[] shape = Arrays.stream(array.shape()).asLongStream().toArray();
        if (array.reals() != null) {
            return OnnxTensor.createTensor(environment, FloatBuffer.wrap(array.reals()), shape);
        }
        return switch (((TensorInfo) session.getInputInfo().get(name).getInfo()).type) {
            case INT32 -> OnnxTensor.createTensor(environment,
                    IntBuffer.wrap(Arrays.stream(array.integers()).mapToInt(Math::toIntExact).toArray()), shape);
            default -> OnnxTensor.createTensor(environment, LongBuffer.wrap(array.integers()), shape);
        };
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new AssertionError(e);
        }
    }
}
