/* Whatever is thrown wherever a model is asked: its client is told by one rule. */
package org.tidegate.server.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.Precision;
import org.tidegate.server.Patient;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.network.Networks;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.protocol.Thrown;
import org.tidegate.server.sequence.SequenceLimits;
import org.tidegate.server.sequence.Steps;

class FailingPlacesTest {
    /** Where it is thrown, and whether the request is read, or its values tried, there. */
    private enum Place {
        READ(true, false),
        RUN(false, false),
        WRITE(false, false),
        STEP_READ(true, true),
        STEP_RUN(true, true),
        STEP_WRITE(false, true);

        final boolean reads;
        final boolean sequence;

        Place(boolean reads, boolean sequence) {
            this.reads = reads;
            this.sequence = sequence;
        }
    }

    /** Throws at the place that a text names. */
    private static final class Failing extends Echo {
        private final Thrown thrown;
        private final FrozenModel network;

        Failing(Thrown thrown, FrozenModel network) {
            super(text -> text.equals(Place.RUN.name()) ? thrown.raise() : text);
            this.thrown = thrown;
            this.network = network;
        }

        private String failed(String text, Place place) {
            return text.equals(place.name()) ? thrown.raise() : text;
        }

        @Override
        public String read(InferenceRequest request) {
            return failed(super.read(request), Place.READ);
        }

        @Override
        public List<InferenceTensor> write(InferenceRequest request, String text, String said) {
            return super.write(request, text, failed(said, Place.WRITE));
        }

        @Override
        public Steps<?> steps(int capacity, int threads) {
            return new Steps<String>(network, "y", capacity, threads) {
                @Override
                protected String read(InferenceRequest request) {
                    return failed(request.input("text").texts().get(0), Place.STEP_READ);
                }

                @Override
                protected int count(String text) {
                    return 1;
                }

                @Override
                protected void feed(Batch target, List<String> texts, int step) {
                    texts.forEach(text -> failed(text, Place.STEP_RUN));
                    target.equalLengths("time", texts.size(), 1).reals("x", new float[2 * texts.size()]);
                }

                @Override
                protected List<InferenceTensor> write(InferenceRequest request, String text, float[] rows) {
                    return Failing.this.write(request, text, failed(text, Place.STEP_WRITE));
                }
            };
        }
    }

    private static InferenceRequest request(String text, boolean sequence) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        if (sequence) {
            parameters.put("sequence_id", text);
            parameters.put("sequence_start", true);
            parameters.put("sequence_end", true);
        }
        return new InferenceRequest("m", "", "", parameters, List.of(InferenceTensor.of("text", List.of(text), 1)), List.of());
    }

    private static Asked ask(ServedModel model, String text, boolean sequence) {
        Asked asked = new Asked();
        assertTrue(model.infer(request(text, sequence), asked));
        return asked;
    }

    /** A client to whom an answer cannot be sent. */
    private static final class Gone implements Patient {
        private final Thrown thrown; // by the answer; null where the client has given up meanwhile
        private boolean gone;

        Gone(Thrown thrown) {
            this.thrown = thrown;
        }

        @Override
        public void answer(InferenceResponse response) {
            gone = true;
            if (thrown != null) {
                thrown.raise();
            }
        }

        @Override
        public void fail(ProtocolException failure) {}

        @Override
        public boolean isCancelled() {
            return gone;
        }
    }

    @Test
    void anAnswerThatDoesNotReachItsClientIsCountedAsAFailure() throws Exception {
        try (FrozenModel network = Networks.frozen(Networks.CURVE, Precision.FLOAT32);
                ServedModel model = new ServedModel("m", "1", new Failing(Thrown.STATE, network), new Batcher.Limits(1, 64, 0, 100),
                        SequenceLimits.DEFAULT, Runnable::run)) {
            for (boolean sequence : List.of(false, true)) {
                model.infer(request("fine", sequence), new Gone(null));
                model.infer(request("fine", sequence), new Gone(Thrown.STATE));
            }
            assertEquals(Map.of(Status.CANCELLED, 2L, Status.INTERNAL, 2L), model.statistics().failures());
            assertEquals(0, model.statistics().success().count());
            ask(model, "fine", true).get();
            assertEquals(1, model.statistics().success().count());
            assertTrue(model.isIdle());
        }
    }

    @ParameterizedTest
    @EnumSource(Thrown.class)
    void aFailureIsToldByOneRuleAndCountedAndLeavesNothingOpen(Thrown thrown) throws Exception {
        try (FrozenModel network = Networks.frozen(Networks.CURVE, Precision.FLOAT32)) {
            Failing serving = new Failing(thrown, network);
            try (ServedModel model = new ServedModel("m", "1", serving, new Batcher.Limits(1, 64, 0, 100), SequenceLimits.DEFAULT, Runnable::run)) {
                int failed = 0;
                for (Place place : Place.values()) {
                    Asked asked = ask(model, place.name(), place.sequence);
                    ProtocolException told = assertThrows(ProtocolException.class, asked::get, place.name());
                    Status expected = place.reads ? thrown.read() : thrown.elsewhere();
                    assertEquals(expected, told.status(), place + ": " + told.getMessage());
                    assertFalse(told.getMessage().contains("secret"), told.getMessage());
                    assertEquals(++failed, model.statistics().fail().count(), place.name());
                    assertEquals("fine", ask(model, "fine", place.sequence).get().outputs().get(0).texts().get(0));
                    assertTrue(model.isIdle(), place.name());
                }
            }
            assertTrue(serving.isClosed(), "somebody still holds the model");
        }
    }
}
