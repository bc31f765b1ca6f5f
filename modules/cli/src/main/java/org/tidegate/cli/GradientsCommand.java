package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.json.JsonObject;
import org.tidegate.study.GradientFlow;
import org.tidegate.study.LayerInputs;
import org.tidegate.study.UntrainedLayer;
import org.tidegate.task.Tasks;
import org.tidegate.task.Trainable;
import org.tidegate.text.Vocabulary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidegate inspect gradients}: the norm of a loss's gradient at earlier steps. */
@Command(name = "gradients", sortOptions = false,
        description = "Shows how much of the gradient of a loss after the last step reaches each earlier step: where it"
            + " vanishes, and where it explodes.",
        footer = {"",
            "Without a model it measures untrained layers over random inputs, an LSTM with a forget gate that begins open. A gain",
            "multiplies the recurrent weights: small ones let the gradient vanish, large ones let it explode.",
            "",
            "@|bold Examples:|@",
            "  tidegate inspect gradients --chart gradients.png",
            "  tidegate inspect gradients --cells rnn,lstm --steps 200 --gains 1",
            "  tidegate inspect gradients --model notes.safetensors --data notes.txt"})
final class GradientsCommand extends ScreenCommand {
    private static final int[] SHOWN = {0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000};

    @Option(names = "--cells", split = ",", paramLabel = "CELL", description = "Cells of untrained layers: rnn,gru,lstm by default.")
    private List<Cell> cells;

    @Option(names = "--hidden", paramLabel = "N", description = "Units of an untrained layer: 64 by default.")
    private Integer hidden;

    @Option(names = "--gains", split = ",", paramLabel = "G",
            description = "What an untrained layer's recurrent weights are multiplied by: 1,4 by default.")
    private List<Double> gains;

    @Option(names = "--model", paramLabel = "MODEL", description = "Measure the recurrent layers of this model file instead.")
    private Path model;

    @Option(names = "--layer", paramLabel = "NAME", description = "Only this one of the model's recurrent nodes.")
    private String layer;

    @Option(names = "--data", arity = "1..*", paramLabel = "FILE",
            description = "Text that the model reads; without it random words or characters, or random numbers.")
    private List<Path> data;

    @Option(names = "--steps", defaultValue = "100", paramLabel = "T", description = "Length of a sequence (${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--sequences", defaultValue = "32", paramLabel = "N",
        description = "Sequences that are averaged (${DEFAULT-VALUE}).")
    private int sequences;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "Seed of everything random (${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--chart", paramLabel = "FILE.png", description = "Draw the norms, on a logarithmic axis.")
    private Path chart;

    @Option(names = "--json", description = "Print the norms as one JSON object on the last line.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (steps < 2 || sequences < 1) {
            throw new IllegalArgumentException("--steps " + steps + " --sequences " + sequences
                + "; expected 2 or more steps, 1 or more sequences");
        }
        if (chart != null) {
            OutputFile.checkPicture("--chart", chart);
        }
        List<GradientFlow> flows = model == null ? untrained() : ofModel();
        print(flows);
        if (chart != null) {
            draw(flows);
            screen().line("drawn in %s", chart);
        }
        if (json) {
            screen().line("%s", JsonObject.of(object(flows)));
        }
        return 0;
    }

    private List<GradientFlow> untrained() {
        if (data != null || layer != null) {
            throw new IllegalArgumentException((data != null ? "--data" : "--layer")
                + " goes with --model; untrained layers read random numbers");
        }
        List<GradientFlow> flows = new ArrayList<>();
        int units = hidden == null ? 64 : hidden;
        for (double gain : gains == null ? List.of(1.0, 4.0) : gains) {
            for (Cell cell : cells == null ? List.of(Cell.RNN, Cell.GRU, Cell.LSTM) : cells) {
                UntrainedLayer layer = UntrainedLayer.of(cell).hidden(units).inputs(units).gain(gain);
                flows.add(GradientFlow.untrained(layer, sequences, steps, seed));
            }
        }
        return flows;
    }

    private List<GradientFlow> ofModel() throws IOException {
        if (cells != null || hidden != null || gains != null) {
            throw new IllegalArgumentException("--cells, --hidden and --gains are of untrained layers;"
                + " with --model the model's own are measured");
        }
        try (Model network = Model.load(model)) {
            int[] ids = data == null ? new int[0] : vocabulary().encode(Texts.read(data));
            List<GradientFlow> flows = new ArrayList<>();
            List<String> wrong = new ArrayList<>();
            for (String name : layer == null ? GradientFlow.layers(network) : List.of(layer)) {
                try {
                    LayerInputs inputs = LayerInputs.of(network, name);
                    float[][][] rows = data == null ? inputs.random(sequences, steps, seed) : inputs.of(ids, sequences, steps);
                    flows.add(GradientFlow.through(network, name, rows, seed));
                } catch (IllegalArgumentException e) {
                    wrong.add(e.getMessage());
                }
            }
            if (flows.isEmpty()) {
                throw new IllegalArgumentException(model + ": "
                    + (wrong.isEmpty() ? "there is no recurrent layer" : String.join("; ", wrong)));
            }
            wrong.forEach(reason -> screen().line("left out: %s", reason));
            return flows;
        }
    }

    private Vocabulary vocabulary() throws IOException {
        try (Trainable<?, ?> task = Tasks.load(model)) {
            JsonObject reading = task.reading().toJson();
            if (!reading.has("vocabulary")) {
                throw new IllegalArgumentException("--data: " + model
                    + " is no model of a text with one vocabulary, so its layers can read no text; leave --data out for random inputs");
            }
            return Vocabulary.fromJson(reading.object("vocabulary"));
        }
    }

    private void print(List<GradientFlow> flows) {
        int length = flows.stream().mapToInt(flow -> flow.norms().length).max().orElseThrow();
        StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%-14s", "steps back"));
        int[] shown = Arrays.stream(SHOWN).filter(back -> back < length).toArray();
        Arrays.stream(shown).forEach(back -> head.append(String.format(Locale.ROOT, " %8d", back)));
        screen().line("The norm of dL/dx so many steps before the last, where dL/dh has norm 1:");
        screen().line("");
        screen().line(head + "   a step");
        for (GradientFlow flow : flows) {
            double[] norms = flow.norms();
            StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-14s", flow.name()));
            for (int back : shown) {
                row.append(back < norms.length ? String.format(Locale.ROOT, "  %.1e", norms[back]) : " ".repeat(9));
            }
            screen().line("%s   x %.3f: %s", row, perStep(norms), verdict(norms));
        }
        screen().line("");
    }

    /** The mean factor of the norm from step to step, as far back as a float does not underflow. */
    private static double perStep(double[] norms) {
        int last = norms.length - 1;
        while (last > 0 && !(norms[last] > 0)) {
            last--;
        }
        return last == 0 ? 0 : Math.pow(norms[last] / norms[0], 1.0 / last);
    }

    private static String verdict(double[] norms) {
        double whole = norms[norms.length - 1] / norms[0];
        return whole < 1e-3 ? "vanishes" : whole > 1e3 ? "explodes" : "keeps";
    }

    private void draw(List<GradientFlow> flows) throws IOException {
        LineChart picture = new LineChart("The gradient that reaches earlier steps", "steps before the last", "norm of dL/dx", true);
        List<String> bases = flows.stream().map(flow -> flow.name().split(" ")[0]).distinct().toList();
        for (GradientFlow flow : flows) {
            double[] back = IntStream.range(0, flow.norms().length).asDoubleStream().toArray();
            picture.curve(flow.name(), back, flow.norms(), bases.indexOf(flow.name().split(" ")[0]), flow.name().contains(" "));
        }
        picture.save(chart);
    }

    private Map<String, Object> object(List<GradientFlow> flows) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("steps", steps);
        object.put("flows", flows.stream().map(flow -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", flow.name());
            one.put("per_step", perStep(flow.norms()));
            one.put("verdict", verdict(flow.norms()));
            one.put("norms", Arrays.stream(flow.norms()).boxed().toList());
            return one;
        }).toList());
        return object;
    }
}
