package org.tidegate.bench.start;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.LongBuffer;
import java.util.Map;

/** The same by ONNX Runtime, with one thread. */
final class OnnxStart {
    private OnnxStart() {
    }

    public static void main(String[] arguments) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            int[] words = StartCommand.words();
            long[] ids = new long[words.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = words[i];
            }
            try (OrtSession session = environment.createSession(arguments[0], options);
                    OnnxTensor input = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), new long[] {1, ids.length});
                    OrtSession.Result result = session.run(Map.of("words", input))) {
                float[][] scores = (float[][]) result.get(0).getValue();
                System.out.println(scores[0][0]);
                System.out.println(scores[0][1]);
            }
        }
    }
}
