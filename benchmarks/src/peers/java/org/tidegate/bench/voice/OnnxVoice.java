/* ONNX Runtime's side. */
package org.tidegate.bench.voice;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Streams side by side: a call hears a chunk of each. Inputs, outputs and states lie in direct buffers that are given to every call, and the
 * states swap places from call to call, so that nothing is copied or allocated for them. One thread, which ONNX Runtime lets compute itself
 * instead of waking others, so that nothing spins; everything else is its default.
 */
final class OnnxVoice extends VoiceContender {
    private static final int STATE = 128;

    private final VoiceSignal signal;
    private final int streams;
    private final OrtSession session;
    private final List<OnnxTensor> tensors = new ArrayList<>();
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final List<Map<String, OnnxTensor>> inputs = new ArrayList<>();
    private final List<Map<String, OnnxTensor>> outputs = new ArrayList<>();
    private final float[] row = new float[VoiceSignal.CONTEXT + VoiceSignal.CHUNK];
    private final float[][] contexts;
    private int step;

    OnnxVoice(Path file, VoiceSignal signal, int streams) throws OrtException {
        super(streams == 1 ? "a step" : streams + " streams", streams);
        this.signal = signal;
        this.streams = streams;
        session = open(file);
        contexts = new float[streams][VoiceSignal.CONTEXT];
        input = floats(streams * row.length);
        output = floats(streams);
        OnnxTensor in = tensor(input, streams, row.length);
        OnnxTensor out = tensor(output, streams, 1);
        OnnxTensor rate = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), (long) VoiceSignal.RATE);
        tensors.add(rate);
        OnnxTensor[] states = {tensor(floats(2 * streams * STATE), 2, streams, STATE), tensor(floats(2 * streams * STATE), 2, streams, STATE)};
        for (int i = 0; i < 2; i++) {
            inputs.add(Map.of("input", in, "state", states[i], "sr", rate));
            outputs.add(Map.of("output", out, "stateN", states[1 - i]));
        }
    }

    static OrtSession open(Path file) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            return OrtEnvironment.getEnvironment().createSession(file.toString(), options);
        }
    }

    private static FloatBuffer floats(int count) {
        return ByteBuffer.allocateDirect(Float.BYTES * count).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    private OnnxTensor tensor(FloatBuffer buffer, long... shape) throws OrtException {
        OnnxTensor tensor = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), buffer, shape);
        tensors.add(tensor);
        return tensor;
    }

    @Override
    public void run() {
        for (int s = 0; s < streams; s++) {
            System.arraycopy(contexts[s], 0, row, 0, VoiceSignal.CONTEXT);
            signal.chunk(VoiceSignal.heard(s, step), row, VoiceSignal.CONTEXT);
            System.arraycopy(row, VoiceSignal.CHUNK, contexts[s], 0, VoiceSignal.CONTEXT);
            input.put(s * row.length, row);
        }
        try {
            session.run(inputs.get(step & 1), outputs.get(step & 1)).close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
        step++;
    }

    @Override
    public float[] output() {
        float[] copy = new float[streams];
        output.get(0, copy);
        return copy;
    }

    @Override
    public void close() {
        tensors.forEach(OnnxTensor::close);
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
