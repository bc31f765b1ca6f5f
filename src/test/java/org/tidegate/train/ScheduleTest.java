package org.tidegate.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tidegate.checkpoint.SafetensorsFile;

class ScheduleTest {
    private static void assertAsRecorded(String name, Schedule schedule) throws IOException, URISyntaxException {
        Path path = Path.of(ScheduleTest.class.getResource("/schedules/lr_" + name + ".f64.safetensors").toURI());
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            ByteBuffer rates = file.readBytes("lr");
            for (int step = 0; step < 20; step++) {
                double expected = rates.getDouble();
                double rate = schedule.start().learningRate(0.25, new Schedule.Moment(step, 20, 5));
                assertEquals(expected, rate, 1e-12 * expected, name + " " + step);
            }
        }
    }

    private static double rate(Schedule schedule, long step) {
        return rate(schedule.start(), step);
    }

    private static double rate(Schedule.Run run, long step) {
        return run.learningRate(1, new Schedule.Moment(step, 100, 10));
    }

    @Test
    void theRatesAreThoseThatPyTorchRecorded() throws Exception {
        assertAsRecorded("step", Schedule.step(3, 0.5));
        assertAsRecorded("multistep", Schedule.multistep(0.3, 2, 5, 11));
        assertAsRecorded("exponential", Schedule.exponential(0.9));
        assertAsRecorded("cosine", Schedule.cosine(12, 0.01));
        assertAsRecorded("linear", Schedule.linear(0.2, 1, 6));
    }

    @Test
    void theCosineWithoutAPeriodFallsToZeroOverTheWholeTraining() {
        assertEquals(1, rate(Schedule.cosine(), 0));
        assertEquals(0.5, rate(Schedule.cosine(), 50), 1e-12);
        assertEquals(0, rate(Schedule.cosine(), 100), 1e-12);
    }

    @Test
    void aWarmUpRisesToTheScheduleBehindIt() {
        Schedule schedule = Schedule.constant().warmUp(4);
        assertEquals(0.25, rate(schedule, 0));
        assertEquals(1, rate(schedule, 3));
        assertEquals(1, rate(schedule, 50));
    }

    @Test
    void byEpochCountsEpochs() {
        Schedule schedule = Schedule.step(2, 0.5).byEpoch();
        assertEquals(1, rate(schedule, 19));
        assertEquals(0.5, rate(schedule, 20));
    }

    @Test
    void thePlateauReducesAfterItsPatienceAndNotBelowItsMinimum() {
        Schedule.Run plateau = new ReduceOnPlateau(0.5, 1, 0.2).start();
        double[] losses = {2, 1, 1, 0.99999, 1, 1, 0.5, 0.6, 0.6, 0.6, 0.6};
        double[] rates = {1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2, 0.2, 0.2};
        for (int i = 0; i < losses.length; i++) {
            plateau.validated(losses[i]);
            assertEquals(rates[i], rate(plateau, i), 1e-12, "after validation " + i);
        }
    }

    @Test
    void everyRunOfAPlateauStartsAtTheInitialRate() {
        for (String text : List.of("plateau factor=0.5 patience=0", "plateau factor=0.5 patience=0 warm_up=2",
                "plateau factor=0.5 patience=0 by=epoch", "plateau factor=0.5 patience=0 by=epoch warm_up=2")) {
            Schedule schedule = Schedule.parse(text);
            Schedule.Run first = schedule.start();
            first.validated(1);
            first.validated(2);
            assertEquals(0.5, rate(first, 90), text);
            assertEquals(1, rate(schedule.start(), 90), text);
            assertEquals(1, schedule.learningRate(1, new Schedule.Moment(90, 100, 10)), text);
        }
    }

    @Test
    void aRunContinuesFromItsMemoryInTheMiddleOfAPlateau() {
        Schedule schedule = new ReduceOnPlateau(0.5, 2, 0).warmUp(2).byEpoch();
        Schedule.Run one = schedule.start();
        one.validated(1);
        one.validated(2);
        one.validated(2);
        Schedule.Run two = Schedule.parse(schedule.toString()).start();
        two.remember(one.memory());
        assertEquals(1, rate(two, 90));
        assertEquals(0.5, rate(two, 5));
        one.validated(2);
        two.validated(2);
        assertEquals(0.5, rate(one, 90));
        assertEquals(0.5, rate(two, 90));
        assertEquals(one.memory(), two.memory());
    }

    @Test
    void aRunOfALambdaIsTheLambda() {
        Schedule.Run run = ((Schedule) (initial, moment) -> initial / (1 + moment.step())).start();
        run.validated(3);
        assertEquals(0.1, rate(run, 9));
        assertEquals("", run.memory());
    }

    @Test
    void aMemoryThatIsNoPlateausIsRefused() {
        for (String memory : List.of("", "1.0 2.0", "a b c", "1.0 2.0 x")) {
            assertThrows(IllegalArgumentException.class, () -> new ReduceOnPlateau(0.5, 2, 0).start().remember(memory), memory);
        }
    }

    @Test
    void aScheduleIsReadFromItsOwnText() {
        for (Schedule schedule : List.of(Schedule.constant(), Schedule.step(3, 0.5), Schedule.multistep(0.3, 2, 5, 11),
                Schedule.exponential(0.9), Schedule.cosine(), Schedule.cosine(12, 0.01), Schedule.linear(0.2, 1, 6),
                new ReduceOnPlateau(0.1, 3, 1e-5), Schedule.step(1, 0.5).byEpoch().warmUp(30), Schedule.cosine().warmUp(2).byEpoch())) {
            Schedule read = Schedule.parse(schedule.toString());
            assertEquals(schedule.toString(), read.toString());
            for (int step = 0; step < 100; step++) {
                assertEquals(rate(schedule, step), rate(read, step), schedule + " at " + step);
            }
        }
    }

    @Test
    void aTextThatIsNoScheduleSaysWhatIsWrong() {
        for (String text : List.of("", "sine", "step", "step size=x", "step size=3 size=4", "cosine speed=1", "exponential",
                "exponential gamma=-1", "step size=0", "constant by=week", "constant warm_up=0", "linear start=0 steps=1.5", "step size")) {
            String message = assertThrows(IllegalArgumentException.class, () -> Schedule.parse(text), text).getMessage();
            assertTrue(message.length() > 20, message);
        }
    }
}
