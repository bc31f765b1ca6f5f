/* Failures as gRPC says them. */
package org.tidegate.server.grpc;

import io.grpc.StatusRuntimeException;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

/** From the protocol's statuses to gRPC's. */
final class Statuses {
    private Statuses() {}

    static io.grpc.Status.Code code(Status status) {
        return switch (status) {
            case TOO_LARGE -> io.grpc.Status.Code.RESOURCE_EXHAUSTED;
            case METHOD_NOT_ALLOWED, UNSUPPORTED_ENCODING -> io.grpc.Status.Code.UNIMPLEMENTED; // of HTTP alone
            default -> io.grpc.Status.Code.valueOf(status.name());
        };
    }

    static io.grpc.Status status(ProtocolException failure) {
        return code(failure.status()).toStatus().withDescription(failure.getMessage());
    }

    static StatusRuntimeException of(ProtocolException failure) {
        return status(failure).asRuntimeException();
    }
}
