package org.tidegate.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tidegate.task.Reading;
import org.tidegate.train.HistoryPoint;
import org.tidegate.train.Progress;
import org.tidegate.train.TrainingListener;
import org.tidegate.train.TrainingResult;

/** Follows a training: progress and measured points on the screen, everything in the log, the losses and the figure in the chart. */
class TrainingReport implements TrainingListener, AutoCloseable {
    /** The maximum number of points of the training loss in the chart. */
    private static final int CHART_POINTS = 500;

    private final Screen screen;
    private final RunLog log;
    private final LossChart chart = new LossChart();
    private final Reading reading;
    private LiveProgress live;

    /** reading: for the unit of the loss. */
    TrainingReport(Screen screen, RunLog log, Reading reading) {
        this.screen = screen;
        this.log = log;
        this.reading = reading;
    }

    LossChart chart() {
        return chart;
    }

    /** Puts the points of an earlier run, which this one resumes, into the chart. */
    void before(List<HistoryPoint> history) {
        for (HistoryPoint point : history) {
            chart.training(point.epoch(), point.trainLoss());
            heldOut(point);
        }
    }

    private void heldOut(HistoryPoint point) {
        chart.heldOut(point.epoch(), point.validationLoss());
        reading.figure().filter(name -> !reading.describeLoss(point.validationLoss()).contains(name)) // perplexity says what the loss says
                .ifPresent(name -> chart.figure(name.replace('_', ' '), point.epoch(), point.figure()));
    }

    @Override
    public void started(Progress progress) {
        live = new LiveProgress(screen, progress, reading.target());
        screen.line("%,d updates, %s %s of the training data", progress.steps(), LiveProgress.number(progress.epochs()),
                progress.epochs() == 1 ? "epoch" : "epochs");
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", "start");
        line.put("step", progress.step());
        line.put("steps", progress.steps());
        line.put("epochs", progress.epochs());
        log.write(line);
    }

    @Override
    public void stepped(Progress progress) {
        live.update(progress);
        if (progress.step() % Math.max(progress.steps() / CHART_POINTS, 1) == 0) {
            chart.training(progress.epoch(), progress.loss());
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", "step");
        line.put("step", progress.step());
        line.put("epoch", progress.epoch());
        line.put("loss", progress.loss());
        if (progress.isText()) {
            line.put("bits_per_character", progress.bitsPerCharacter());
            line.put("characters_per_second", progress.charactersPerSecond());
        }
        line.put("learning_rate", progress.learningRate());
        line.put("gradient_norm", progress.gradientNorm());
        line.put("targets_per_second", progress.targetsPerSecond());
        line.put("seconds", progress.elapsed().toMillis() / 1000.0);
        log.write(line);
    }

    @Override
    public void measured(HistoryPoint point) {
        boolean validated = Double.isFinite(point.validationLoss());
        heldOut(point);
        String figure = figure(reading, point);
        live.measured(figure);
        screen.line("epoch %s: training loss %s%s %s%s, %s", decimals(point.epoch()), loss(point.trainLoss()),
                validated ? ", held out " + loss(point.validationLoss()) : "", reading.lossUnit(), figure.isEmpty() ? "" : ", " + figure,
                LiveProgress.clock(Duration.ofMillis((long) (1000 * point.seconds()))));
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", "measure");
        line.putAll(InspectCommand.point(reading, point));
        log.write(line);
    }

    @Override
    public void saved(Path file) {
        log.write(Map.of("event", "save", "file", file.toString()));
    }

    @Override
    public void ended(TrainingResult result) {
        close();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", "end");
        line.put("outcome", result.outcome().name().toLowerCase(Locale.ROOT));
        line.put("step", result.progress().step());
        line.put("best_loss", result.bestLoss());
        line.put("best_step", result.bestStep());
        line.put("seconds", result.progress().elapsed().toMillis() / 1000.0);
        line.put("peak_memory_mb", Math.round(PeakMemory.megabytes()));
        log.write(line);
    }

    @Override
    public void close() {
        if (live != null) {
            live.close();
        }
    }

    /** The task's figure on held-out data with its name, "accuracy 0.9123"; "" if there is none. */
    static String figure(Reading reading, HistoryPoint point) {
        return Double.isNaN(point.figure()) ? "" : reading.figure().map(name -> name.replace('_', ' ') + " " + loss(point.figure()))
                .orElse("");
    }

    /** Four decimals, and for small numbers three digits: 0.3590, 1.10e-05. */
    static String loss(double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 0.01 || value == 0 ? "%.4f" : "%.3g", value);
    }

    private static String decimals(double epoch) {
        return LiveProgress.number(Math.round(epoch * 100) / 100.0);
    }
}
