/* Who may ask for what. */
package org.tidegate.server.http;

import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.tidegate.server.ops.Tokens;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

/** Refuses requests without a token, but for the server's health, which balancers ask for, and the page, which asks for the token itself. */
final class TokenRoute implements Route {
    private final Tokens tokens;

    TokenRoute(Tokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public boolean handle(Exchange exchange) {
        if (tokens == null || isOpen(exchange.path()) || tokens.accept(exchange.header(HttpHeader.AUTHORIZATION.asString()))) {
            return false;
        }
        exchange.response().getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
        throw new ProtocolException(Status.UNAUTHENTICATED, "a token is needed: Authorization: Bearer TOKEN");
    }

    private static boolean isOpen(List<String> path) {
        return path.equals(ServerRoute.LIVE) || path.equals(ServerRoute.READY) || path.get(0).isEmpty() || path.get(0).equals("page");
    }
}
