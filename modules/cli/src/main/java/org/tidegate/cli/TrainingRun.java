package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import org.tidegate.task.Reading;
import org.tidegate.task.Trainable;
import org.tidegate.train.HistoryPoint;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingListener;
import org.tidegate.train.TrainingResult;

/** One training from the command line: followed on the screen and in the log, saved when Ctrl-C ends it, with a chart at the end. */
final class TrainingRun {
    private final Screen screen;
    private final TrainingOptions options;
    private final String resumeLine;

    /** Trains the model with settings that have listeners. */
    @FunctionalInterface
    interface Run {
        TrainingResult train(Training training) throws IOException;
    }

    /** resumeLine: the command that resumes this run where it was stopped. */
    TrainingRun(Screen screen, TrainingOptions options, String resumeLine) {
        this.screen = screen;
        this.options = options;
        this.resumeLine = resumeLine;
    }

    /** Trains, saves and draws; returns the exit code. Listeners are called after the screen was updated. */
    int run(Trainable<?, ?> model, Training training, Run run, TrainingListener... listeners) throws IOException {
        Reading reading = model.reading();
        List<HistoryPoint> before = model.history();
        describe(screen, model);
        tellGoingOn(screen, model, training);
        try (StopSignal signal = new StopSignal(screen);
                RunLog log = RunLog.open(options.log, options.resume);
                TrainingReport report = new TrainingReport(screen, log, reading)) {
            report.before(training.isContinued() ? before : List.of());
            Training followed = training.listener(report).stopWhen(signal::requested);
            for (TrainingListener listener : listeners) {
                followed = followed.listener(listener);
            }
            TrainingResult result = run.train(followed);
            new FiguresReport(model.reading().found()).print(screen);
            finish(reading, result, report);
            return result.outcome() == TrainingResult.Outcome.STOPPED ? Failures.INTERRUPTED : 0;
        }
    }

    /** Says with what settings a training that is continued goes on. */
    static void tellGoingOn(Screen screen, Trainable<?, ?> model, Training training) {
        if (training.isContinued() && model.trainingSettings().isPresent()) {
            List<String> changes = training.changes(model.trainingSettings().get());
            screen.line("going on with the settings of the training%s", changes.isEmpty() ? "" : "; given: " + String.join(", ", changes));
            if (model.hasSmoothedHistory()) {
                screen.line("held-out losses stay smoothed, as this training began with them; evaluate gives those of the words alone");
            }
        }
    }

    /** Shows the network. */
    static void describe(Screen screen, Trainable<?, ?> model) {
        screen.line("%,d parameters:", model.model().parameterCount());
        model.model().spec().lines().forEach(line -> screen.line("    %s", line));
    }

    private void finish(Reading reading, TrainingResult result, TrainingReport report) throws IOException {
        boolean drawn = !report.chart().isEmpty() && Files.isRegularFile(options.out); // nothing goes beside a device
        if (drawn) {
            report.chart().save(options.chart(), options.out.getFileName().toString(), reading.lossUnit());
        }
        String where = kept(reading, result) + Printable.of(options.out + (drawn ? ", " + options.chart() : "")
                + (options.best == null ? "" : ", " + options.best));
        switch (result.outcome()) {
            case STOPPED -> {
                screen.line("stopped after epoch %.2f of %s; saved %s", result.progress().epoch(),
                        LiveProgress.number(result.progress().epochs()), where);
                screen.line("go on with: %s", resumeLine);
            }
            case EARLY -> screen.line("the held-out loss stopped falling, the best was %.4f at step %d; saved %s", result.bestLoss(),
                    result.bestStep(), where);
            default -> screen.line("%ssaved %s", heldOut(reading, result), where);
        }
    }

    /** Which epoch's weights were saved, where something was held out. */
    private static String kept(Reading reading, TrainingResult result) {
        if (Double.isNaN(result.bestLoss())) {
            return "";
        }
        double epoch = result.progress().epoch() * result.keptStep() / Math.max(result.progress().step(), 1);
        String loss = result.history().stream().filter(point -> point.step() == result.keptStep())
                .map(point -> String.format(Locale.ROOT, ", held-out loss %.4f", point.validationLoss()) + figure(reading, point))
                .findFirst().orElse("");
        return String.format(Locale.ROOT, "epoch %s of %s%s: %s, in ", LiveProgress.number(epoch),
                LiveProgress.number(result.progress().epochs()), loss, result.keptStep() == result.bestStep() ? "the best" : "the last");
    }

    /** The task's figure behind a comma, unless its loss tells it already. */
    static String figure(Reading reading, HistoryPoint point) {
        String figure = TrainingReport.figure(reading, point);
        boolean told = reading.figure().filter(reading.describeLoss(point.validationLoss())::contains).isPresent();
        return figure.isEmpty() || told ? "" : ", " + figure;
    }

    /** The loss of what was saved. */
    private static String heldOut(Reading reading, TrainingResult result) {
        return result.history().stream().filter(point -> point.step() == result.keptStep() && !Double.isNaN(point.validationLoss()))
                .map(point -> "held out: " + reading.describeLoss(point.validationLoss()) + "; ").findFirst().orElse("");
    }
}
