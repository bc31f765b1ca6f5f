package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tidegate.train.HistoryPoint;

/** Every task: the same seed gives the same bits on any number of threads. */
class SameBitsTest {
    static Stream<String> samples() {
        return TaskSamples.trainable();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aTrainingHasTheSameBitsOnOneThreadTwoAndThree(String task) throws IOException {
        TaskSamples.Sample<?, ?> sample = TaskSamples.of(task);
        List<Long> models = new ArrayList<>();
        List<List<Double>> losses = new ArrayList<>();
        for (int threads = 1; threads <= 3; threads++) {
            try (Trainable<?, ?> model = sample.fresh()) {
                sample.train(model, sample.training().threads(threads));
                models.add(model.model().fingerprint());
                losses.add(model.history().stream().map(HistoryPoint::trainLoss).toList());
            }
        }
        assertEquals(List.of(models.get(0), models.get(0), models.get(0)), models);
        assertEquals(List.of(losses.get(0), losses.get(0), losses.get(0)), losses);
    }
}
