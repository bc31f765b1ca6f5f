/** The protocol over gRPC. */
package org.tidegate.server.grpc;
