package org.tidegate.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.tidegate.Model;
import org.tidegate.NodeSpec;
import org.tidegate.Tidegate;
import org.tidegate.Value;
import org.tidegate.checkpoint.AtomicFile;
import org.tidegate.onnx.export.Written;
import org.tidegate.task.Reading;

/**
 * A model that is to become a file of ONNX. A value: each setting gives a changed copy.
 *
 * <pre>{@code
 * OnnxExport.of(model).lengths(true).write(Path.of("model.onnx"));
 * }</pre>
 *
 * <p>Inputs and outputs are called like the network's. A value per step is [batch, time, columns] there, ids [batch, time] of int64; a
 * value per sequence is [batch, columns]. Batch and time are open. All sequences are as long as the dimension of time, unless
 * {@link #lengths} says otherwise. What only training needs, losses and their targets, is left out.
 */
public final class OnnxExport {
    /** The operator set that is written unless another is asked for: runtimes since the year 2022 read it. */
    public static final int OPSET = 17;
    /** The oldest operator set that can be written. */
    public static final int OLDEST_OPSET = 13;
    /** The newest operator set that can be written. */
    public static final int NEWEST_OPSET = 22;

    /** The key of the file's metadata that names a task. */
    public static final String TASK = "tidegate.task";
    /** The key of the file's metadata for what a task knows besides its network, as JSON. */
    public static final String READING = "tidegate.reading";

    /** The version of the format that goes with each operator set, from the oldest on. */
    private static final int[] IR_VERSIONS = {7, 7, 8, 8, 8, 8, 9, 9, 10, 10};

    private final Model model;
    private final Written.Wanted wanted;
    private final Map<String, String> metadata;

    private OnnxExport(Model model, Written.Wanted wanted, Map<String, String> metadata) {
        this.model = model;
        this.wanted = wanted;
        this.metadata = metadata;
    }

    /**
     * {@return the export of a model} Its parameters are read when it is written.
     *
     * @param model the model, which stays the caller's
     */
    public static OnnxExport of(Model model) {
        Objects.requireNonNull(model, "model");
        List<String> last = model.values().stream().filter(OnnxExport::isOutput).map(Value::name).filter(name -> !name.contains("."))
                .reduce((earlier, later) -> later).map(List::of).orElse(List.of());
        return new OnnxExport(model, new Written.Wanted(last, false, false, OPSET, Map.of()), Map.of());
    }

    private OnnxExport with(Written.Wanted changed) {
        return new OnnxExport(model, changed, metadata);
    }

    private static boolean isOutput(Value value) {
        return value.kind() == Value.Kind.REAL && value.rows() != Value.Rows.ONE && !value.input() && !value.loss();
    }

    /**
     * {@return a copy with other outputs} Without it the last node is the output that is neither an input nor a loss.
     *
     * @param names the names of values of the network, ports as in {@code h.h_n}
     * @throws IllegalArgumentException if one is not there, or is no output
     */
    public OnnxExport outputs(String... names) {
        for (String name : names) {
            if (!isOutput(model.value(name))) {
                throw new IllegalArgumentException("'" + name + "' is no output: an input, ids, or a loss");
            }
        }
        List<String> distinct = List.of(names).stream().distinct().toList();
        return with(new Written.Wanted(distinct, wanted.lengths(), wanted.states(), wanted.opset(), wanted.factors()));
    }

    /**
     * {@return a copy whose sequences may have different lengths} The file gets an input {@code lengths} [batch] of int32, or one
     * {@code lengths_AXIS} for each axis where there are several. What is computed of a sequence is then what is computed of it alone;
     * behind its last step inputs and outputs mean nothing, but ids must be ids there, too.
     *
     * @param given whether lengths are an input
     */
    public OnnxExport lengths(boolean given) {
        return with(new Written.Wanted(wanted.outputs(), given, wanted.states(), wanted.opset(), wanted.factors()));
    }

    /**
     * {@return a copy whose recurrent states are inputs and outputs, so that a sequence may be run step by step} A recurrent node {@code h}
     * gets an input {@code h_h} and an output {@code h_h_out} [layers*directions, batch, units], an LSTM also {@code h_c} and
     * {@code h_c_out}, and a window that ends with its step {@code h_rows} and {@code h_rows_out} [batch, rows, columns].
     *
     * @param given whether states are inputs and outputs
     */
    public OnnxExport states(boolean given) {
        return with(new Written.Wanted(wanted.outputs(), wanted.lengths(), given, wanted.opset(), wanted.factors()));
    }

    /**
     * {@return a copy in another operator set}
     *
     * @param version from {@link #OLDEST_OPSET} to {@link #NEWEST_OPSET}
     * @throws IllegalArgumentException if it cannot be written
     */
    public OnnxExport opset(int version) {
        if (version < OLDEST_OPSET || version > NEWEST_OPSET) {
            throw new IllegalArgumentException("the operator set " + version + " cannot be written; expected one from " + OLDEST_OPSET
                    + " to " + NEWEST_OPSET);
        }
        return with(new Written.Wanted(wanted.outputs(), wanted.lengths(), wanted.states(), version, wanted.factors()));
    }

    /**
     * {@return a copy with one more entry of the file's metadata}
     *
     * @param key its key
     * @param value its text
     */
    public OnnxExport metadata(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(metadata);
        more.put(key, value);
        return new OnnxExport(model, wanted, more);
    }

    /**
     * {@return a copy that tells what a task knows besides its network, in the entries {@link #TASK} and {@link #READING} of the metadata:
     * vocabulary, labels, scales} Outputs are written as answers are made of them ({@link Reading#outputFactors}): the logits of a classifier
     * are divided by its temperature.
     *
     * @param reading what the task knows
     */
    public OnnxExport task(Reading reading) {
        return with(new Written.Wanted(wanted.outputs(), wanted.lengths(), wanted.states(), wanted.opset(), reading.outputFactors()))
                .metadata(TASK, reading.task()).metadata(READING, reading.toJson().toString());
    }

    /**
     * What a file holds.
     *
     * @param inputs name, type and shape of each input
     * @param outputs name, type and shape of each output
     * @param notes what a reader of the file should know: what of the model is not in it, and what it cannot do
     */
    public record Contents(List<String> inputs, List<String> outputs, List<String> notes) {}

    /**
     * {@return the file's bytes}
     *
     * @throws IllegalArgumentException if the network has what ONNX cannot say; the message names each such node, the reason and what helps
     * @throws IllegalStateException if the model is closed
     */
    public byte[] toBytes() {
        return file().toByteArray();
    }

    private ModelProto file() {
        if (wanted.outputs().isEmpty()) {
            throw new IllegalArgumentException("The model has no output: nothing but inputs and losses.");
        }
        GraphProto graph = Written.of(model, wanted);
        ModelProto.Builder file = ModelProto.newBuilder().setIrVersion(IR_VERSIONS[wanted.opset() - OLDEST_OPSET])
                .setProducerName("tidegate").setProducerVersion(Tidegate.version()).setDocString(model.spec()).setGraph(graph)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(wanted.opset()));
        metadata.forEach((key, value) -> file.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return file.build();
    }

    /**
     * Writes the file, whole or not at all.
     *
     * @param path the file
     * @return what it holds
     * @throws IllegalArgumentException as {@link #toBytes}, before anything is written
     * @throws IOException if it cannot be written; a file that was there before is then unchanged
     */
    public Contents write(Path path) throws IOException {
        ModelProto file = file();
        AtomicFile.write(path, channel -> {
            OutputStream to = Channels.newOutputStream(channel);
            file.writeTo(to);
            to.flush();
        });
        return new Contents(file.getGraph().getInputList().stream().map(OnnxExport::describe).toList(),
                file.getGraph().getOutputList().stream().map(OnnxExport::describe).toList(), notes());
    }

    private static String describe(ValueInfoProto value) {
        TypeProto.Tensor type = value.getType().getTensorType();
        return value.getName() + " " + TensorProto.DataType.forNumber(type.getElemType()).name().toLowerCase(Locale.ROOT)
                + type.getShape().getDimList().stream().map(dim -> dim.hasDimParam() ? dim.getDimParam() : "" + dim.getDimValue()).toList();
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        wanted.factors().forEach((name, factor) -> {
            if (wanted.outputs().contains(name) && factor != 1) {
                notes.add(String.format(Locale.ROOT, "'%s' is the network's, divided by %.4g as answers are made of it", name, 1 / factor));
            }
        });
        for (NodeSpec node : model.nodes()) {
            if (node.op().equals("crf")) {
                notes.add("the conditional random field '" + node.name() + "' is not in the file: " + node.inputs().get(0)
                        + " are the scores of each step by itself, and the best sequence of tags needs its transitions, too");
            } else if (node.op().equals("gather") && model.value(node.inputs().get(0)).rows() == Value.Rows.PER_STEP) {
                notes.add("'" + node.inputs().get(1) + "' has other numbers than here: step t of sequence s of " + node.inputs().get(0)
                        + " is row s * time + t of the file");
            } else if (wanted.states() && node.attribute("h0").isPresent()) {
                notes.add("'" + node.name() + "' starts here from h0=" + node.attribute("h0").get()
                        + "; in the file from its input of state, so give it that first");
            } else if (wanted.states() && (node.attribute("bidirectional").isPresent() || node.op().equals("reverse"))) {
                notes.add("'" + node.name() + "' reads from the end: of a sequence in pieces it sees one piece at a time");
            }
        }
        return notes;
    }
}
