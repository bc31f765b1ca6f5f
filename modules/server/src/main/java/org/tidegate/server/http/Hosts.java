/* By which names the server may be called. */
package org.tidegate.server.http;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names of the header Host that are answered. A server that listens at loopback alone is protected from pages of other sites by nothing
 * but the name that their browser calls it by: whoever owns a name may have it lead to 127.0.0.1, and the browser then takes the page and the
 * server for one site.
 */
final class Hosts {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Set<String> names; // in lower case; empty for any

    /**
     * The names of a server: where it listens at loopback, or some are given, those of loopback, that it listens at and those given; else any.
     *
     * @param address where it listens
     * @param given names, or addresses, without ports
     */
    Hosts(InetSocketAddress address, Collection<String> given) {
        names = new TreeSet<>();
        if (!given.isEmpty() || address.getAddress() != null && address.getAddress().isLoopbackAddress()) {
            names.addAll(LOOPBACK);
            names.add(bracketed(address.getHostString()));
            given.forEach(name -> names.add(bracketed(name)));
        }
    }

    private static String bracketed(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.contains(":") && !lower.startsWith("[") ? "[" + lower + "]" : lower;
    }

    /**
     * Whether a request is answered.
     *
     * @param header HOST or HOST:PORT; null where a client says none, which no browser does
     */
    boolean accept(String header) {
        if (names.isEmpty() || header == null) {
            return true;
        }
        int port = header.lastIndexOf(':');
        String host = port > header.lastIndexOf(']') ? header.substring(0, port) : header;
        return names.contains(host.toLowerCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return String.join(", ", names);
    }
}
