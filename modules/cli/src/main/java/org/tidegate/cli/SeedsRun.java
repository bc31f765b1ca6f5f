package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tidegate.task.Answers;
import org.tidegate.task.MeanOf;
import org.tidegate.task.Reading;
import org.tidegate.task.Seeds;
import org.tidegate.task.Trainable;
import org.tidegate.train.HistoryPoint;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;
import org.tidegate.train.TrainingState;

/**
 * Trainings of several seeds from the command line, one after another: each followed as a {@link TrainingRun} is, and their mean saved,
 * with a chart of all.
 *
 * @param <R> what the task knows
 * @param <T> its trainable model
 * @param <A> its inference
 */
final class SeedsRun<R extends Reading, T extends Trainable<R, A>, A extends Answers<R>> {
    private final Screen screen;
    private final TrainingOptions options;
    private final String resumeLine;
    private final LearningCommand.Lesson<T> lesson;
    private int begun;
    private int told; // of the models, what becomes of them
    private boolean described;

    /** resumeLine: the command that goes on where this run was stopped. */
    SeedsRun(Screen screen, TrainingOptions options, String resumeLine, LearningCommand.Lesson<T> lesson) {
        this.screen = screen;
        this.options = options;
        this.resumeLine = resumeLine;
        this.lesson = lesson;
    }

    /** Trains, saves and draws; returns the exit code. */
    int run(Training training) throws IOException {
        try (StopSignal signal = new StopSignal(screen); RunLog log = RunLog.open(options.log, options.resume)) {
            Optional<T> found = Seeds.of(options.seeds).train(training.stopWhen(signal::requested), this::create,
                    (model, settings) -> train(model, settings, log));
            if (found.isEmpty()) {
                screen.line("stopped; what is trained so far is kept beside %s", options.out);
                screen.line("go on with: %s", resumeLine);
                return Failures.INTERRUPTED;
            }
            try (T mean = found.get()) {
                new FiguresReport(mean.reading().found()).print(screen);
                finish(mean, log);
                lesson.after(mean);
            }
            return 0;
        }
    }

    private T create(long seed) throws IOException {
        options.seed = seed;
        begun++;
        return lesson.create();
    }

    private TrainingResult train(T model, Training settings, RunLog log) throws IOException {
        if (!described) {
            described = true;
            lesson.tell(model);
            TrainingRun.describe(screen, model);
        }
        int trained = settings.isMeasuring() ? begun : begun - 1;
        for (int number = told + 1; number <= trained; number++) {
            screen.line("model %d of %d is trained already", number, options.seeds);
        }
        told = begun;
        if (settings.isMeasuring()) {
            return lesson.train(model, settings);
        }
        screen.line("");
        screen.line("model %d of %d, seed %d:", begun, options.seeds, settings.seed());
        TrainingRun.tellGoingOn(screen, model, settings);
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", "seed");
        line.put("seed", settings.seed());
        log.write(line);
        try (TrainingReport report = new TrainingReport(screen, log, model.reading())) {
            return lesson.train(model, settings.listener(report));
        }
    }

    private void finish(T mean, RunLog log) throws IOException {
        MeanOf members = mean.meanOf().orElseThrow();
        LossChart chart = new LossChart();
        List<String> losses = new ArrayList<>();
        for (TrainingState training : members.trainings()) {
            chart.next("seed " + training.settings().seed());
            for (HistoryPoint point : training.history()) {
                chart.training(point.epoch(), point.trainLoss());
                chart.heldOut(point.epoch(), point.validationLoss());
            }
            losses.add(TrainingReport.loss(training.keptLoss()));
        }
        boolean drawn = !chart.isEmpty() && Files.isRegularFile(options.out);
        if (drawn) {
            chart.save(options.chart(), options.out.getFileName().toString(), mean.reading().lossUnit());
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", "mean");
        line.put("loss", members.loss());
        mean.reading().figure().filter(name -> !Double.isNaN(members.figure())).ifPresent(name -> line.put(name, members.figure()));
        log.write(line);
        screen.line("");
        if (!Double.isNaN(members.loss())) {
            String figure = TrainingRun.figure(mean.reading(),
                    new HistoryPoint(0, 0, Double.NaN, members.loss(), 0, 0, members.figure()));
            screen.line("held out: %s of the models, %s of their mean%s", String.join(", ", losses),
                    mean.reading().describeLoss(members.loss()), figure);
        }
        if (members.trainings().stream().allMatch(training -> training.bestStep() == 0 && !Double.isNaN(training.bestLoss()))) {
            screen.line("each model is at its best as it began, fitted without a step: one of them answers as their mean does");
        }
        screen.line("saved the mean of %d models in %s", losses.size(), Printable.of(options.out + (drawn ? ", " + options.chart() : "")));
    }
}
