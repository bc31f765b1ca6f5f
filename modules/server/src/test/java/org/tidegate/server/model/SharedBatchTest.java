/* A batch of which one request cannot be run. */
package org.tidegate.server.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.sequence.SequenceLimits;

class SharedBatchTest {
    /** Gives texts back, but has no memory for one that is "large", and fails for one that is "odd". */
    private static final class Echo implements Serving<String, String> {
        @Override
        public String kind() {
            return "echo";
        }

        @Override
        public List<TensorMetadata> inputs() {
            return List.of(TensorMetadata.of("text", Datatype.BYTES, 1));
        }

        @Override
        public List<TensorMetadata> outputs() {
            return inputs();
        }

        @Override
        public Map<String, String> properties() {
            return Map.of();
        }

        @Override
        public String read(InferenceRequest request) {
            return request.input("text").texts().get(0);
        }

        @Override
        public int size(String text) {
            return 1;
        }

        @Override
        public List<String> run(List<String> texts) {
            if (texts.contains("large")) {
                throw new OutOfMemoryError("a test's");
            }
            if (texts.contains("odd")) {
                throw new IllegalStateException("a test's");
            }
            return texts;
        }

        @Override
        public List<InferenceTensor> write(InferenceRequest request, String input, String text) {
            return List.of(InferenceTensor.of("text", List.of(text), 1));
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public void close() {}
    }

    @Test
    void theOthersOfABatchAreAnsweredWhereOneNeedsTooMuchOrFails() throws Exception {
        Deque<Runnable> tasks = new ArrayDeque<>();
        try (ServedModel model = new ServedModel("echo", "1", new Echo(), new Batcher.Limits(1, 64, 0, 100),
                SequenceLimits.DEFAULT, tasks::add)) {
            Asked[] asked = new Asked[4];
            String[] texts = {"a", "large", "odd", "b"};
            for (int i = 0; i < asked.length; i++) {
                asked[i] = new Asked();
                model.infer(Asked.text("echo", "", texts[i]), asked[i]);
            }
            while (!tasks.isEmpty()) {
                tasks.poll().run();
            }
            assertEquals("a", asked[0].get().outputs().get(0).texts().get(0));
            assertEquals(Status.RESOURCE_EXHAUSTED, assertThrows(ProtocolException.class, asked[1]::get).status());
            assertEquals(Status.INTERNAL, assertThrows(ProtocolException.class, asked[2]::get).status());
            assertEquals("b", asked[3].get().outputs().get(0).texts().get(0));
        }
    }
}
