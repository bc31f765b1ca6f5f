/* A part of what the server answers over HTTP. */
package org.tidegate.server.http;

/** Some paths. Routes are asked one after another; the first that knows a path has it. */
interface Route {
    /**
     * Answers the request, now or later, if its path is one of this route's.
     *
     * @return whether it is
     * @throws org.tidegate.server.protocol.ProtocolException what the client is told
     */
    boolean handle(Exchange exchange);
}
