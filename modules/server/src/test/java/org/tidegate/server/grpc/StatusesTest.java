/* Failures as gRPC says them. */
package org.tidegate.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

class StatusesTest {
    @Test
    void eachStatusHasItsCode() {
        for (Status status : Status.values()) {
            String expected = switch (status) {
                case TOO_LARGE -> "RESOURCE_EXHAUSTED";
                case METHOD_NOT_ALLOWED, UNSUPPORTED_ENCODING -> "UNIMPLEMENTED";
                default -> status.name();
            };
            io.grpc.Status told = Statuses.of(new ProtocolException(status, "why")).getStatus();
            assertEquals(expected, told.getCode().name());
            assertEquals("why", told.getDescription());
        }
    }
}
