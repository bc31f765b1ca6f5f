/* A process that serves models. */
package org.tidegate.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.tidegate.Precision;
import org.tidegate.Tidegate;
import org.tidegate.TidegateException;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.grpc.GrpcTransport;
import org.tidegate.server.http.HttpTransport;
import org.tidegate.server.ops.AccessLog;
import org.tidegate.server.ops.Certificates;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.ops.Metrics;
import org.tidegate.server.ops.Operations;
import org.tidegate.server.ops.Tokens;
import org.tidegate.server.repository.ModelOpener;
import org.tidegate.server.repository.ModelRepository;
import org.tidegate.server.repository.RepositoryWatch;
import org.tidegate.server.sequence.SequenceLimits;
import org.tidegate.server.service.InferenceService;

/**
 * Serves a folder of models to clients of the Open Inference Protocol.
 *
 * <pre>{@code
 * try (Server server = Server.builder().models(Path.of("models")).port(8080).start()) {
 *     …                                               // http://localhost:8080/v2
 * }
 * }</pre>
 *
 * <p>Any thread may close it; closing twice is harmless.
 */
public final class Server implements AutoCloseable {
    private final ExecutorService workers;
    private final ModelRepository repository;
    private final InferenceService service;
    private final Operations operations;
    private final HttpTransport http;
    private final GrpcTransport grpc;
    private final RepositoryWatch watch; // null for none
    private final Duration drain;
    private boolean closed;

    private Server(Builder builder) throws IOException {
        drain = builder.drain;
        AtomicInteger number = new AtomicInteger();
        workers = Executors.newFixedThreadPool(builder.threads, task -> {
            Thread thread = new Thread(task, "tidegate-worker-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        Batcher.Limits limits = new Batcher.Limits(builder.threads, builder.maxBatch, builder.maxDelay.toNanos(), builder.queue);
        repository = new ModelRepository(builder.models, builder.opener, builder.precision, limits,
                new SequenceLimits(builder.maxSequences, builder.sequenceIdle), workers);
        operations = builder.operations(repository);
        try {
            repository.scan();
            service = new InferenceService(repository);
            http = listenHttp(builder);
            grpc = listenGrpc(builder);
        } catch (Exception e) {
            repository.close();
            workers.shutdown();
            operations.close();
            throw e;
        }
        watch = builder.poll.isZero() ? null : new RepositoryWatch(repository, builder.poll);
    }

    private HttpTransport listenHttp(Builder builder) throws IOException {
        try {
            return new HttpTransport(service, new InetSocketAddress(builder.host, builder.port),
                    new HttpTransport.Limits(builder.maxBody, builder.maxConnections, builder.idle, builder.hosts), operations);
        } catch (Exception e) {
            throw new IOException("the server cannot listen for HTTP: " + reason(e) + "; give another port, or 0 for any that is free", e);
        }
    }

    private GrpcTransport listenGrpc(Builder builder) throws IOException {
        int port = builder.grpcPort();
        try {
            return new GrpcTransport(service, new InetSocketAddress(builder.host, port), builder.maxBody, builder.maxConnections, operations);
        } catch (Exception e) {
            closeHttp();
            throw new IOException("the server cannot listen for gRPC at port " + port + (builder.grpcPort == null ? ", one above that of HTTP" : "")
                    + ": " + reason(e) + "; give another grpc-port, or 0 for any that is free", e);
        }
    }

    private static String reason(Exception failure) {
        return failure.getMessage() + (failure.getCause() == null ? "" : ": " + failure.getCause().getMessage());
    }

    /** Whether all requests over HTTP were answered. */
    private boolean closeHttp() {
        try {
            http.close();
            return true;
        } catch (Exception e) {
            System.getLogger(Server.class.getName()).log(System.Logger.Level.WARNING, "HTTP did not stop in time; requests were cut off", e);
            return false;
        }
    }

    /** {@return the settings of a server, to be changed and started} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the port of HTTP} */
    public int port() {
        return http.port();
    }

    /** {@return the port of gRPC} */
    public int grpcPort() {
        return grpc.port();
    }

    /** {@return what it does, without a transport} */
    public InferenceService service() {
        return service;
    }

    /**
     * Drains and stops: readiness is refused at once; for the time of {@link Builder#drain} requests are still taken, so that balancers find
     * out, then refused; those in progress and in the queue are answered, and only then connections close and memory is freed.
     */
    @Override
    public void close() {
        stop();
    }

    /** Closes it; whether all requests were answered, and none cut off. */
    synchronized boolean stop() {
        if (closed) {
            return true;
        }
        closed = true;
        service.drain();
        if (watch != null) {
            watch.close();
        }
        boolean interrupted = false;
        try {
            Thread.sleep(drain.toMillis());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        boolean answered = closeHttp();
        answered &= grpc.stop();
        workers.shutdown();
        repository.close();
        operations.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return answered;
    }

    /** The settings of a server. */
    public static final class Builder {
        /** A name or an address of version 4, or one of version 6, which has two colons at least. */
        private static final Pattern HOST = Pattern.compile("[\\w.-]+|\\[\\p{XDigit}*:[\\p{XDigit}.]*:[\\p{XDigit}:.]*]"
                + "|\\p{XDigit}*:[\\p{XDigit}.]*:[\\p{XDigit}:.]*");

        private Path models;
        private ModelOpener opener = ModelOpener.standard();
        private String host = InetAddress.getLoopbackAddress().getHostAddress();
        private List<String> hosts = List.of();
        private int port = 8080;
        private Integer grpcPort;
        private int threads = Runtime.getRuntime().availableProcessors();
        private Precision precision = Precision.FLOAT32;
        private int maxBatch = 64;
        private Duration maxDelay = Duration.ZERO;
        private int queue = 1024;
        private int maxSequences = SequenceLimits.DEFAULT.most();
        private Duration sequenceIdle = SequenceLimits.DEFAULT.idle();
        private long maxBody = 64L << 20;
        private Duration poll = Duration.ofSeconds(1);
        private Long maxInflight;
        private int maxConnections = 8192;
        private Duration idle = Duration.ofMinutes(1);
        private Duration drain = Duration.ZERO;
        private Path accessLog;
        private Path certificate;
        private Path key;
        private Path tokens;

        private Builder() {}

        /**
         * The folder of the models. Must be given.
         *
         * @param folder has a file, or a folder of versions, for each
         * @return this builder
         */
        public Builder models(Path folder) {
            models = Objects.requireNonNull(folder, "folder");
            return this;
        }

        /**
         * How the models' files are opened; {@link ModelOpener#standard} unless it is given.
         *
         * @param files opens them
         * @return this builder
         */
        public Builder opener(ModelOpener files) {
            opener = Objects.requireNonNull(files, "files");
            return this;
        }

        /**
         * The address that is listened at; loopback alone unless it is given.
         *
         * @param name a name or an address of this machine; {@code 0.0.0.0} for all
         * @return this builder
         */
        public Builder host(String name) {
            host = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Hosts by which browsers and other clients of HTTP may call the server, beside localhost, 127.0.0.1, [::1] and that of {@link #host}.
         * Unless they are given a server that listens at loopback has no others, so that no page of another site reaches it by a name that leads
         * there; one that listens elsewhere may be called by any.
         *
         * @param names names or addresses, without ports
         * @return this builder
         */
        public Builder allowHosts(List<String> names) {
            for (String name : names) {
                if (!HOST.matcher(name).matches()) {
                    throw new IllegalArgumentException("allow-host is '" + name + "'; expected a name or an address alone, without a scheme, a port"
                            + " or a path: example.com, 10.0.0.7, fd00::7");
                }
            }
            hosts = List.copyOf(names);
            return this;
        }

        /**
         * The port of HTTP, 8080 unless it is given; 0 for any that is free.
         *
         * @param number the port
         * @return this builder
         */
        public Builder port(int number) {
            port = checked("port", number, 0, 65535);
            return this;
        }

        /**
         * The port of gRPC; one above that of HTTP unless it is given, and any that is free where HTTP's is; 0 for any that is free.
         *
         * @param number the port
         * @return this builder
         */
        public Builder grpcPort(int number) {
            grpcPort = checked("grpc-port", number, 0, 65535);
            return this;
        }

        private int grpcPort() {
            return grpcPort != null ? grpcPort : port == 0 ? 0 : checked("grpc-port", port + 1, 0, 65535);
        }

        /**
         * The number of batches that run at once, each on a thread; the number of processors unless it is given.
         *
         * @param count how many
         * @return this builder
         */
        public Builder threads(int count) {
            threads = checked("threads", count, 1, 1024);
            return this;
        }

        /**
         * The precision of the weights, float32 unless it is given.
         *
         * @param weights the precision
         * @return this builder
         */
        public Builder precision(Precision weights) {
            precision = Objects.requireNonNull(weights, "weights");
            return this;
        }

        /**
         * The items that run together, 64 unless it is given.
         *
         * @param items how many at most
         * @return this builder
         */
        public Builder maxBatch(int items) {
            maxBatch = checked("max-batch", items, 1, 4096);
            return this;
        }

        /**
         * How long a request that found all workers busy waits for company though one is free by now, from its arrival on; not at all unless
         * it is given. What comes while all are busy runs together anyway; a delay makes fewer and larger batches, and later answers.
         *
         * @param delay how long at most
         * @return this builder
         */
        public Builder maxDelay(Duration delay) {
            maxDelay = checked("max-delay", delay, Duration.ZERO, Duration.ofMinutes(1));
            return this;
        }

        /**
         * The requests that wait for a worker, 1024 of each model unless it is given; more are refused.
         *
         * @param requests how many at most
         * @return this builder
         */
        public Builder queue(int requests) {
            queue = checked("queue", requests, 1, 1 << 20);
            return this;
        }

        /**
         * The sequences of each model that may be open at once, 10,000 unless it is given; the start of another one is refused.
         *
         * @param count how many at most
         * @return this builder
         */
        public Builder maxSequences(int count) {
            maxSequences = checked("max-sequences", count, 1, 1 << 20);
            return this;
        }

        /**
         * How long a sequence is kept of which no step comes, a minute unless it is given.
         *
         * @param time how long at most
         * @return this builder
         */
        public Builder sequenceIdle(Duration time) {
            if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("sequence-idle is " + time + "; expected 1 ms to a day");
            }
            sequenceIdle = time;
            return this;
        }

        /**
         * The bytes of a request, 64 MiB unless it is given.
         *
         * @param bytes how many at most
         * @return this builder
         */
        public Builder maxBody(long bytes) {
            if (bytes < 1 || bytes > Integer.MAX_VALUE - 16) {
                throw new IllegalArgumentException("max-body is " + bytes + "; expected 1 to " + (Integer.MAX_VALUE - 16));
            }
            maxBody = bytes;
            return this;
        }

        /**
         * The bytes that all requests in progress hold together, over HTTP and gRPC: bodies and messages from their first byte until they are
         * answered, and what is unpacked of them. A request that would hold more is refused at once. A quarter of Java's memory unless it is
         * given, and at least those of one request, {@link #maxBody}.
         *
         * @param bytes how many at most
         * @return this builder
         */
        public Builder maxInflight(long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("max-inflight is " + bytes + "; expected 1 or more");
            }
            maxInflight = bytes;
            return this;
        }

        private Inflight inflight() {
            if (maxInflight != null && maxInflight < maxBody) {
                throw new IllegalArgumentException("max-inflight is " + maxInflight + ", less than max-body, " + maxBody
                        + ": the largest request would always be refused");
            }
            return new Inflight(maxInflight != null ? maxInflight : Math.max(maxBody, Runtime.getRuntime().maxMemory() / 4));
        }

        /**
         * How often the folder is looked at for files that came, went or changed, each second unless it is given.
         *
         * @param pause between two looks; zero for never
         * @return this builder
         */
        public Builder poll(Duration pause) {
            if (pause.isNegative()) {
                throw new IllegalArgumentException("poll is " + pause + "; expected 0 or more");
            }
            poll = pause;
            return this;
        }

        /**
         * The connections of HTTP, and those of gRPC, that are open at once, 8192 of each unless it is given; more wait until one closes.
         *
         * @param connections how many at most
         * @return this builder
         */
        public Builder maxConnections(int connections) {
            maxConnections = checked("max-connections", connections, 1, 1 << 20);
            return this;
        }

        /**
         * How long a connection on which nothing comes stays open, and how long the rest of a request is waited for; a minute unless it is
         * given. The time that a request waits for its answer does not count.
         *
         * @param time how long at most
         * @return this builder
         */
        public Builder idle(Duration time) {
            idle = checked("idle", time, Duration.ofMillis(10), Duration.ofHours(1));
            return this;
        }

        /**
         * How long requests are still taken after {@link Server#close}, while readiness is refused already, so that balancers look elsewhere;
         * not at all unless it is given.
         *
         * @param time how long
         * @return this builder
         */
        public Builder drain(Duration time) {
            drain = checked("drain", time, Duration.ZERO, Duration.ofMinutes(10));
            return this;
        }

        /**
         * The access log: a line of JSON for each request. None unless it is given.
         *
         * @param file receives the lines at its end; {@code -} for standard output
         * @return this builder
         */
        public Builder accessLog(Path file) {
            accessLog = Objects.requireNonNull(file, "file");
            return this;
        }

        /**
         * TLS, which is not used unless this is given.
         *
         * @param certificates the chain in PEM, the server's own first
         * @param privateKey the key in PEM, PKCS #8 without a password
         * @return this builder
         */
        public Builder tls(Path certificates, Path privateKey) {
            certificate = Objects.requireNonNull(certificates, "certificates");
            key = Objects.requireNonNull(privateKey, "privateKey");
            return this;
        }

        /**
         * The tokens one of which clients must show, {@code Authorization: Bearer TOKEN}; none unless it is given. The server's health and its
         * page stay open.
         *
         * @param file a token in each line
         * @return this builder
         */
        public Builder tokens(Path file) {
            tokens = Objects.requireNonNull(file, "file");
            return this;
        }

        private Operations operations(ModelRepository repository) throws IOException {
            Certificates certificates = certificate == null ? null : Certificates.read(certificate, key);
            Tokens accepted = tokens == null ? null : Tokens.read(tokens);
            return new Operations(new Metrics(repository::models), accessLog == null ? null : AccessLog.to(accessLog), certificates, accepted,
                    inflight());
        }

        private static Duration checked(String name, Duration value, Duration least, Duration most) {
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(name + " is " + value + "; expected " + least + " to " + most);
            }
            return value;
        }

        private static int checked(String name, int value, int least, int most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(name + " is " + value + "; expected " + least + " to " + most);
            }
            return value;
        }

        /**
         * {@return a server that listens}
         *
         * @throws IOException if a model cannot be opened, or the port is taken
         * @throws TidegateException if the native library cannot be loaded
         */
        public Server start() throws IOException {
            if (models == null) {
                throw new IllegalStateException("the folder of the models is missing: models(Path)");
            }
            if (port != 0 && grpcPort != null && grpcPort == port) {
                throw new IllegalArgumentException("grpc-port is " + port + ", the port of HTTP; give another, or 0 for any that is free");
            }
            Tidegate.version(); // throws where there is no native core, without which no model would be ready
            return new Server(this);
        }
    }
}
