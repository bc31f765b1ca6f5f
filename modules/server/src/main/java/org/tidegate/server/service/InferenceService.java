/* The calls of the protocol. */
package org.tidegate.server.service;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.tidegate.Tidegate;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.model.Serving;
import org.tidegate.server.protocol.Call;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.ModelMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.repository.ModelRepository;
import org.tidegate.server.repository.ModelStatus;

/** The server behind all its transports. Any number of threads at once. */
public final class InferenceService {
    /** The name by which the server is known. */
    public static final String NAME = "tidegate";
    /** Of the protocol, those that are there. */
    public static final List<String> EXTENSIONS = List.of("binary_tensor_data", "classification", "generate", "model_repository", "sequence",
            "sequence(string_id)", "statistics");

    private static final int CHANGES = 1024; // that wait

    private final ModelRepository repository;
    private final Executor changes = changes();
    private volatile boolean ready = true;

    /**
     * Creates the service of a repository.
     *
     * @param repository the models
     */
    public InferenceService(ModelRepository repository) {
        this.repository = repository;
    }

    private static Executor changes() {
        ThreadPoolExecutor one = new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(CHANGES), task -> {
            Thread thread = new Thread(task, "tidegate-changes");
            thread.setDaemon(true);
            return thread;
        });
        one.allowCoreThreadTimeOut(true);
        return one;
    }

    /** {@return the models} */
    public ModelRepository repository() {
        return repository;
    }

    /** {@return whether requests are taken} */
    public boolean isReady() {
        return ready;
    }

    /** Takes no more requests: readiness is refused from now on, so that balancers look elsewhere. */
    public void drain() {
        ready = false;
    }

    /** {@return the version of the server} */
    public String version() {
        return Tidegate.version();
    }

    /**
     * {@return whether a model is ready}
     *
     * @param name its name
     * @param version its version, empty for the newest
     */
    public boolean isReady(String name, String version) {
        try {
            repository.model(name, version);
            return ready;
        } catch (ProtocolException e) {
            return false;
        }
    }

    /**
     * {@return what a model takes and gives}
     *
     * @param name its name
     * @param version its version, empty for the newest
     * @throws ProtocolException if there is none
     */
    public ModelMetadata metadata(String name, String version) {
        ServedModel model = repository.model(name, version);
        return model.metadata(repository.versions(name));
    }

    /**
     * {@return how a model writes texts; empty where it does not}
     *
     * @param name its name
     * @param version its version, empty for the newest
     * @throws ProtocolException if there is none
     */
    public Optional<Serving.Generates> generates(String name, String version) {
        return repository.model(name, version).generates();
    }

    /**
     * {@return the names of a model's outputs}
     *
     * @param name its name
     * @param version its version, empty for the newest
     * @throws ProtocolException if there is none
     */
    public Set<String> outputs(String name, String version) {
        return metadata(name, version).outputs().stream().map(ModelMetadata.TensorMetadata::name).collect(Collectors.toSet());
    }

    /**
     * Answers a request, or fails, on this thread or another.
     *
     * @param request the request
     * @param call where the answer goes
     */
    public void infer(InferenceRequest request, Call call) {
        try {
            boolean taken;
            do { // where a model is replaced in this moment its successor is there
                taken = repository.model(request).infer(request, call);
            } while (!taken);
        } catch (ProtocolException e) {
            call.fail(e);
        }
    }

    /**
     * {@return what there is in the repository, by names and versions}
     *
     * @param readyOnly whether to leave out what is not served
     */
    public List<ModelStatus> index(boolean readyOnly) {
        return repository.index().stream().filter(model -> !readyOnly || model.isReady()).toList();
    }

    /**
     * Refuses parameters of a load.
     *
     * @param given whether there are any
     * @throws ProtocolException if there are
     */
    public static void checkLoad(boolean given) {
        if (given) {
            throw new ProtocolException(Status.UNIMPLEMENTED, "models are loaded as their files are; parameters of a load are not taken");
        }
    }

    /**
     * Loads a model's files, those that are new or have changed; returns when they are served.
     *
     * @param model its name
     * @throws ProtocolException if there is none, or a file cannot be loaded
     */
    public void load(String model) {
        repository.load(model);
    }

    /**
     * Runs what loads or unloads models on a thread that does nothing else, one after the other: files are opened, and nobody who asks
     * models waits for that.
     *
     * @param change tells of its end, and throws nothing
     * @throws ProtocolException if too many wait already
     */
    public void later(Runnable change) {
        try {
            changes.execute(change);
        } catch (RejectedExecutionException e) {
            throw new ProtocolException(Status.RESOURCE_EXHAUSTED, CHANGES + " loads and unloads wait already; try again later");
        }
    }

    /**
     * Takes a model out of service until it is loaded again. Requests in progress are answered.
     *
     * @param model its name
     * @throws ProtocolException if there is none
     */
    public void unload(String model) {
        repository.unload(model);
    }

    /**
     * {@return models that are served, for their statistics}
     *
     * @param name the model's name, empty for all
     * @param version the version's, empty for all
     * @throws ProtocolException if there is none of the name
     */
    public List<ServedModel> models(String name, String version) {
        return repository.models(name, version);
    }
}
