/* The protocol's calls. */
package org.tidegate.server.grpc;

import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.tidegate.server.grpc.inference.GRPCInferenceServiceGrpc;
import org.tidegate.server.grpc.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import org.tidegate.server.grpc.inference.ModelInferRequest;
import org.tidegate.server.grpc.inference.ModelInferResponse;
import org.tidegate.server.grpc.inference.ModelMetadataRequest;
import org.tidegate.server.grpc.inference.ModelMetadataResponse;
import org.tidegate.server.grpc.inference.ModelReadyRequest;
import org.tidegate.server.grpc.inference.ModelReadyResponse;
import org.tidegate.server.grpc.inference.ModelStatisticsRequest;
import org.tidegate.server.grpc.inference.ModelStatisticsResponse;
import org.tidegate.server.grpc.inference.ModelStreamInferResponse;
import org.tidegate.server.grpc.inference.RepositoryIndexRequest;
import org.tidegate.server.grpc.inference.RepositoryIndexResponse;
import org.tidegate.server.grpc.inference.RepositoryModelLoadRequest;
import org.tidegate.server.grpc.inference.RepositoryModelLoadResponse;
import org.tidegate.server.grpc.inference.RepositoryModelUnloadRequest;
import org.tidegate.server.grpc.inference.RepositoryModelUnloadResponse;
import org.tidegate.server.grpc.inference.ServerLiveRequest;
import org.tidegate.server.grpc.inference.ServerLiveResponse;
import org.tidegate.server.grpc.inference.ServerMetadataRequest;
import org.tidegate.server.grpc.inference.ServerMetadataResponse;
import org.tidegate.server.grpc.inference.ServerReadyRequest;
import org.tidegate.server.grpc.inference.ServerReadyResponse;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.protocol.Failures;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.server.protocol.ModelMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.protocol.Texts;
import org.tidegate.server.repository.ModelStatus;
import org.tidegate.server.service.InferenceService;

/** inference.GRPCInferenceService. It runs on the threads that read from the network: nothing here waits. */
final class InferenceCalls extends GRPCInferenceServiceImplBase {
    /** What streams are told that end because the server does. */
    static final io.grpc.Status STOPPING = io.grpc.Status.UNAVAILABLE.withDescription("the server is stopping");

    private final InferenceService service;
    private final Executor executor;
    private final EventLoops loops;
    private final Set<InferenceStream> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    /**
     * The calls of a service.
     *
     * @param executor has threads for what takes longer: to open files, to read large requests
     * @param loops read from the network
     */
    InferenceCalls(InferenceService service, Executor executor, EventLoops loops) {
        this.service = service;
        this.executor = executor;
        this.loops = loops;
    }

    /** These calls, of which those that infer take their messages unparsed. */
    ServerServiceDefinition bind() {
        ServerServiceDefinition parsed = bindService();
        MethodDescriptor<InferMessage, ModelInferResponse> one = unparsed(GRPCInferenceServiceGrpc.getModelInferMethod());
        MethodDescriptor<InferMessage, ModelStreamInferResponse> many = unparsed(GRPCInferenceServiceGrpc.getModelStreamInferMethod());
        Map<String, ServerMethodDefinition<?, ?>> methods = new LinkedHashMap<>();
        parsed.getMethods().forEach(method -> methods.put(method.getMethodDescriptor().getFullMethodName(), method));
        methods.put(one.getFullMethodName(), ServerMethodDefinition.create(one, ServerCalls.asyncUnaryCall(this::infer)));
        methods.put(many.getFullMethodName(), ServerMethodDefinition.create(many, ServerCalls.asyncBidiStreamingCall(this::inferStream)));
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(parsed.getServiceDescriptor().getName())
                .setSchemaDescriptor(parsed.getServiceDescriptor().getSchemaDescriptor());
        methods.values().forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
        methods.values().forEach(service::addMethod);
        return service.build();
    }

    private static <A> MethodDescriptor<InferMessage, A> unparsed(MethodDescriptor<?, A> method) {
        return method.toBuilder(InferMessage.MARSHALLER, method.getResponseMarshaller()).build();
    }

    /** Reads nothing more from streams, which end when what was read is answered. */
    void drain() {
        draining = true;
        streams.forEach(stream -> stream.end(STOPPING));
    }

    private static <T> void reply(StreamObserver<T> observer, Supplier<T> answer) {
        try {
            observer.onNext(answer.get());
        } catch (RuntimeException | Error e) {
            observer.onError(Statuses.of(Failures.of("a call of gRPC", e)));
            return;
        }
        observer.onCompleted();
    }

    @Override
    public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> observer) {
        reply(observer, () -> ServerLiveResponse.newBuilder().setLive(true).build());
    }

    @Override
    public void serverReady(ServerReadyRequest request, StreamObserver<ServerReadyResponse> observer) {
        reply(observer, () -> ServerReadyResponse.newBuilder().setReady(service.isReady()).build());
    }

    @Override
    public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
        Entrance.note(request.getName(), request.getVersion());
        reply(observer, () -> ModelReadyResponse.newBuilder().setReady(service.isReady(request.getName(), request.getVersion())).build());
    }

    @Override
    public void serverMetadata(ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> observer) {
        reply(observer, () -> ServerMetadataResponse.newBuilder().setName(InferenceService.NAME).setVersion(service.version())
                .addAllExtensions(InferenceService.EXTENSIONS).build());
    }

    @Override
    public void modelMetadata(ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
        Entrance.note(request.getName(), request.getVersion());
        reply(observer, () -> {
            ModelMetadata model = service.metadata(request.getName(), request.getVersion());
            return ModelMetadataResponse.newBuilder().setName(model.name()).addAllVersions(model.versions()).setPlatform(model.platform())
                    .addAllInputs(tensors(model.inputs())).addAllOutputs(tensors(model.outputs())).putAllProperties(model.properties()).build();
        });
    }

    private static List<ModelMetadataResponse.TensorMetadata> tensors(List<TensorMetadata> tensors) {
        return tensors.stream().map(tensor -> ModelMetadataResponse.TensorMetadata.newBuilder().setName(tensor.name())
                .setDatatype(tensor.datatype().name()).addAllShape(tensor.shape()).build()).toList();
    }

    private void infer(InferMessage message, StreamObserver<ModelInferResponse> observer) {
        Inflight.Share share = Incoming.current().share();
        if (message.isLarge()) {
            executor.execute(Context.current().wrap(() -> infer(message, observer, share)));
        } else {
            infer(message, observer, share);
        }
    }

    private void infer(InferMessage packed, StreamObserver<ModelInferResponse> observer, Inflight.Share share) {
        UnaryCall call = null;
        try {
            ModelInferRequest message = packed.parse(share);
            InferenceRequest request = Messages.request(message);
            share.take(Messages.made(message, request));
            share.give(packed.objects());
            call = new UnaryCall(request, loops, share, (ServerCallStreamObserver<ModelInferResponse>) observer);
            service.infer(request, call);
        } catch (RuntimeException | Error e) {
            ProtocolException failure = Failures.of("a call of gRPC", e);
            if (call == null) {
                observer.onError(Statuses.of(failure));
            } else {
                call.fail(failure);
            }
        }
    }

    private StreamObserver<InferMessage> inferStream(StreamObserver<ModelStreamInferResponse> observer) {
        InferenceStream stream = new InferenceStream(service, (ServerCallStreamObserver<ModelStreamInferResponse>) observer, executor, loops, streams::remove);
        streams.add(stream);
        if (draining) {
            stream.end(STOPPING);
        }
        return stream;
    }

    @Override
    public void modelStatistics(ModelStatisticsRequest request, StreamObserver<ModelStatisticsResponse> observer) {
        Entrance.note(request.getName(), request.getVersion());
        reply(observer, () -> ModelStatisticsResponse.newBuilder()
                .addAllModelStats(service.models(request.getName(), request.getVersion()).stream().map(StatisticsMessage::of).toList()).build());
    }

    @Override
    public void repositoryIndex(RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> observer) {
        reply(observer, () -> {
            checkRepository(request.getRepositoryName());
            RepositoryIndexResponse.Builder index = RepositoryIndexResponse.newBuilder();
            for (ModelStatus model : service.index(request.getReady())) {
                index.addModelsBuilder().setName(model.name()).setVersion(model.version()).setState(model.state().name()).setReason(model.reason());
            }
            return index.build();
        });
    }

    @Override
    public void repositoryModelLoad(RepositoryModelLoadRequest request, StreamObserver<RepositoryModelLoadResponse> observer) {
        service.later(() -> reply(observer, () -> {
            checkRepository(request.getRepositoryName());
            InferenceService.checkLoad(request.getParametersCount() > 0);
            service.load(request.getModelName());
            return RepositoryModelLoadResponse.getDefaultInstance();
        }));
    }

    @Override
    public void repositoryModelUnload(RepositoryModelUnloadRequest request, StreamObserver<RepositoryModelUnloadResponse> observer) {
        service.later(() -> reply(observer, () -> {
            checkRepository(request.getRepositoryName());
            service.unload(request.getModelName());
            return RepositoryModelUnloadResponse.getDefaultInstance();
        }));
    }

    private static void checkRepository(String name) {
        if (!name.isEmpty()) {
            throw new ProtocolException(Status.UNIMPLEMENTED, "repository_name is '" + Texts.shown(name) + "'; there is one repository, leave it out");
        }
    }

    private static final class UnaryCall extends GrpcCall {
        private final ServerCallStreamObserver<ModelInferResponse> observer;

        UnaryCall(InferenceRequest request, EventLoops loops, Inflight.Share share, ServerCallStreamObserver<ModelInferResponse> observer) {
            super(request, loops, share);
            this.observer = observer;
        }

        @Override
        void send(ModelInferResponse answer) {
            share().add(answer.getSerializedSize());
            observer.onNext(answer);
            observer.onCompleted();
        }

        /** What it holds it holds until its answer is read: {@link Incoming} gives it back. */
        @Override
        void ended() {}

        @Override
        void sendFailure(ProtocolException failure) {
            observer.onError(Statuses.of(failure));
        }

        @Override
        public boolean isCancelled() {
            return observer.isCancelled();
        }
    }
}
