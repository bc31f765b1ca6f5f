package org.tidegate.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tidegate.State;
import org.tidegate.json.JsonObject;

class TrainingStateTest {
    private static final TrainingState.Settings SETTINGS =
            new TrainingState.Settings("sgd momentum=0.9", 32, 50, Long.MIN_VALUE, "\"7\" tokens");

    private static TrainingState state() {
        return new TrainingState(12, -3, State.of(2, 1, 2, 3, 4), 0.1 + 0.2, 5, Double.NaN, "0.5 Infinity 3", 1.0 / 3, 10, 2, 1e-9,
                List.of(new HistoryPoint(5, 0.5, 2.5, Double.NaN, 1e-3, 3), new HistoryPoint(1L << 40, 1, 2, 1, 0, 4),
                        new HistoryPoint(7, 1, 2, 1, 0, 5, 0.75)), SETTINGS);
    }

    @Test
    void jsonBringsBackEveryBit() {
        TrainingState state = state();
        assertEquals(state, TrainingState.fromJson(JsonObject.parse(state.toJson().toString()), state.carried().toArray()));
        TrainingState start = TrainingState.start(SETTINGS);
        assertEquals(start, TrainingState.fromJson(JsonObject.parse(start.toJson().toString()), new float[0]));
    }

    @Test
    void aPointOfAnEarlierFileHasNoFigure() {
        String json = state().toJson().toString();
        assertTrue(json.contains("5.0,0.75]"), json);
        TrainingState read = TrainingState.fromJson(JsonObject.parse(json.replace("5.0,0.75]", "5.0]")), new float[4]);
        assertTrue(Double.isNaN(read.history().get(2).figure()));
        for (String damaged : List.of(",5.0,0.75,1]", "]")) {
            assertThrows(IllegalArgumentException.class,
                    () -> TrainingState.fromJson(JsonObject.parse(json.replace(",5.0,0.75]", damaged)), new float[4]), damaged);
        }
    }

    @Test
    void aDamagedStateIsRefused() {
        String json = state().toJson().toString();
        for (String damaged : new String[] {"", "[]", "{}", json.replace("\"step\":12", "\"step\":\"x\""), json.replace("\"step\":12,", ""),
            json.replace("\"step\":12", "\"step\":-12"),
            json.replace("\"step\":12", "\"step\":12,\"step\":12"), json.replace("[5.0,", "["),
            json.replace("\"seed\":\"", "\"seed\":\"x"), json.replace("\"random\":\"", "\"random\":\"-"),
            json.substring(0, json.length() - 1)}) {
            assertThrows(IllegalArgumentException.class, () -> TrainingState.fromJson(JsonObject.parse(damaged), new float[4]), damaged);
        }
        assertThrows(IllegalArgumentException.class, () -> TrainingState.fromJson(JsonObject.parse(json), new float[3]),
                "3 numbers for 2 sequences");
    }

    @Test
    void settingsKeepTheirOldValuesWhenACopyIsChanged() {
        Training one = Training.epochs(2.5).batch(7);
        Training two = one.batch(8).bptt(3).listener(new TrainingListener() { });
        assertEquals(7, one.batch());
        assertTrue(one.bptt().isEmpty());
        assertTrue(one.listeners().isEmpty());
        assertEquals(8, two.batch());
        assertEquals(2.5, two.epochs());
        assertEquals(1, two.listeners().size());
    }
}
