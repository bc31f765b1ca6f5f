/* HTTP/1.1 by hand, for requests that no client sends. */
package org.tidegate.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A connection to a server of this machine. */
final class Wire implements AutoCloseable {
    private static final int MILLISECONDS = 10_000;

    private final Socket socket;
    private boolean last;

    Wire(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(MILLISECONDS);
        socket.setTcpNoDelay(true);
    }

    /** What came back; status 0 if the server closed the connection without a word. */
    record Reply(int status, String body) {}

    /** The reply to a request of which only the head comes. */
    static Reply head(int port, String path, String... headers) throws IOException {
        try (Wire wire = new Wire(port)) {
            return wire.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("\r\n", headers) + "\r\n\r\n").reply();
        }
    }

    /** The reply to a body that comes in chunks of a size. */
    static Reply chunked(int port, String path, String body, int size) throws IOException {
        try (Wire wire = new Wire(port)) {
            StringBuilder all = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int at = 0; at < body.length(); at += size) {
                String chunk = body.substring(at, Math.min(at + size, body.length()));
                all.append(Integer.toHexString(chunk.length())).append("\r\n").append(chunk).append("\r\n");
            }
            return wire.send(all + "0\r\n\r\n").reply();
        }
    }

    Wire send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    Wire send(byte... bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) { // the server has had enough; what it said is still to be read
            return this;
        }
        return this;
    }

    /** Says that nothing more will be sent. */
    Wire end() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Goes away as a process that is killed does. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /**
     * The next reply, whose body has a length of its own or ends with the connection.
     *
     * @throws SocketTimeoutException if none comes in ten seconds
     */
    Reply reply() throws IOException {
        String head = line();
        if (head.isEmpty()) {
            return new Reply(0, "");
        }
        int length = -1;
        for (String line = line(); !line.isEmpty(); line = line()) {
            last |= line.equalsIgnoreCase("Connection: close");
            if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        InputStream in = socket.getInputStream();
        byte[] body = length < 0 ? in.readAllBytes() : in.readNBytes(length);
        return new Reply(Integer.parseInt(head.split(" ")[1]), new String(body, StandardCharsets.UTF_8));
    }

    /** Whether a reply said that it is the last of the connection. */
    boolean isLast() {
        return last;
    }

    /** Whether something comes back in time. */
    boolean hasReply(long milliseconds) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        while (socket.getInputStream().available() == 0 && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        return socket.getInputStream().available() > 0;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int next = socket.getInputStream().read(); next >= 0 && next != '\n'; next = socket.getInputStream().read()) {
                line.write(next);
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) { // reset
            return "";
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
