package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tidegate.Cell;
import org.tidegate.json.JsonObject;
import org.tidegate.study.AddingProblem;
import org.tidegate.study.CopyProblem;
import org.tidegate.study.MemoryProblem;
import org.tidegate.study.MemoryTrial;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidegate compare memory}: which cells solve synthetic tasks that need memory over hundreds of steps. */
@Command(name = "memory", sortOptions = false,
        description = "Trains each cell on tasks that need a long memory: the adding problem and the copy task.",
        footer = {"",
            "adding: of T numbers two are marked; what is their sum? Who always says 1 has a squared error of 1/6.",
            "copy: a few symbols, then nothing for T steps, then say them again. Who guesses has the logarithm of their number.",
            "",
            "@|bold Examples:|@",
            "  tidegate compare memory --chart memory.png",
            "  tidegate compare memory --task adding --steps 400 --cells rnn,lstm"})
final class CompareMemory extends ScreenCommand {
    @Option(names = "--task", split = ",", defaultValue = "adding,copy", paramLabel = "TASK",
        description = "adding, copy (${DEFAULT-VALUE}).")
    private List<Task> tasks;

    @Option(names = "--steps", defaultValue = "200", paramLabel = "T",
        description = "Over how many steps to remember (${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--symbols", defaultValue = "4", paramLabel = "N",
        description = "copy: how many different symbols (${DEFAULT-VALUE}).")
    private int symbols;

    @Option(names = "--length", defaultValue = "2", paramLabel = "N",
        description = "copy: how many are to be kept (${DEFAULT-VALUE}).")
    private int length;

    @Option(names = "--cells", split = ",", defaultValue = "rnn,gru,lstm", paramLabel = "CELL",
        description = "The cells (${DEFAULT-VALUE}).")
    private List<Cell> cells;

    @Option(names = "--hidden", defaultValue = "64", paramLabel = "N", description = "Units of each (${DEFAULT-VALUE}).")
    private int hidden;

    @Option(names = "--updates", defaultValue = "1500", paramLabel = "N",
            description = "The most updates for each; what has solved a task stops (${DEFAULT-VALUE}).")
    private int updates;

    @Option(names = "--batch", defaultValue = "64", paramLabel = "N", description = "Sequences of an update (${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--lr", defaultValue = "5e-3", paramLabel = "RATE", description = "Adam's learning rate (${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(names = "--clip", defaultValue = "1", paramLabel = "NORM",
            description = "Greatest global norm of the gradients, 0 for none (${DEFAULT-VALUE}).")
    private double clip;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "Seed of everything random (${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of the native core (all processors: ${DEFAULT-VALUE}).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--chart", paramLabel = "FILE.png", description = "Draw the losses; with several tasks the task's name is put in.")
    private Path chart;

    @Option(names = "--json", description = "Print the table as one JSON object on the last line.")
    private boolean json;

    private enum Task {
        ADDING, COPY
    }

    @Override
    public Integer call() throws Exception {
        List<MemoryProblem> problems = tasks.stream().map(this::problem).toList();
        List<MemoryTrial> trials = cells.stream().map(this::trial).toList();
        problems.stream().filter(problem -> chart != null).forEach(problem -> OutputFile.checkPicture("--chart", chart(problem.name())));
        List<Map<String, Object>> rows = new ArrayList<>();
        try (StopSignal signal = new StopSignal(screen())) {
            for (MemoryProblem problem : problems) {
                screen().line("%s, %d steps: the loss in %s without a memory is %.4f, below %.4f it is solved", problem.name(), steps,
                    problem.lossUnit(), problem.baseline(), problem.solved());
                List<MemoryTrial.Outcome> outcomes = new ArrayList<>();
                for (MemoryTrial trial : trials) {
                    outcomes.add(trial.run(problem, point -> progress(trial.cell(), point), signal::requested));
                    screen().status("");
                    if (signal.requested()) {
                        return Failures.INTERRUPTED;
                    }
                }
                print(problem, outcomes);
                outcomes.forEach(outcome -> rows.add(row(problem, outcome)));
                draw(problem, outcomes);
            }
        }
        if (json) {
            screen().line("%s", JsonObject.of(Map.of("trials", rows)));
        }
        return 0;
    }

    private MemoryProblem problem(Task task) {
        return task == Task.ADDING ? new AddingProblem(steps) : new CopyProblem(steps, length, symbols);
    }

    private MemoryTrial trial(Cell cell) {
        return MemoryTrial.of(cell).hidden(hidden).updates(updates).batch(batch).learningRate(learningRate).clipNorm(clip).seed(seed)
            .threads(threads);
    }

    private void progress(Cell cell, MemoryTrial.Point point) {
        String text = String.format(Locale.ROOT, "  %s: update %,d of %,d, loss %.4f, %s", cell.spec(), point.update(), updates,
            point.loss(),
            LiveProgress.clock(Duration.ofMillis((long) (1000 * point.seconds()))));
        if (screen().live()) {
            screen().status(text);
        } else if (point.update() % Math.max(updates / 5 / 50 * 50, 50) == 0) {
            screen().line(text);
        }
    }

    private void print(MemoryProblem problem, List<MemoryTrial.Outcome> outcomes) {
        screen().line("");
        screen().line("  %-16s %10s %6s %10s %10s %14s %8s", "cell", "parameters", "T", "loss", "baseline", "solved after", "time");
        for (MemoryTrial.Outcome outcome : outcomes) {
            screen().line("  %-16s %,10d %6d %10.4f %10.4f %14s %8s", outcome.cell().spec(), outcome.parameters(), problem.steps(),
                outcome.loss(), problem.baseline(),
                outcome.solvedAfter() > 0 ? outcome.solvedAfter() + " updates" : outcome.finite() ? "not" : "it overflowed",
                LiveProgress.clock(Duration.ofMillis((long) (1000 * outcome.seconds()))));
        }
        screen().line("");
    }

    private Map<String, Object> row(MemoryProblem problem, MemoryTrial.Outcome outcome) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("task", problem.name());
        row.put("steps", problem.steps());
        row.put("cell", outcome.cell().spec());
        row.put("parameters", outcome.parameters());
        row.put("loss", outcome.loss());
        row.put("baseline", problem.baseline());
        row.put("solved", outcome.solvedAfter() > 0);
        row.put("solved_after", outcome.solvedAfter() > 0 ? outcome.solvedAfter() : null);
        row.put("updates", outcome.updates());
        row.put("seconds", outcome.seconds());
        return row;
    }

    private void draw(MemoryProblem problem, List<MemoryTrial.Outcome> outcomes) throws IOException {
        if (chart == null) {
            return;
        }
        LineChart picture = new LineChart(problem.name() + ", " + problem.steps() + " steps", "updates", "loss, " + problem.lossUnit(),
            true);
        for (int i = 0; i < outcomes.size(); i++) {
            List<MemoryTrial.Point> points = outcomes.get(i).points();
            picture.curve(outcomes.get(i).cell().spec(), points.stream().mapToDouble(MemoryTrial.Point::update).toArray(),
                points.stream().mapToDouble(MemoryTrial.Point::loss).toArray(), i, false);
        }
        double longest = outcomes.stream().mapToInt(MemoryTrial.Outcome::updates).max().orElseThrow();
        picture.curve("without a memory", new double[] {0, longest}, new double[] {problem.baseline(), problem.baseline()}, 5, true);
        Path file = chart(problem.name());
        picture.save(file);
        screen().line("drawn in %s", file);
    }

    private Path chart(String task) {
        return tasks.size() == 1 ? chart : OutputFile.beside(chart, "-" + task + ".png");
    }
}
