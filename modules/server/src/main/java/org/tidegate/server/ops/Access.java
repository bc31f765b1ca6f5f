/* A line of the access log. */
package org.tidegate.server.ops;

/**
 * A request that has ended.
 *
 * @param ended milliseconds since 1970
 * @param protocol {@code HTTP/1.1} or {@code gRPC}
 * @param method HTTP's, or gRPC's
 * @param path without the query
 * @param model the model's name, null for none
 * @param version the version that answered, or that was asked for; null for none
 * @param status HTTP's, or the number of gRPC's
 * @param microseconds from the first byte of the request to the last of the answer
 * @param received bytes of the request's body as they came; of gRPC those of its messages, unpacked
 * @param sent bytes of the answer's, in the same way
 * @param id the request's, null for none
 * @param client the client's address
 */
public record Access(long ended, String protocol, String method, String path, String model, String version, int status, long microseconds,
        long received, long sent, String id, String client) {}
