package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.json.JsonObject;

/** What holds for every task on the class path, found by its format. */
@Timeout(120)
class TasksTest {
    private static final int THREADS = 32;
    private static final int ROUNDS = 12;

    @TempDir
    static Path folder;

    private static final Map<String, Path> FILES = new HashMap<>();

    static Stream<String> tasks() {
        return TaskSamples.names();
    }

    static Stream<String> trainable() {
        return TaskSamples.trainable();
    }

    @BeforeAll
    static void trainOneModelOfEachTask() throws IOException {
        for (String task : tasks().toList()) {
            Path file = folder.resolve(task + ".safetensors");
            TaskSamples.of(task).save(file);
            FILES.put(task, file);
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void thirtyTwoThreadsShareOneCopyOfTheWeightsAndGetTheAnswersOfOne(String task) throws Exception {
        for (Precision precision : Precision.values()) {
            try (Answers<?> answers = Tasks.open(FILES.get(task), precision)) {
                TaskSamples.Sample<?, ?> sample = TaskSamples.of(task);
                List<Object> alone = IntStream.range(0, TaskSamples.QUESTIONS).mapToObj(i -> sample.ask(answers, i)).toList();
                assertTrue(alone.stream().distinct().count() > 1, "all answers are alike, so mixed-up ones would not show: " + alone.get(0));
                long before = answers.bytes();
                Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
                List<Thread> threads = new ArrayList<>();
                for (int number = 0; number < THREADS; number++) {
                    int first = number;
                    threads.add(new Thread(() -> {
                        for (int round = 0; round < ROUNDS; round++) {
                            int question = (first + 7 * round) % TaskSamples.QUESTIONS;
                            assertEquals(alone.get(question), sample.ask(answers, question));
                        }
                    }));
                }
                threads.forEach(thread -> thread.setUncaughtExceptionHandler((which, failure) -> failures.add(failure)));
                threads.forEach(Thread::start);
                for (Thread thread : threads) {
                    thread.join();
                }
                assertEquals(List.of(), List.copyOf(failures));
                long workers = Math.max(1, Runtime.getRuntime().availableProcessors());
                System.out.printf("%-12s %-8s weights %,9d bytes, once for %d threads; with the idle workers %,d%n", task, precision,
                        answers.model().bytes(), THREADS, answers.bytes());
                assertTrue(answers.bytes() - answers.model().bytes() <= workers * (before - answers.model().bytes()) * 2,
                        "the idle workers hold " + (answers.bytes() - answers.model().bytes()) + " bytes");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("trainable")
    void theLossIsMeasuredInThePrecisionOfTheAnswers(String task) throws IOException {
        TaskSamples.Sample<?, ?> sample = TaskSamples.of(task);
        try (Answers<?> full = Tasks.open(FILES.get(task), Precision.FLOAT32);
                Answers<?> small = Tasks.open(FILES.get(task), Precision.INT8)) {
            double loss = sample.measure(full).number("loss");
            assertEquals(loss, sample.measure(full).number("loss"));
            assertNotEquals(loss, sample.measure(small).number("loss"));
            assertEquals(loss, sample.measure(small).number("loss"), 0.1 * Math.max(1, Math.abs(loss)));
        }
    }

    @ParameterizedTest
    @MethodSource("trainable")
    void everyEvaluationHasTheSameFirstFigures(String task) throws IOException {
        try (Answers<?> answers = Tasks.open(FILES.get(task), Precision.BFLOAT16)) {
            JsonObject figures = TaskSamples.of(task).measure(answers).toJson();
            assertEquals(List.of("task", "examples", "loss", "loss_unit", "precision"), figures.keys().stream().limit(5).toList());
            assertEquals(List.of(TaskSamples.task(task), "bfloat16"), List.of(figures.string("task"), figures.string("precision")));
            assertTrue(figures.wholeNumber("examples") > 0 && figures.number("loss") > 0);
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void whatAClosedTaskIsAskedIsAnExceptionAndClosingTwiceIsHarmless(String task) throws IOException {
        Answers<?> answers = Tasks.open(FILES.get(task), Precision.FLOAT32);
        answers.close();
        assertThrows(IllegalStateException.class, () -> TaskSamples.of(task).ask(answers, 0));
        assertThrows(IllegalStateException.class, () -> TaskSamples.of(task).measure(answers));
        assertDoesNotThrow(answers::close);
    }

    @ParameterizedTest
    @MethodSource("trainable")
    void aClosedLearnerRefusesToBeUsedAndClosingTwiceIsHarmless(String task) throws IOException {
        Trainable<?, ?> model = Tasks.load(FILES.get(task));
        model.close();
        assertDoesNotThrow(model::close);
        assertThrows(IllegalStateException.class, () -> model.save(folder.resolve("closed.safetensors")));
        assertThrows(IllegalStateException.class, () -> model.answers(Precision.FLOAT32));
    }

    @ParameterizedTest
    @MethodSource("trainable")
    void answersOutliveTheLearnerAndKeepTheWeightsThatItHad(String task) throws IOException {
        TaskSamples.Sample<?, ?> sample = TaskSamples.of(task);
        Answers<?> answers;
        Object before;
        try (Trainable<?, ?> model = Tasks.load(FILES.get(task))) {
            answers = model.answers(Precision.FLOAT32);
            before = sample.ask(answers, 1);
            model.model().parameters().forEach(parameter -> parameter.set(new float[(int) parameter.size()]));
        }
        try (answers) {
            assertEquals(before, sample.ask(answers, 1));
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void aReadingComesBackFromItsJsonAndRefusesWhatItDoesNotKnow(String task) throws IOException {
        try (Answers<?> answers = Tasks.open(FILES.get(task), Precision.FLOAT32); Model model = Model.load(FILES.get(task))) {
            JsonObject json = answers.reading().toJson();
            TaskFormat<?, ?> format = Tasks.format(FILES.get(task));
            assertEquals(json, format.reading(JsonObject.parse(json.toString())).toJson());
            assertEquals(List.of(), answers.reading().differences(format.reading(json)));
            Path wrong = folder.resolve("wrong.safetensors");
            write(model, wrong, TaskSamples.task(task), json.toString().replaceFirst("\\{", "{\"colour\":1,"));
            String refused = assertThrows(CheckpointException.class, () -> format.open(wrong, Precision.FLOAT32)).getMessage();
            assertTrue(refused.startsWith(wrong + " is no usable model of the task \"" + TaskSamples.task(task)
                    + "\": \"colour\" is not known"), refused);
            for (String key : json.keys()) {
                write(model, wrong, TaskSamples.task(task), json.toString().replaceFirst('"' + key + "\":", "\"colour\":"));
                assertThrows(CheckpointException.class, () -> format.open(wrong, Precision.FLOAT32), () -> "without " + key);
            }
            write(model, wrong, "none", json.toString());
            assertTrue(assertThrows(CheckpointException.class, () -> Tasks.open(wrong, Precision.FLOAT32)).getMessage()
                    .contains("is a model of the task \"none\", which is not on the class path; there are "));
            assertTrue(assertThrows(CheckpointException.class, () -> format.open(wrong, Precision.FLOAT32)).getMessage()
                    .contains("is no model of the task \"" + TaskSamples.task(task) + "\": its task is \"none\""));
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void whatOnlyAnswersSaysSoWhereItIsLoadedToBeTrained(String task) throws IOException {
        Path file = FILES.get(task);
        if (TaskSamples.of(task).isTrainable()) {
            Tasks.load(file).close();
        } else {
            assertEquals(file + " is a model of the task \"" + task + "\", which only answers and cannot be trained; open it instead",
                    assertThrows(CheckpointException.class, () -> Tasks.load(file)).getMessage());
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void threadsOfTheCoreMustBePositive(String task) throws IOException {
        assertThrows(IllegalArgumentException.class, () -> Tasks.format(FILES.get(task)).open(FILES.get(task), Precision.FLOAT32, 0));
        try (Answers<?> two = Tasks.format(FILES.get(task)).open(FILES.get(task), Precision.FLOAT32, 2);
                Answers<?> one = Tasks.open(FILES.get(task), Precision.FLOAT32)) {
            assertEquals(TaskSamples.of(task).ask(one, 2), TaskSamples.of(task).ask(two, 2));
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void theFileHoldsAModelThatNeedsNoTask(String task) throws IOException {
        try (Model model = Model.load(FILES.get(task)); Answers<?> answers = Tasks.open(FILES.get(task), Precision.FLOAT32)) {
            assertEquals(answers.model().fingerprint(), model.fingerprint());
            Path plain = folder.resolve("plain.safetensors");
            model.save(plain);
            String refusal = plain + " holds a network, but no task that says what it is for";
            assertEquals(refusal, assertThrows(CheckpointException.class, () -> Tasks.open(plain, Precision.FLOAT32)).getMessage());
            assertEquals(refusal, assertThrows(CheckpointException.class, () -> Tasks.load(plain)).getMessage());
            TaskFormat<?, ?> format = Tasks.format(FILES.get(task));
            assertEquals(refusal, assertThrows(CheckpointException.class, () -> format.open(plain, Precision.FLOAT32)).getMessage());
        }
    }

    @ParameterizedTest
    @MethodSource("trainable")
    void aFileOfWeightsAloneIsSmallerAnswersAlikeAndIsTrainedFurtherButNotResumed(String task) throws IOException {
        TaskSamples.Sample<?, ?> sample = TaskSamples.of(task);
        Path slim = folder.resolve("slim.safetensors");
        try (Trainable<?, ?> model = Tasks.load(FILES.get(task))) {
            assertTrue(model.isResumable());
            model.saveWeights(slim);
            assertTrue(Files.size(slim) < 0.7 * Files.size(FILES.get(task)), Files.size(slim) + " of " + Files.size(FILES.get(task)));
            assertTrue(Files.size(slim) > model.model().parameterCount() * Float.BYTES);
        }
        try (Answers<?> all = Tasks.open(FILES.get(task), Precision.FLOAT32); Answers<?> few = Tasks.open(slim, Precision.FLOAT32);
                Trainable<?, ?> further = Tasks.load(slim)) {
            assertEquals(all.model().fingerprint(), few.model().fingerprint());
            assertEquals(sample.measure(all).toJson(), sample.measure(few).toJson());
            assertEquals(sample.ask(all, 3), sample.ask(few, 3));
            assertEquals(List.of(false, List.of()), List.of(further.isResumable(), further.history()));
            String refused = assertThrows(IllegalStateException.class, () -> sample.train(further, sample.training().continued())).getMessage();
            assertTrue(refused.contains("saved without its training") && refused.contains("start a new training"), refused);
            sample.train(further, sample.training());
            assertTrue(further.isResumable());
            assertNotEquals(few.model().fingerprint(), further.model().fingerprint());
        }
    }

    private static void write(Model model, Path file, String task, String reading) throws IOException {
        model.save(file, writer -> writer.metadata("task", task).metadata("reading", reading));
    }
}
