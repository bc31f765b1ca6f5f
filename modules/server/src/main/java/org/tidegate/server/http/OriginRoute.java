/* Which pages may ask, and change anything. */
package org.tidegate.server.http;

import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.protocol.Texts;

/**
 * Refuses requests that call the server by a name that is not its own, and what pages of other sites make a browser send, but for GET and HEAD,
 * which change nothing and whose replies those pages cannot read. Programs that are no browsers say nothing of an origin.
 */
final class OriginRoute implements Route {
    private static final String CROSS_SITE = "cross-site";

    private final Hosts hosts;

    OriginRoute(Hosts hosts) {
        this.hosts = hosts;
    }

    @Override
    public boolean handle(Exchange exchange) {
        String host = exchange.header(HttpHeader.HOST.asString());
        if (!hosts.accept(host)) {
            throw new ProtocolException(Status.PERMISSION_DENIED, "the request is for the host " + Texts.shown(host) + "; this server is "
                    + hosts + ", and what --allow-host names");
        }
        String method = exchange.request().getMethod();
        if (HttpMethod.GET.is(method) || HttpMethod.HEAD.is(method)) {
            return false;
        }
        String origin = exchange.header(HttpHeader.ORIGIN.asString());
        if (origin != null && !isOf(origin, host)
                || CROSS_SITE.equals(exchange.header("Sec-Fetch-Site"))) {
            throw new ProtocolException(Status.PERMISSION_DENIED, "the request is of a page of another site"
                    + (origin == null ? "" : ", " + Texts.shown(origin)) + "; expected one of this server's own, or no browser");
        }
        return false;
    }

    /** Whether an origin, SCHEME://HOST or SCHEME://HOST:PORT, has the host and port of the header Host. */
    static boolean isOf(String origin, String host) {
        int end = origin.indexOf("://");
        if (end < 0 || host == null) {
            return false;
        }
        String port = origin.substring(0, end).equalsIgnoreCase("https") ? ":443" : ":80";
        return authority(origin.substring(end + 3), port).equals(authority(host, port));
    }

    private static String authority(String given, String port) {
        String lower = given.toLowerCase(Locale.ROOT);
        return lower.endsWith(port) ? lower.substring(0, lower.length() - port.length()) : lower;
    }
}
