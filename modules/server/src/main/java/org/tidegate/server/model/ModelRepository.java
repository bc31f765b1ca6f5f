/* The models of a folder. */
package org.tidegate.server.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.tidegate.Precision;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.protocol.Texts;

/** Which models there are, and which of them are ready. Any number of threads at once. */
public final class ModelRepository implements AutoCloseable {
    private static final String SUFFIX = ".safetensors";

    private final Path folder;
    private final Precision precision;
    private final Batcher.Limits limits;
    private final Executor executor;
    private final Map<String, ServedModel> ready = new ConcurrentSkipListMap<>();

    /**
     * Creates the repository of a folder, empty until {@link #scan}.
     *
     * @param folder has the files of the models
     * @param precision of the weights
     * @param limits how batches are made
     * @param executor has the workers' threads
     */
    public ModelRepository(Path folder, Precision precision, Batcher.Limits limits, Executor executor) {
        this.folder = folder;
        this.precision = precision;
        this.limits = limits;
        this.executor = executor;
    }

    /**
     * Opens what is in the folder.
     *
     * @throws IOException if it cannot be read
     */
    public void scan() throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(folder)) {
            files = found.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            name = name.substring(0, name.length() - SUFFIX.length());
            try {
                ready.put(name, new ServedModel(name, "1", Servings.open(file, precision), limits, executor));
            } catch (IOException | RuntimeException e) { // the others are served all the same
                System.getLogger(ModelRepository.class.getName()).log(System.Logger.Level.WARNING, name + " is not served: " + e.getMessage());
            }
        }
    }

    /**
     * {@return the model of a name}
     *
     * @param name its name
     * @param version its version, empty for the newest
     * @throws ProtocolException if there is none
     */
    public ServedModel model(String name, String version) {
        ServedModel model = ready.get(name);
        if (model == null || !version.isEmpty() && !version.equals(model.version())) {
            throw new ProtocolException(Status.NOT_FOUND, "there is no model '" + Texts.shown(name) + "'"
                    + (version.isEmpty() ? "" : " of version '" + Texts.shown(version) + "'") + "; ask the repository's index for those that are there");
        }
        return model;
    }

    /** {@return the versions of a model that are ready, in their order} */
    public List<String> versions(String name) {
        return List.of(model(name, "").version());
    }

    /** {@return all models that are ready} */
    public List<ServedModel> models() {
        return new ArrayList<>(ready.values());
    }

    /**
     * {@return models that are ready}
     *
     * @param name the model's name, empty for all
     * @param version the version's, empty for all
     * @throws ProtocolException if there is none of the name
     */
    public List<ServedModel> models(String name, String version) {
        return name.isEmpty() ? models() : List.of(model(name, version));
    }

    /** {@return what there is, by names and versions} */
    public List<ModelStatus> index() {
        List<ModelStatus> index = new ArrayList<>();
        ready.values().forEach(model -> index.add(new ModelStatus(model.name(), model.version(), ModelStatus.State.READY, "")));
        return index;
    }

    /**
     * Loads a model's file, whose requests go to it from now on.
     *
     * @param name its name
     * @throws ProtocolException if there is none, or its file cannot be loaded
     */
    public void load(String name) {
        throw new ProtocolException(Status.UNIMPLEMENTED, "models are loaded when the server starts");
    }

    /**
     * Takes a model out of service.
     *
     * @param name its name
     * @throws ProtocolException if there is none
     */
    public void unload(String name) {
        throw new ProtocolException(Status.UNIMPLEMENTED, "models are unloaded when the server stops");
    }

    @Override
    public void close() {
        ready.values().forEach(ServedModel::close);
        ready.clear();
    }
}
