package org.tidegate.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.tidegate.Model;
import org.tidegate.NodeSpec;
import org.tidegate.Precision;
import org.tidegate.checkpoint.AtomicFile;
import org.tidegate.json.JsonObject;
import org.tidegate.onnx.OnnxAnswers;
import org.tidegate.onnx.OnnxFormat;
import org.tidegate.onnx.OnnxModel;
import org.tidegate.onnx.OnnxReading;
import org.tidegate.onnx.OnnxRecording;
import org.tidegate.onnx.OnnxSignature;
import org.tidegate.task.voice.SpeechRules;
import org.tidegate.task.voice.VoiceFormat;
import org.tidegate.task.voice.VoiceReading;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidegate import}: a model of ONNX as one of Tidegate. */
@Command(name = "import", sortOptions = false,
        description = "Makes a model file of one that another tool exported as ONNX, and tells what it found.",
        footer = {"",
            "The new file is like any other: it is inspected, frozen in every precision, streamed. Inputs that are only initial states, with"
                + " outputs that are the states afterwards, become the state that a session carries.",
            "",
            "@|bold Examples:|@",
            "  tidegate import tagger.onnx --out tagger.safetensors --check recorded.safetensors",
            "  tidegate import silero_vad_v6.onnx --task voice --bind sr=16000 --shape input=N,576 --context 64 --out vad.safetensors"})
final class ImportCommand extends ScreenCommand {
    /** The tasks whose files can be made of an imported model. */
    private enum Door { VOICE }

    @Parameters(paramLabel = "FILE", description = "The file, .onnx; its external data are read from files beside it.")
    private Path file;

    @Option(names = "--out", paramLabel = "MODEL", description = "The model file to write. Without it the file is only read and checked.")
    private Path out;

    @Option(names = "--bind", paramLabel = "NAME=VALUE",
            description = "An input that always has this number, as the sample rate on which the graph decides. May be given several times.")
    private Map<String, Double> bindings = new LinkedHashMap<>();

    @Option(names = "--shape", paramLabel = "NAME=DIMS",
            description = "The shape of an input that the file leaves open: a number or a name for each dimension, as input=N,576. May be given"
                + " several times.")
    private Map<String, String> shapes = new LinkedHashMap<>();

    @Option(names = "--context", paramLabel = "[NAME=]COLUMNS",
            description = "How many columns of an input are the end of the chunk before, which the model is to keep itself; of the first input"
                + " unless NAME says which.")
    private String context;

    @Option(names = "--states", paramLabel = "carry|inputs", defaultValue = "carry",
            description = "Whether the session carries the recurrent states that go in and come out [carry], or they stay inputs and outputs.")
    private States states;

    @Option(names = "--check", paramLabel = "RECORDED",
            description = "A safetensors file with inputs and the outputs that another runtime gave (input.NAME, output.NAME); prints the"
                + " largest difference, and fails above --tolerance.")
    private Path check;

    @Option(names = "--tolerance", paramLabel = "D", defaultValue = "1e-4",
            description = "The difference that --check lets pass, in parts of the largest magnitude [${DEFAULT-VALUE}].")
    private double tolerance;

    @Option(names = "--task", paramLabel = "TASK", description = "Make a file of this task: voice. Without it the file answers with arrays.")
    private Door task;

    @Option(names = "--rate", paramLabel = "HZ", description = "voice: the sample rate [that of --bind sr=HZ].")
    private Integer rate;

    @Option(names = "--threshold", paramLabel = "P", defaultValue = "0.5",
            description = "voice: the probability with which speech begins [${DEFAULT-VALUE}].")
    private double threshold;

    @Option(names = "--json", description = "Print what was found as one JSON object on the last line.")
    private boolean json;

    /** What becomes of recurrent states. */
    private enum States { CARRY, INPUTS }

    @Override
    public Integer call() throws Exception {
        if (out != null) {
            OutputFile.check("--out", out);
        }
        OnnxModel onnx = asked();
        if (out != null && AtomicFile.place(out).equals(file.toRealPath())) {
            throw new IllegalArgumentException("--out " + out + " is the file itself, which would be lost; give another name");
        }
        try (Model model = onnx.toModel()) {
            OnnxReading reading = onnx.reading();
            describe(onnx, reading.signature(), model);
            List<OnnxRecording.Difference> differences = check == null ? List.of() : compare(reading, model);
            save(reading, model);
            if (json) {
                screen().line("%s", object(onnx, reading.signature(), model, differences));
            }
            boolean far = differences.stream().anyMatch(difference -> !(difference.relative() <= tolerance));
            if (far) {
                screen().error("tidegate: an output differs by more than " + tolerance + " of its largest magnitude (--tolerance)");
            }
            return far ? Failures.FAILED : 0;
        }
    }

    private OnnxModel asked() throws Exception {
        OnnxModel onnx = OnnxModel.read(file).carryStates(states == States.CARRY);
        for (Map.Entry<String, Double> binding : bindings.entrySet()) {
            onnx = onnx.bind(binding.getKey(), binding.getValue());
        }
        for (Map.Entry<String, String> shape : shapes.entrySet()) {
            onnx = onnx.shape(shape.getKey(), shape.getValue().split(",", -1));
        }
        if (context != null) {
            int equals = context.lastIndexOf('=');
            String columns = context.substring(equals + 1);
            if (!columns.matches("[1-9][0-9]{0,8}")) {
                throw new IllegalArgumentException("--context " + context + ": expected a number of columns, as 64 or input=64");
            }
            String input = equals < 0 ? onnx.inputs().stream().filter(name -> !bindings.containsKey(name)).findFirst().orElse("")
                    : context.substring(0, equals);
            onnx = onnx.context(input, Integer.parseInt(columns));
        }
        return onnx;
    }

    private void describe(OnnxModel onnx, OnnxSignature signature, Model model) throws Exception {
        screen().line("%s: %s", file, onnx.origin());
        for (OnnxSignature.Port port : signature.inputs()) {
            screen().line("  input   %-20s %-24s%s", port.name(), port.shape(), switch (port.kind()) {
                case REAL -> "";
                case IDS -> " ids";
                case LENGTHS -> " lengths of the sequences";
                case STATE -> " a state, which the session carries";
            });
        }
        bindings.forEach((name, value) -> screen().line("  input   %-20s = %s", name, value));
        for (OnnxSignature.Port port : signature.outputs()) {
            screen().line("  output  %-20s %s", port.name(), port.shape());
        }
        screen().line("");
        model.nodes().forEach(node -> screen().line("  %s", node));
        screen().line("");
        screen().line("  %,d parameters (%.1f MB), %d nodes, %d of them recurrent", model.parameterCount(),
                model.parameterCount() * Float.BYTES / 1e6, model.nodes().size(), recurrent(model));
        onnx.notes().forEach(note -> screen().line("note: %s", note));
    }

    private static long recurrent(Model model) {
        return model.nodes().stream().map(NodeSpec::op).filter("recurrent"::equals).count();
    }

    private List<OnnxRecording.Difference> compare(OnnxReading reading, Model model) throws Exception {
        try (OnnxAnswers answers = new OnnxFormat().answers(reading, model, Precision.FLOAT32, 1)) {
            List<OnnxRecording.Difference> differences = OnnxRecording.read(check).compare(answers);
            for (OnnxRecording.Difference difference : differences) {
                screen().line("checked %s against %s: the largest difference is %.2g, %.2g of the largest magnitude", difference.output(),
                        difference.recorded(), difference.difference(), difference.relative());
            }
            return differences;
        }
    }

    private void save(OnnxReading reading, Model model) throws Exception {
        if (task == Door.VOICE) {
            VoiceReading voice = voice(reading.signature(), model);
            if (out != null) {
                new VoiceFormat().save(voice, model, out);
                screen().line("saved %s: %s", out, voice.describe());
            }
        } else if (out != null) {
            new OnnxFormat().save(reading, model, out);
            screen().line("saved %s", out);
        }
    }

    private VoiceReading voice(OnnxSignature signature, Model model) {
        OptionalInt bound = bindings.containsKey("sr") ? OptionalInt.of(bindings.get("sr").intValue()) : OptionalInt.empty();
        if (rate == null && bound.isEmpty()) {
            throw new IllegalArgumentException("--task voice needs the sample rate of the network: --rate 16000");
        }
        List<String> inputs = new ArrayList<>();
        signature.inputs().stream().filter(port -> port.kind() == OnnxSignature.Kind.REAL)
                .forEach(port -> port.parts().forEach(part -> inputs.add(part.value())));
        if (inputs.size() != 1) {
            throw new IllegalArgumentException("--task voice needs a network with one input of sound; this one has " + inputs);
        }
        String output = signature.outputs().get(0).parts().get(0).value();
        return new VoiceReading(rate != null ? rate : bound.getAsInt(), Math.toIntExact(model.value(inputs.get(0)).columns()),
                SpeechRules.USUAL.threshold(threshold), inputs.get(0), output);
    }

    private JsonObject object(OnnxModel onnx, OnnxSignature signature, Model model, List<OnnxRecording.Difference> differences) throws Exception {
        return JsonObject.builder().put("file", file.toString()).put("origin", onnx.origin()).put("signature", signature.toJson())
                .put("spec", model.spec()).put("parameters", model.parameterCount()).put("notes", onnx.notes())
                .put("differences", differences).put("task", task == null ? OnnxReading.TASK : task.name().toLowerCase(Locale.ROOT)).build();
    }
}
