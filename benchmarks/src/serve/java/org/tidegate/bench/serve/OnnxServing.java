/* A classifier whose network ONNX Runtime runs. */
package org.tidegate.bench.serve;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tidegate.decode.LogSoftmax;
import org.tidegate.server.model.Serving;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.task.classify.ClassifierReading;

/** A text to the probabilities of its labels, as our own serving does it. The sequences of a batch are padded to the longest of them. */
final class OnnxServing implements Serving<int[], float[]> {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final ClassifierReading reading;

    /** One thread for each call, as the server's workers are as many as the cores. */
    OnnxServing(Path file, ClassifierReading reading) throws OrtException {
        this.reading = reading;
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            session = environment.createSession(file.toString(), options);
        }
    }

    @Override
    public String kind() {
        return "onnx_runtime";
    }

    @Override
    public List<TensorMetadata> inputs() {
        return List.of(TensorMetadata.of("text", Datatype.BYTES, 1));
    }

    @Override
    public List<TensorMetadata> outputs() {
        return List.of(TensorMetadata.of("label", Datatype.BYTES, 1), TensorMetadata.of("probability", Datatype.FP32, 1),
            TensorMetadata.of("probabilities", Datatype.FP32, 1, reading.labels().size()));
    }

    @Override
    public Map<String, String> properties() {
        return Map.of();
    }

    @Override
    public int[] read(InferenceRequest request) {
        return reading.tokens(request.input("text").texts().get(0), "the text");
    }

    @Override
    public int size(int[] tokens) {
        return 1;
    }

    @Override
    public List<float[]> run(List<int[]> texts) {
        int longest = texts.stream().mapToInt(each -> each.length).max().orElseThrow();
        long[] ids = new long[texts.size() * longest];
        int[] lengths = new int[texts.size()];
        for (int i = 0; i < texts.size(); i++) {
            int[] tokens = texts.get(i);
            lengths[i] = tokens.length;
            for (int t = 0; t < tokens.length; t++) {
                ids[i * longest + t] = tokens[t];
            }
        }
        try (OnnxTensor tokens = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), new long[] {texts.size(), longest});
                OnnxTensor sizes = OnnxTensor.createTensor(environment, IntBuffer.wrap(lengths), new long[] {texts.size()});
                OrtSession.Result result = session.run(Map.of("tokens", tokens, "lengths", sizes))) {
            FloatBuffer logits = ((OnnxTensor) result.get(0)).getFloatBuffer();
            List<float[]> found = new ArrayList<>(texts.size());
            for (int i = 0; i < texts.size(); i++) {
                float[] row = new float[reading.labels().size()];
                logits.get(row);
                double[] log = LogSoftmax.of(row, 0, row.length);
                for (int k = 0; k < row.length; k++) {
                    row[k] = (float) Math.exp(log[k]);
                }
                found.add(row);
            }
            return found;
        } catch (OrtException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public List<InferenceTensor> write(InferenceRequest request, int[] tokens, float[] found) {
        int best = 0;
        for (int k = 1; k < found.length; k++) {
            best = found[k] > found[best] ? k : best;
        }
        return List.of(InferenceTensor.of("label", List.of(reading.labels().get(best)), 1), InferenceTensor.of("probability", new float[] {found[best]}, 1),
            InferenceTensor.of("probabilities", found, 1, found.length));
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }
}
