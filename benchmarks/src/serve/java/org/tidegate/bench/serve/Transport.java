/* A way of asking. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.util.List;

/**
 * A transport, and what is asked over it.
 *
 * @param name as tables have it
 * @param wire opens a way to a server
 * @param requests what is sent, one after another
 * @param infers whether a model answers
 */
record Transport(String name, WireTo wire, List<byte[]> requests, boolean infers) {
    /** Opens a way to a server with so many connections, or with one for any number of calls. */
    @FunctionalInterface
    interface WireTo {
        Wire open(ServerProcess server, int connections) throws IOException;
    }

    private static final WireTo HTTP = (server, connections) -> new HttpWire(server.port(), connections);

    static Transport json(Workload workload) {
        return new Transport("JSON", HTTP, workload.json(), true);
    }

    static Transport binary(Workload workload) {
        return new Transport("binary HTTP", HTTP, workload.binary(), true);
    }

    static Transport grpc(Workload workload) {
        return new Transport("gRPC", (server, connections) -> new GrpcWire(server.grpcPort(), "ModelInfer"), workload.grpc(), true);
    }

    /** Those that ask a model. */
    static List<Transport> inferring(Workload workload) {
        return List.of(json(workload), binary(workload), grpc(workload));
    }

    /** Those, and the bare transports: requests that no model answers. */
    static List<Transport> all(Workload workload) {
        return List.of(json(workload), binary(workload), grpc(workload), new Transport("health, HTTP", HTTP, Workload.health(), false),
            new Transport("health, gRPC", (server, connections) -> new GrpcWire(server.grpcPort(), "ServerLive"), List.of(new byte[0]), false));
    }

    Wire open(ServerProcess server, int connections) throws IOException {
        return wire.open(server, connections);
    }
}
