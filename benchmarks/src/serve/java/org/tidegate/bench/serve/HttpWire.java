/* HTTP/1.1 with as little work as a client can do, which shares the server's cores. */
package org.tidegate.bench.serve;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** A number of connections, each with one request at a time; requests without a connection wait for one, in their order. */
final class HttpWire implements Wire {
    private static final int BUFFER = 1 << 16;
    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);

    private record Request(byte[] bytes, Listener listener) {}

    private final class Connection {
        private final SocketChannel channel;
        private final ByteBuffer in = ByteBuffer.allocate(BUFFER);
        private volatile Listener listener; // who waits, if anybody does
        private int head; // bytes up to the body, 0 while they come
        private int length; // of the body

        Connection(int port) throws IOException {
            channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        void send(byte[] request, Listener who) throws IOException {
            listener = who;
            ByteBuffer out = ByteBuffer.wrap(request);
            while (out.hasRemaining()) { // it is far smaller than the socket's buffer
                channel.write(out);
            }
        }

        /** The connection is of no use any more: whoever waits hears of it. */
        void fail(IOException reason) {
            Listener who = listener;
            listener = null;
            if (who != null) {
                who.answered(false, ByteBuffer.wrap(reason.toString().getBytes(StandardCharsets.UTF_8)));
            }
        }

        void read() throws IOException {
            if (channel.read(in) < 0) {
                throw new EOFException("the server has closed a connection");
            }
            if (head == 0 && !readHead()) {
                return;
            }
            if (in.position() < head + length) {
                if (head + length > in.capacity()) {
                    throw new IOException("an answer of " + length + " bytes, more than this benchmark reads");
                }
                return;
            }
            boolean ok = in.get(9) == '2';
            ByteBuffer body = in.duplicate().flip().position(head);
            Listener answered = listener;
            listener = null;
            in.clear();
            head = 0;
            Request next = release(this);
            answered.answered(ok, body);
            if (next != null) {
                send(next.bytes, next.listener);
            }
        }

        /** Whether the head has come: then where it ends, and the length after it, are known. */
        private boolean readHead() {
            byte[] bytes = in.array();
            int line = 0;
            length = 0;
            for (int i = 0; i + 1 < in.position(); i++) {
                if (bytes[i] != '\r' || bytes[i + 1] != '\n') {
                    continue;
                }
                if (i == line) {
                    head = i + 2;
                    return true;
                }
                if (isLength(bytes, line)) {
                    length = Integer.parseInt(new String(bytes, line + LENGTH.length, i - line - LENGTH.length, StandardCharsets.US_ASCII).strip());
                }
                line = i + 2;
            }
            return false;
        }

        private boolean isLength(byte[] bytes, int at) {
            for (int i = 0; i < LENGTH.length; i++) {
                if ((bytes[at + i] | 0x20) != (LENGTH[i] | 0x20)) {
                    return false;
                }
            }
            return true;
        }
    }

    private final Selector selector = Selector.open();
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Deque<Request> waiting = new ArrayDeque<>();
    private final Thread reader = new Thread(this::read, "load-reader");
    private volatile boolean closed;
    private volatile Throwable failure;

    HttpWire(int port, int connections) throws IOException {
        for (int i = 0; i < connections; i++) {
            idle.add(new Connection(port));
        }
        reader.setDaemon(true);
        reader.start();
    }

    @Override
    public void send(byte[] request, Listener listener) throws IOException {
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
        Connection connection;
        synchronized (this) {
            connection = idle.pollLast();
            if (connection == null) {
                waiting.add(new Request(request, listener));
                return;
            }
        }
        connection.send(request, listener);
    }

    /** The request that is next on a connection; if there is none the connection is idle. */
    private synchronized Request release(Connection connection) {
        Request next = waiting.poll();
        if (next == null) {
            idle.add(connection);
        }
        return next;
    }

    private void read() {
        try {
            while (!closed) {
                selector.select(key -> {
                    try {
                        ((Connection) key.attachment()).read();
                    } catch (IOException e) {
                        key.cancel();
                        failure = e;
                        ((Connection) key.attachment()).fail(e);
                    }
                });
            }
        } catch (IOException | RuntimeException e) {
            failure = closed ? null : e;
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
