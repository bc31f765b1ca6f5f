/* The protocol over HTTP. */
package org.tidegate.server.http;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.tidegate.server.ops.Operations;
import org.tidegate.server.service.InferenceService;

/** A listener for HTTP/1.1. */
public final class HttpTransport implements AutoCloseable {
    private static final int THREADS = 64; // bodies are read, and answers written, without one
    private static final long IDLE_MILLISECONDS = TimeUnit.MINUTES.toMillis(1);

    private final Server server;
    private final ServerConnector connector;

    /**
     * Listens.
     *
     * @param service answers
     * @param address where
     * @param mostBody bytes of a body, at most
     * @param operations what it shares with other transports
     * @throws Exception if it cannot
     */
    public HttpTransport(InferenceService service, InetSocketAddress address, long mostBody, Operations operations) throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4);
        threads.setName("tidegate-http");
        server = new Server(threads);
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendDateHeader(false);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
        connector.setHost(address.getHostString());
        connector.setPort(address.getPort());
        connector.setIdleTimeout(IDLE_MILLISECONDS);
        server.addConnector(connector);
        server.setHandler(new ProtocolHandler(service, mostBody, operations));
        server.setErrorHandler(new PlainErrors());
        server.start();
    }

    /** {@return the port that it listens at} */
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }
}
