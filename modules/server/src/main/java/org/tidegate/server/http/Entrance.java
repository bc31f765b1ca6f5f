/* What every request gets before it is looked at. */
package org.tidegate.server.http;

import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.tidegate.server.ops.RequestId;

/** Gives each request its id, and sends clients elsewhere while the server drains: their connections end with the next answer. */
final class Entrance extends Handler.Wrapper {
    /** The attribute that has the id. */
    static final String ID = "tidegate.id";

    private final BooleanSupplier ready;

    Entrance(BooleanSupplier ready, Handler inner) {
        super(inner);
        this.ready = ready;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String id = RequestId.of(request.getHeaders().get(RequestId.HEADER));
        request.setAttribute(ID, id);
        response.getHeaders().put(RequestId.HEADER, id);
        if (!ready.getAsBoolean()) {
            response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        }
        return super.handle(request, response, callback);
    }
}
