package org.tidegate.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model's file, open for reading.
 *
 * <p>It is a safetensors file. The parameters have their own names ({@code rnn.weight_ih_l0}), so that other programs find them;
 * {@code __metadata__} holds the spec and the metadata of the task (vocabularies, a training's state) under keys of its own. An
 * optimizer's slots are tensors with the prefix {@code optimizer.}, other extra tensors have the prefix {@code training.}.
 */
public final class Checkpoint implements AutoCloseable {
    /** The metadata key of the format's version. */
    static final String VERSION = "tidegate";
    /** The version that this library writes, and the only one that it reads. */
    static final String CURRENT = "2";
    /** The metadata key of the model's spec. */
    static final String SPEC = "spec";
    /** The metadata key of the optimizer's number of steps. */
    static final String OPTIMIZER_STEP = "optimizer.step";
    static final String OPTIMIZER = "optimizer.";
    static final String TRAINING = "training.";
    /** How many an error names. */
    private static final int MOST_PROBLEMS = 16;

    private final SafetensorsFile file;
    private final String spec;

    private Checkpoint(SafetensorsFile file, String spec) {
        this.file = file;
        this.spec = spec;
    }

    /**
     * Opens a model's file. The caller closes it.
     *
     * @param path the file
     * @return the open file
     * @throws CheckpointException if the file is damaged or not a model of this library; the message says what is wrong or missing
     * @throws IOException if it cannot be read
     */
    public static Checkpoint open(Path path) throws IOException {
        SafetensorsFile file = SafetensorsFile.open(path);
        try {
            Map<String, String> metadata = file.metadata();
            if (!metadata.containsKey(VERSION) || !metadata.containsKey(SPEC)) {
                throw new CheckpointException(path + " is a safetensors file, but not a model of Tidegate: its __metadata__ has no \""
                        + (metadata.containsKey(VERSION) ? SPEC : VERSION) + "\". It holds " + file.tensors().size()
                        + " tensors without the spec that says how they make a network.");
            }
            checkVersion(path, metadata.get(VERSION));
            return new Checkpoint(file, metadata.get(SPEC));
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static void checkVersion(Path path, String version) throws CheckpointException {
        if (version.equals(CURRENT)) {
            return;
        }
        boolean older = version.matches("[0-9]{1,9}") && Integer.parseInt(version) < Integer.parseInt(CURRENT);
        throw new CheckpointException(path + " has version \"" + version + "\" of the model format; this Tidegate reads version " + CURRENT
                + (older ? ". Its parameters can still be read as plain safetensors, but what stands beside them was written another way:"
                        + " train the model again, with the data and the options that it was made with."
                        : ". A newer Tidegate may read it."));
    }

    /** {@return the model's spec} */
    public String spec() {
        return spec;
    }

    /**
     * {@return the value of a key of {@code __metadata__}, empty if it is missing}
     *
     * @param key the key
     */
    public Optional<String> metadata(String key) {
        return Optional.ofNullable(file.metadata().get(key));
    }

    /**
     * {@return the value of a required key of {@code __metadata__}}
     *
     * @param key the key
     * @throws CheckpointException if it is missing
     */
    public String require(String key) throws CheckpointException {
        return metadata(key).orElseThrow(() -> new CheckpointException(file.path() + " has no \"" + key + "\" in its __metadata__"));
    }

    /** {@return the file that it was read from} */
    public Path path() {
        return file.path();
    }

    /** {@return the tensors of the file by name} */
    public Map<String, TensorEntry> tensors() {
        return file.tensors();
    }

    /**
     * Checks that the file's parameters are those of its spec's model, so that no memory is taken for others.
     *
     * @param shapes the dimensions of all parameters that the model has, outermost first, by their names
     * @throws CheckpointException if a parameter is missing or does not fit, or the file has other tensors
     */
    public void checkParameters(Map<String, long[]> shapes) throws CheckpointException {
        List<String> problems = problems("", shapes);
        for (String name : file.tensors().keySet()) {
            if (!shapes.containsKey(name) && !name.startsWith(OPTIMIZER) && !name.startsWith(TRAINING)) {
                problems.add("\"" + name + "\" is no parameter of the model");
            }
        }
        refuse(problems);
    }

    /**
     * Reads the model's parameters. Names, shapes and types are checked before the first is read.
     *
     * @param parameters all that the spec's model has
     * @throws CheckpointException if a parameter is missing or does not fit, or the file has other tensors
     * @throws IOException if the file cannot be read
     */
    public void readParameters(List<TensorTarget> parameters) throws IOException {
        checkParameters(shapes(parameters));
        for (TensorTarget parameter : parameters) {
            file.readFloats(parameter.name(), parameter.elements());
        }
    }

    /** {@return whether the file holds an optimizer's slots and steps} */
    public boolean hasOptimizer() {
        return file.metadata().containsKey(OPTIMIZER_STEP);
    }

    /**
     * Reads the slots of an optimizer. Names, shapes and types are checked before the first is read.
     *
     * @param optimizer its text, for messages
     * @param slots all that it has
     * @return the number of its steps
     * @throws CheckpointException if there are none, or they are not of this kind of optimizer
     * @throws IOException if the file cannot be read
     */
    public long readOptimizer(String optimizer, List<TensorTarget> slots) throws IOException {
        String text = require(OPTIMIZER_STEP);
        List<String> problems = problems(OPTIMIZER, shapes(slots));
        long stored = file.tensors().keySet().stream().filter(name -> name.startsWith(OPTIMIZER)).count();
        if (problems.isEmpty() && stored != slots.size()) {
            problems.add("it has " + stored + " tensors of an optimizer, and " + optimizer + " has " + slots.size());
        }
        long steps = steps(text, problems);
        refuse(problems);
        for (TensorTarget slot : slots) {
            file.readFloats(OPTIMIZER + slot.name(), slot.elements());
        }
        return steps;
    }

    /**
     * {@return the elements of an extra tensor, row-major, empty if the file does not have it}
     *
     * @param name its name without the prefix {@code training.}
     * @throws IOException if it is not F32 or too large for an array, or the file cannot be read
     */
    public float[] extra(String name) throws IOException {
        TensorEntry entry = file.tensors().get(TRAINING + name);
        if (entry == null) {
            return new float[0];
        }
        if (entry.elements() > Integer.MAX_VALUE - 16) {
            throw new CheckpointException(file.path() + ": tensor \"" + entry.name() + "\" has " + entry.elements()
                    + " elements, too many");
        }
        float[] values = new float[(int) entry.elements()];
        file.readFloats(entry.name(), (to, source, offset, length) -> System.arraycopy(source, offset, values, (int) to, length));
        return values;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static Map<String, long[]> shapes(List<TensorTarget> targets) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (TensorTarget target : targets) {
            shapes.put(target.name(), target.shape());
        }
        return shapes;
    }

    private List<String> problems(String prefix, Map<String, long[]> expected) {
        List<String> problems = new ArrayList<>();
        for (Map.Entry<String, long[]> each : expected.entrySet()) {
            String name = prefix + each.getKey();
            TensorEntry entry = file.tensors().get(name);
            if (entry == null) {
                problems.add("\"" + name + "\" is missing");
            } else if (entry.dtype() != Dtype.F32 || !entry.hasShape(each.getValue())) {
                problems.add("\"" + name + "\" is " + entry.describe() + "; expected F32 " + TensorEntry.describe(each.getValue()));
            }
        }
        return problems;
    }

    private void refuse(List<String> problems) throws CheckpointException {
        int more = problems.size() - MOST_PROBLEMS;
        if (!problems.isEmpty()) {
            throw new CheckpointException(file.path() + " does not fit its model: "
                    + String.join("; ", problems.subList(0, Math.min(MOST_PROBLEMS, problems.size())))
                    + (more > 0 ? "; and " + more + " more" : ""));
        }
    }

    private static long steps(String text, List<String> problems) {
        if (text.matches("[0-9]{1,18}")) {
            return Long.parseLong(text);
        }
        problems.add("\"" + OPTIMIZER_STEP + "\" is \"" + text + "\", which is no number of steps");
        return 0;
    }
}
