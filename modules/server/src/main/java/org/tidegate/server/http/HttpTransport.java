/* The protocol over HTTP. */
package org.tidegate.server.http;

import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.eclipse.jetty.compression.gzip.GzipCompression;
import org.eclipse.jetty.compression.server.CompressionConfig;
import org.eclipse.jetty.compression.server.CompressionHandler;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.MinimumDataRateHandler;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.tidegate.server.ops.Certificates;
import org.tidegate.server.ops.Operations;
import org.tidegate.server.service.InferenceService;

/** A listener for HTTP/1.1, plain or over TLS. */
public final class HttpTransport implements AutoCloseable {
    /**
     * What clients may not exceed.
     *
     * @param body bytes of a body, as it comes and after it was unpacked
     * @param connections that are open at once; more wait until one closes
     * @param idle how long a connection, or the rest of a request, is waited for
     * @param hosts by which it may be called beside those of loopback; empty for those of loopback alone where it listens there, else for any
     */
    public record Limits(long body, int connections, Duration idle, List<String> hosts) {}

    private static final int THREADS = 64; // bodies are read, and answers written, without one
    private static final int HEADER_BYTES = 16 << 10;
    private static final int LEAST_BYTES_PER_SECOND = 16; // of a body
    private static final long LAST_MILLISECONDS = 200; // that a connection without a request stays open, when it is closed
    private static final Duration PATIENCE = Duration.ofSeconds(20); // with requests in progress, when it is closed

    private final Server server;
    private final ServerConnector connector;

    /**
     * Listens.
     *
     * @param service answers
     * @param address where
     * @param limits of clients
     * @param operations what it shares with other transports
     * @throws Exception if it cannot
     */
    public HttpTransport(InferenceService service, InetSocketAddress address, Limits limits, Operations operations) throws Exception {
        HttpThreads threads = new HttpThreads(THREADS);
        server = new Server(threads);
        server.setStopTimeout(PATIENCE.toMillis());
        connector = new ServerConnector(server, 1, 1, factories(limits, operations.certificates()));
        connector.setHost(address.getHostString());
        connector.setPort(address.getPort());
        connector.setIdleTimeout(limits.idle().toMillis());
        connector.setShutdownIdleTimeout(LAST_MILLISECONDS);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(limits.connections(), connector));
        Handler protocol = packing(new ProtocolHandler(service, new Hosts(address, limits.hosts()), limits.body(), operations, threads::afterReading));
        server.setHandler(new Entrance(service::isReady, new GracefulHandler(new MinimumDataRateHandler(protocol, LEAST_BYTES_PER_SECOND, 0))));
        server.setErrorHandler(new PlainErrors());
        HttpLog log = new HttpLog(operations.log());
        server.setRequestLog(log);
        operations.metrics().collect(log);
        operations.metrics().gauge("tidegate_http_connections", "Connections that are open.", () -> connector.getConnectedEndPoints().size());
        connector.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarted(LifeCycle started) {
                threads.readBy(connector.getSelectorManager().getBean(ManagedSelector.class)); // there is one
            }
        });
        server.start();
    }

    private static ConnectionFactory[] factories(Limits limits, Certificates certificates) throws GeneralSecurityException {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendDateHeader(false);
        configuration.setRequestHeaderSize(HEADER_BYTES);
        configuration.setHttpCompliance(HttpCompliance.STRICT);
        configuration.setUriCompliance(UriCompliance.UNAMBIGUOUS);
        HttpConnectionFactory plain = new HttpConnectionFactory(configuration);
        if (certificates == null) {
            return new ConnectionFactory[] {plain};
        }
        String password = UUID.randomUUID().toString(); // of a store in memory
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setKeyStore(certificates.store(password.toCharArray()));
        context.setKeyStorePassword(password);
        return new ConnectionFactory[] {new SslConnectionFactory(context, plain.getProtocol()), plain};
    }

    /** Packs answers for clients that ask for it. Bodies are unpacked when all of them is there: this handler reads half of one for ever. */
    private static Handler packing(Handler inner) {
        CompressionHandler packing = new CompressionHandler(inner);
        packing.putCompression(new GzipCompression());
        packing.putConfiguration("/", CompressionConfig.builder().compressIncludeMethod("GET").compressIncludeMethod("POST")
                .compressExcludeMimeType("text/event-stream").decompressExcludeEncoding("gzip").build());
        return packing;
    }

    /** {@return the port that it listens at} */
    public int port() {
        return connector.getLocalPort();
    }

    /** Stops: requests in progress are answered, new ones refused. */
    @Override
    public void close() throws Exception {
        server.stop();
    }
}
