package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.Tensor;
import org.tidegate.json.JsonObject;
import org.tidegate.task.Answers;
import org.tidegate.task.MeanOf;
import org.tidegate.task.Reading;
import org.tidegate.task.Tasks;
import org.tidegate.task.Trainable;
import org.tidegate.task.TrainableFormat;
import org.tidegate.train.HistoryPoint;
import org.tidegate.train.TrainingState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code tidegate inspect}: the contents of a model's file. */
@Command(name = "inspect", sortOptions = false, subcommands = {GradientsCommand.class},
        description = "Shows a model's spec, the shapes of its parameters and its training.",
        footer = {"",
            "@|bold Example:|@",
            "  tidegate inspect notes.safetensors",
            "  tidegate inspect gradients --chart gradients.png"})
final class InspectCommand extends ScreenCommand {
    @Parameters(arity = "0..1", paramLabel = "MODEL", description = "The model file.")
    private Path model;

    @Option(names = "--model", paramLabel = "MODEL", description = "The model file, as the other commands name it.")
    private Path named;

    @Option(names = "--json", description = "Print everything as one JSON object on the last line.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (model != null && named != null) {
            throw new ParameterException(spec().commandLine(), "two models are given, " + model + " and --model " + named
                    + ": inspect one at a time");
        }
        model = model == null ? named : model;
        if (model == null) {
            throw new ParameterException(spec().commandLine(), "inspect what? Give a model file, or: "
                + String.join(", ", spec().subcommands().keySet()));
        }
        if (!(Tasks.format(model) instanceof TrainableFormat)) {
            return answersOnly();
        }
        try (Trainable<?, ?> task = Tasks.load(model)) {
            print(task.reading(), task.model(), task.history());
            if (!task.reading().found().all().isEmpty()) {
                screen().line("");
                new FiguresReport(task.reading().found()).print(screen());
            }
            task.meanOf().ifPresent(mean -> print(task.reading(), mean));
            screen().line("");
            task.trainingSettings().filter(settings -> !settings.training().isEmpty()).ifPresent(settings -> screen().line(
                    "Trained with %s, batch %d, seed %d, %s", settings.optimizer(), settings.batch(), settings.seed(), settings.training()));
            screen().line(task.isResumable() ? "The training can be resumed." : "There is no training to resume, only the weights.");
            if (json) {
                Map<String, Object> object = object(task.reading(), task.model(), task.history());
                object.put("resumable", task.isResumable());
                task.meanOf().ifPresent(mean -> object.put("mean_of", object(task.reading(), mean)));
                screen().line("%s", JsonObject.of(object));
            }
        }
        return 0;
    }

    /** The trainings of the networks whose mean a model is. */
    private void print(Reading reading, MeanOf mean) {
        screen().line("");
        screen().line("  the mean of %d networks:", mean.trainings().size());
        screen().line("  %8s %8s %9s %10s %8s", "seed", "epochs", "updates", "held out", "time");
        for (TrainingState training : mean.trainings()) {
            screen().line("  %8d %8s %,9d %10s %8s", training.settings().seed(), LiveProgress.number(epochs(training)), training.step(),
                    loss(training.keptLoss()), LiveProgress.clock(Duration.ofMillis((long) (1000 * training.seconds()))));
        }
        screen().line("  %8s %8s %9s %10s%s", "mean", "", "", loss(mean.loss()), TrainingReport
                .figure(reading, new HistoryPoint(0, 0, Double.NaN, mean.loss(), 0, 0, mean.figure())).indent(2).stripTrailing());
        screen().line("  Trained with %s, batch %d, %s", mean.trainings().get(0).settings().optimizer(),
                mean.trainings().get(0).settings().batch(), mean.trainings().get(0).settings().training());
    }

    private static double epochs(TrainingState training) {
        return training.history().isEmpty() ? 0 : training.history().get(training.history().size() - 1).epoch();
    }

    private static String loss(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }

    private static Map<String, Object> object(Reading reading, MeanOf mean) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("trainings", mean.trainings().stream().map(training -> Map.of("seed", training.settings().seed(),
                "steps", training.step(), "best_loss", training.bestLoss(), "kept_loss", training.keptLoss(), "seconds", training.seconds(),
                "settings", training.settings().training(), "history", training.history().stream().map(point -> point(reading, point)).toList())).toList());
        object.put("loss", mean.loss());
        if (!Double.isNaN(mean.figure())) {
            reading.figure().ifPresent(name -> object.put(name, mean.figure()));
        }
        return object;
    }

    private int answersOnly() throws IOException {
        try (Answers<?> task = Tasks.open(model, Precision.FLOAT32); Model network = Model.load(model)) {
            print(task.reading(), network, List.of());
            screen().line("");
            screen().line("It answers only: it was made elsewhere, and is not trained here.");
            if (json) {
                Map<String, Object> object = object(task.reading(), network, List.of());
                object.put("resumable", false);
                screen().line("%s", JsonObject.of(object));
            }
        }
        return 0;
    }

    private void print(Reading reading, Model network, List<HistoryPoint> history) {
        long count = network.parameterCount();
        screen().line("%s: %s", model, reading.describe());
        screen().line("");
        network.spec().lines().forEach(line -> screen().line("  %s", line));
        screen().line("");
        for (Tensor parameter : network.parameters()) {
            screen().line("  %-28s %-14s %,12d", parameter.name(), Arrays.toString(parameter.shape()), parameter.size());
        }
        screen().line("  %-28s %-14s %,12d  (%.1f MB)", "all parameters", "", count, count * Float.BYTES / 1e6);
        if (!history.isEmpty()) {
            screen().line("");
            screen().line("  %8s %9s %10s %10s %14s %8s", "epoch", "step", "training", "held out", "learning rate", "time");
            for (HistoryPoint point : history) {
                screen().line("  %8.2f %,9d %10.4f %10s %14.3g %8s%s", point.epoch(), point.step(), point.trainLoss(),
                        Double.isNaN(point.validationLoss()) ? "-" : String.format(Locale.ROOT, "%.4f", point.validationLoss()),
                        point.learningRate(), LiveProgress.clock(Duration.ofMillis((long) (1000 * point.seconds()))),
                        TrainingReport.figure(reading, point).indent(2).stripTrailing());
            }
        }
    }

    private static Map<String, Object> object(Reading reading, Model network, List<HistoryPoint> history) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("task", reading.task());
        object.put("unit", reading.target());
        object.put("spec", network.spec());
        object.put("parameters", network.parameterCount());
        object.put("tensors", network.parameters().stream().map(InspectCommand::tensor).toList());
        object.put("history", history.stream().map(point -> point(reading, point)).toList());
        if (!reading.found().all().isEmpty()) {
            object.put("found", reading.found().toJson());
        }
        return object;
    }

    private static Map<String, Object> tensor(Tensor tensor) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", tensor.name());
        object.put("shape", Arrays.stream(tensor.shape()).boxed().toList());
        return object;
    }

    /** A point of a training's history under its names in JSON. */
    static Map<String, Object> point(Reading reading, HistoryPoint point) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("step", point.step());
        object.put("epoch", point.epoch());
        object.put("training_loss", point.trainLoss());
        object.put("validation_loss", point.validationLoss());
        if (!Double.isNaN(point.figure())) {
            reading.figure().ifPresent(name -> object.put(name, point.figure()));
        }
        object.put("learning_rate", point.learningRate());
        object.put("seconds", point.seconds());
        return object;
    }
}
