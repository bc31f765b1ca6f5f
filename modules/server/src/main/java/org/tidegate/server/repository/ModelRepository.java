/* The models of a folder. */
package org.tidegate.server.repository;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.tidegate.Precision;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.protocol.Texts;
import org.tidegate.server.repository.Folder.Contents;
import org.tidegate.server.repository.ModelVersions.Look;
import org.tidegate.server.sequence.SequenceLimits;
import org.tidegate.server.sequence.SequenceRequest;

/**
 * Which models there are, and which of them are ready. Any number of threads at once: files are opened one after the other, and meanwhile
 * what is served is served on.
 *
 * <p>A file {@code NAME.safetensors} is version 1 of NAME; a folder NAME has {@code 2.safetensors}, or {@code 2/model.safetensors}, for
 * version 2; the same with {@code .onnx}. All versions are served, the newest where a request names none.
 */
public final class ModelRepository implements AutoCloseable {
    private final Path folder;
    private final ModelVersion.Opener opener;
    private final NavigableMap<String, ModelVersions> models = new ConcurrentSkipListMap<>();
    private final ReentrantLock changes = new ReentrantLock();
    private boolean looked;
    private boolean closed;

    /**
     * Creates the repository of a folder, empty until {@link #scan}.
     *
     * @param folder has the files of the models
     * @param files opens them
     * @param precision of the weights
     * @param limits how batches are made
     * @param sequences how many sequences of a model may be open, and for how long
     * @param executor has the workers' threads
     */
    public ModelRepository(Path folder, ModelOpener files, Precision precision, Batcher.Limits limits, SequenceLimits sequences, Executor executor) {
        this(folder, (model, version, file) -> new ServedModel(model, version, files.open(file, precision), limits, sequences, executor));
    }

    ModelRepository(Path folder, ModelVersion.Opener opener) {
        this.folder = folder.toAbsolutePath();
        this.opener = opener;
    }

    /**
     * Looks at the folder. The first look opens what is there. Later ones open files that are new, or have changed since they were opened, and
     * give up those that are gone, each when two looks in a row have seen the same: what is still being written is left alone. Where a file
     * cannot be opened the one before it is served on, and the index says why.
     *
     * @throws IOException if the folder cannot be read; all stays as it is
     */
    public void scan() throws IOException {
        changes.lock();
        try {
            if (closed) {
                return;
            }
            SortedMap<String, Contents> found = Folder.look(folder);
            Look look = looked ? Look.SETTLED : Look.NOW;
            looked = true;
            Set<String> names = new TreeSet<>(models.keySet());
            names.addAll(found.keySet());
            names.forEach(name -> update(name, found, look));
        } finally {
            changes.unlock();
        }
    }

    private void update(String name, SortedMap<String, Contents> found, Look look) {
        ModelVersions model = models.computeIfAbsent(name, ModelVersions::new);
        if (look == Look.AGAIN) {
            model.allow();
        }
        model.update(found.getOrDefault(name, new Contents()), look, opener);
        if (model.isForgotten()) {
            models.remove(name);
        }
    }

    /**
     * Opens a model's files that are new or have changed, and those that failed once more. Returns when they are served.
     *
     * @param name its name
     * @throws ProtocolException if it has no file, or one cannot be opened
     */
    public void load(String name) {
        changes.lock();
        try {
            SortedMap<String, Contents> found = Folder.look(folder);
            if (closed || !found.containsKey(name) && !models.containsKey(name)) {
                throw noSuch(name, "");
            }
            update(name, found, Look.AGAIN);
            ModelVersions model = models.get(name);
            if (model == null) {
                throw noSuch(name, "");
            }
            boolean served = !model.served().isEmpty();
            String failed = model.statuses().stream().filter(each -> !each.reason().isEmpty() && !(served && each.version().isEmpty()))
                    .map(ModelStatus::reason).collect(Collectors.joining("; "));
            if (!failed.isEmpty()) {
                throw new ProtocolException(Status.UNAVAILABLE, "model '" + Texts.shown(name) + "' is not loaded: " + failed);
            }
        } catch (IOException e) {
            throw new ProtocolException(Status.UNAVAILABLE, "the repository's folder cannot be read");
        } finally {
            changes.unlock();
        }
    }

    /**
     * Takes a model out of service until {@link #load}, whatever becomes of its files. Requests in progress are answered.
     *
     * @param name its name
     * @throws ProtocolException if there is none
     */
    public void unload(String name) {
        changes.lock();
        try {
            ModelVersions model = models.get(name);
            if (model == null) {
                throw noSuch(name, "");
            }
            model.unload();
        } finally {
            changes.unlock();
        }
    }

    /**
     * {@return the model of a name}
     *
     * @param name its name
     * @param version its version, empty for the newest
     * @throws ProtocolException if there is none, or it is not ready
     */
    public ServedModel model(String name, String version) {
        ModelVersions model = models.get(name);
        ServedModel served = model == null ? null : model.served(version);
        if (served != null) {
            return served;
        }
        String reason = model == null ? "" : model.statuses().stream().filter(each -> version.isEmpty() || version.equals(each.version()))
                .map(each -> each.reason().isEmpty() ? "it is being loaded" : each.reason()).distinct().collect(Collectors.joining("; "));
        if (reason.isEmpty()) {
            throw noSuch(name, version);
        }
        throw new ProtocolException(Status.UNAVAILABLE, "model '" + Texts.shown(name) + "' is not ready: " + reason);
    }

    /**
     * {@return the model that answers a request: of a step that which has its sequence open, perhaps one that is served no more; else that of the
     * name and version}
     *
     * @param request the request
     * @throws ProtocolException if there is none, it is not ready, or what the request says of its sequence is wrong
     */
    public ServedModel model(InferenceRequest request) {
        ModelVersions model = models.get(request.model());
        ServedModel holder = model == null ? null
                : SequenceRequest.of(request).map(sequence -> model.holder(sequence, request.version())).orElse(null);
        return holder != null ? holder : model(request.model(), request.version());
    }

    private static ProtocolException noSuch(String name, String version) {
        return new ProtocolException(Status.NOT_FOUND, "there is no model '" + Texts.shown(name) + "'"
                + (version.isEmpty() ? "" : " of version '" + Texts.shown(version) + "'") + "; ask the repository's index for those that are there");
    }

    /** {@return the versions of a model that are ready, in their order} */
    public List<String> versions(String name) {
        ModelVersions model = models.get(name);
        return model == null ? List.of() : model.served().stream().map(ServedModel::version).toList();
    }

    /** {@return all models that are ready, by their names and versions} */
    public List<ServedModel> models() {
        return models.values().stream().flatMap(model -> model.served().stream()).toList();
    }

    /**
     * {@return models that are ready}
     *
     * @param name the model's name, empty for all
     * @param version the version's, empty for all
     * @throws ProtocolException if there is none of the name
     */
    public List<ServedModel> models(String name, String version) {
        if (name.isEmpty()) {
            return models();
        }
        ServedModel one = model(name, version);
        return version.isEmpty() ? models().stream().filter(each -> each.name().equals(name)).toList() : List.of(one);
    }

    /** {@return what there is, by names and versions} */
    public List<ModelStatus> index() {
        return models.values().stream().flatMap(model -> model.statuses().stream()).toList();
    }

    /** Serves nothing any more. Requests in progress are answered. */
    @Override
    public void close() {
        changes.lock();
        try {
            closed = true;
            models.values().forEach(ModelVersions::close);
            models.clear();
        } finally {
            changes.unlock();
        }
    }
}
