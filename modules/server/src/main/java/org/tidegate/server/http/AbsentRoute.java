/* What the protocol has and this server has not. */
package org.tidegate.server.http;

import java.util.List;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

/** The paths of Triton's model configuration, logging, tracing and shared memory: 501. */
final class AbsentRoute implements Route {
    private static final String NO_TRACE = "requests are not traced; the statistics tell where their time went";

    @Override
    public boolean handle(Exchange exchange) {
        List<String> path = exchange.path();
        if (path.size() < 2 || !path.get(0).equals("v2")) {
            return false;
        }
        String what = exchange.model() == null ? what(path) : ofModel(exchange.model());
        if (what == null) {
            return false;
        }
        throw new ProtocolException(Status.UNIMPLEMENTED, what);
    }

    private static String what(List<String> path) {
        return switch (path.get(1)) {
            case "logging" -> "the log is set by the server's options, not by clients";
            case "trace" -> NO_TRACE;
            case "systemsharedmemory", "cudasharedmemory" -> "there is no shared memory; send tensors in the request, as JSON or as binary data";
            default -> null;
        };
    }

    private static String ofModel(ModelPath model) {
        return switch (model.what()) {
            case "config" -> "a model has no configuration beside its file; ask for its metadata";
            case "trace/setting" -> NO_TRACE;
            default -> null;
        };
    }
}
