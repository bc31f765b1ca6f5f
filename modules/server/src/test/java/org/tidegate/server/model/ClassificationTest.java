/* The extension "classification". */
package org.tidegate.server.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Precision;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.task.Servings;
import org.tidegate.server.task.TaskModels;

class ClassificationTest {
    @TempDir
    Path folder;

    private static InferenceRequest request(String output, Object count) {
        return new InferenceRequest("m", "", "", Map.of(), List.of(InferenceTensor.of("text", List.of("the tide"), 1)),
                List.of(new InferenceRequest.Output(output, Map.of("classification", count))));
    }

    @Test
    void theGreatestOfEachRowComeWithIndexAndLabel() throws Exception {
        TaskModels.CLASSIFY.save(folder.resolve("m.safetensors"));
        try (Serving<?, ?> serving = Servings.open(folder.resolve("m.safetensors"), Precision.FLOAT32)) {
            int labels = serving.labels("probabilities").size();
            float[] rows = new float[2 * labels];
            rows[1] = 0.5f;
            rows[3] = 0.25f;
            rows[labels] = Float.NaN;
            rows[labels + 2] = 3e-9f;
            InferenceRequest asked = request("probabilities", 2L);
            Classification.check(asked, serving);
            InferenceTensor classes = Classification.of(asked, serving, List.of(InferenceTensor.of("probabilities", rows, 2, labels))).get(0);
            List<String> names = serving.labels("probabilities");
            assertArrayEquals(new long[] {2, 2}, classes.shape());
            assertEquals(Datatype.BYTES, classes.datatype());
            assertEquals(List.of("0.5:1:" + names.get(1), "0.25:3:" + names.get(3), "3.0E-9:2:" + names.get(2), "0.0:1:" + names.get(1)),
                    classes.texts());
            InferenceTensor all = Classification.of(request("probabilities", 1000L), serving,
                    List.of(InferenceTensor.of("probabilities", rows, 2, labels))).get(0);
            assertArrayEquals(new long[] {2, labels}, all.shape());
            assertTrue(all.texts().get(2 * labels - 1).startsWith("NaN:0:"));
            InferenceTensor plain = Classification.of(request("probability", 1L), serving, List.of(InferenceTensor.of("probability",
                    new float[] {0.25f, 0.75f}, 2))).get(0);
            assertEquals(List.of("0.75:1"), plain.texts(), "without labels");
        }
    }

    @Test
    void whatHasNoClassesIsRefused() throws Exception {
        TaskModels.CLASSIFY.save(folder.resolve("m.safetensors"));
        try (Serving<?, ?> serving = Servings.open(folder.resolve("m.safetensors"), Precision.FLOAT32)) {
            assertThrows(ProtocolException.class, () -> Classification.check(request("label", 1L), serving));
            assertThrows(ProtocolException.class, () -> Classification.check(request("probabilities", 0L), serving));
            assertThrows(ProtocolException.class, () -> Classification.check(request("probabilities", "two"), serving));
        }
    }
}
