package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tidegate.Precision;
import org.tidegate.hammer.Hammer;
import org.tidegate.hammer.Soak;

/** Many threads on one opened task and on one that learns, right use and misuse mixed: no crash, no wrong answer, usable after. */
@Tag(Soak.TAG)
@Timeout(600)
class TaskHammerTest {
    private static final Map<String, Path> FILES = new ConcurrentHashMap<>();

    @TempDir
    static Path folder;

    static Stream<String> tasks() {
        return TaskSamples.names();
    }

    static Stream<String> trainable() {
        return TaskSamples.trainable();
    }

    private static Path file(String task) throws IOException {
        Path file = folder.resolve(task + ".safetensors");
        if (!FILES.containsKey(task)) {
            TaskSamples.of(task).save(file);
            FILES.put(task, file);
        }
        return file;
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void whatAnswersNeverAnswersForAnother(String task) throws Exception {
        Path file = file(task);
        TaskSamples.Sample<?, ?> sample = TaskSamples.of(task);
        List<Object> expected;
        String figures;
        try (Answers<?> alone = Tasks.open(file, Precision.FLOAT32)) {
            expected = IntStream.range(0, TaskSamples.QUESTIONS).mapToObj(i -> sample.ask(alone, i)).toList();
            figures = sample.measure(alone).toJson().toString();
        }
        try (Answers<?> shared = Tasks.open(file, Precision.FLOAT32)) {
            AtomicReference<Answers<?>> closing = new AtomicReference<>(Tasks.open(file, Precision.FLOAT32));
            new Hammer("the answers of " + task).operation("ask", random -> {
                int question = random.nextInt(TaskSamples.QUESTIONS);
                assertEquals(expected.get(question), sample.ask(shared, question));
            }).operation("ask what may be closed", random -> {
                int question = random.nextInt(TaskSamples.QUESTIONS);
                assertEquals(expected.get(question), sample.ask(closing.get(), question));
            }, IllegalStateException.class).operation("close and open again", random -> {
                Answers<?> before = closing.getAndSet(Tasks.open(file, Precision.FLOAT32));
                before.close();
            }).operation("measure", random -> assertEquals(figures, sample.measure(shared).toJson().toString()))
                    .operation("ask how large it is", random -> {
                        if (shared.bytes() < shared.model().bytes()) {
                            throw new AssertionError(shared.bytes() + " bytes");
                        }
                    }).run();
            closing.get().close();
            for (int question = 0; question < TaskSamples.QUESTIONS; question++) {
                assertEquals(expected.get(question), sample.ask(shared, question));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("trainable")
    void whatLearnsRefusesASecondThreadAndStaysWhole(String task) throws Exception {
        Path file = file(task);
        TaskSamples.Sample<?, ?> sample = TaskSamples.of(task);
        AtomicLong number = new AtomicLong();
        AtomicReference<Trainable<?, ?>> shared = new AtomicReference<>(Tasks.load(file));
        new Hammer("the learner of " + task).operation("save", random -> {
            Path saved = folder.resolve(task + "-" + number.incrementAndGet() % 8 + ".saved");
            shared.get().save(saved);
        }, IllegalStateException.class, IOException.class).operation("answers", random -> {
            try (Answers<?> answers = shared.get().answers(Precision.INT8)) {
                sample.ask(answers, random.nextInt(TaskSamples.QUESTIONS));
            }
        }, IllegalStateException.class).operation("history", random -> shared.get().history()).operation("close", random -> {
            Trainable<?, ?> before = shared.get();
            before.close();
            shared.compareAndSet(before, Tasks.load(file));
        }, IllegalStateException.class).operation("load", random -> Tasks.load(file).close()).run();
        shared.get().close();
        try (Answers<?> answers = Tasks.open(file, Precision.FLOAT32)) {
            sample.ask(answers, 0);
        }
        for (int i = 0; i < 8; i++) {
            Path saved = folder.resolve(task + "-" + i + ".saved");
            if (Files.exists(saved)) {
                Tasks.load(saved).close(); // whole, whatever happened around it
            }
        }
    }
}
