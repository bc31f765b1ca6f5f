/* The calls of the protocol. */
package org.tidegate.server.service;

import java.util.List;
import org.tidegate.Tidegate;
import org.tidegate.server.model.ModelRepository;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.protocol.Call;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.ModelMetadata;
import org.tidegate.server.protocol.ProtocolException;

/** The server behind all its transports. Any number of threads at once. */
public final class InferenceService {
    /** The name by which the server is known. */
    public static final String NAME = "tidegate";
    /** Of the protocol, those that are there. */
    public static final List<String> EXTENSIONS = List.of("binary_tensor_data", "statistics");

    private final ModelRepository repository;
    private volatile boolean ready = true;

    /**
     * Creates the service of a repository.
     *
     * @param repository the models
     */
    public InferenceService(ModelRepository repository) {
        this.repository = repository;
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
     * Answers a request, or fails, on this thread or another.
     *
     * @param request the request
     * @param call where the answer goes
     */
    public void infer(InferenceRequest request, Call call) {
        ServedModel model;
        try {
            model = repository.model(request.model(), request.version());
        } catch (ProtocolException e) {
            call.fail(e);
            return;
        }
        model.infer(request, call);
    }
}
