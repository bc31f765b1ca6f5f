/* What HTTP itself refuses. */
package org.tidegate.server.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** The protocol's error object with the name of the status: no path, no stack. */
final class PlainErrors extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Exchange.JSON_TYPE);
        response.write(true, ByteBuffer.wrap(JsonResponse.error(message(status))), callback);
        return true;
    }

    private static String message(int status) {
        return status == HttpStatus.SERVICE_UNAVAILABLE_503 ? "the server is stopping" : HttpStatus.getMessage(status);
    }
}
