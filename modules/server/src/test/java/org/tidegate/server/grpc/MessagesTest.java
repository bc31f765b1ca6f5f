/* Requests and answers as messages. */
package org.tidegate.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tidegate.server.grpc.inference.InferParameter;
import org.tidegate.server.grpc.inference.ModelInferRequest;
import org.tidegate.server.grpc.inference.ModelInferRequest.InferInputTensor;
import org.tidegate.server.grpc.inference.ModelInferResponse;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

class MessagesTest {
    private static final BigInteger MOST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private static ModelInferRequest.Builder request() {
        return ModelInferRequest.newBuilder().setModelName("m").setModelVersion("2").setId("i");
    }

    private static InferInputTensor.Builder input(String name, String datatype, long... shape) {
        InferInputTensor.Builder input = InferInputTensor.newBuilder().setName(name).setDatatype(datatype);
        for (long dimension : shape) {
            input.addShape(dimension);
        }
        return input;
    }

    private static String refused(ModelInferRequest.Builder message) {
        ProtocolException failure = assertThrows(ProtocolException.class, () -> Messages.request(message.build()));
        assertEquals(Status.INVALID_ARGUMENT, failure.status());
        return failure.getMessage();
    }

    @Test
    void parametersOfAllKindsAreRead() {
        InferenceRequest read = Messages.request(request().putParameters("flag", InferParameter.newBuilder().setBoolParam(true).build())
                .putParameters("whole", InferParameter.newBuilder().setInt64Param(-3).build())
                .putParameters("sequence_id", InferParameter.newBuilder().setUint64Param(-1).build()) // 2^64 - 1
                .putParameters("unsigned", InferParameter.newBuilder().setUint64Param(9).build())
                .putParameters("text", InferParameter.newBuilder().setStringParam("t").build())
                .putParameters("real", InferParameter.newBuilder().setDoubleParam(0.5).build()).build());
        assertEquals(Map.of("flag", true, "whole", -3L, "sequence_id", MOST, "unsigned", 9L, "text", "t", "real", 0.5),
                read.parameters());
        assertEquals(List.of("m", "2", "i"), List.of(read.model(), read.version(), read.id()));
        assertTrue(refused(request().putParameters("none", InferParameter.getDefaultInstance())).contains("'none' has no value"));
    }

    @Test
    void parametersOfAnswersKeepTheirKind() {
        ModelInferResponse message = Messages.response(Messages.request(request().build()),
                new InferenceResponse("m", "2", "i", Map.of("a", true, "b", 7L, "c", "t", "d", 0.5, "e", MOST), List.of()));
        assertTrue(message.getParametersOrThrow("a").getBoolParam());
        assertEquals(7, message.getParametersOrThrow("b").getInt64Param());
        assertEquals("t", message.getParametersOrThrow("c").getStringParam());
        assertEquals(0.5, message.getParametersOrThrow("d").getDoubleParam());
        assertEquals(-1, message.getParametersOrThrow("e").getUint64Param());
    }

    @Test
    void halfPrecisionComesAndGoesRawAlone() {
        ByteString one = ByteString.copyFrom(new byte[] {0, 0x3c});
        ModelInferRequest.Builder raw = request().addInputs(input("x", "FP16", 1)).addRawInputContents(one);
        InferenceTensor read = Messages.request(raw.build()).input("x");
        assertEquals(1f, read.floats()[0]);
        InferenceResponse answer = new InferenceResponse("m", "2", "i", Map.of(), List.of(read));
        assertEquals(List.of(one), Messages.response(Messages.request(raw.build()), answer).getRawOutputContentsList());
        InferenceRequest typed = Messages.request(raw.putParameters("binary_data_output", InferParameter.newBuilder().setBoolParam(false).build()).build());
        assertTrue(assertThrows(ProtocolException.class, () -> Messages.response(typed, answer)).getMessage().contains("raw form alone"));
        assertTrue(refused(request().addInputs(input("x", "BF16", 1))).contains("raw_input_contents"));
    }

    /** Pitfall 6: raw and typed contents in one request, and shapes with -1. */
    @Test
    void rawAndTypedContentsDoNotMix() {
        InferInputTensor.Builder typed = input("x", "INT64", 1);
        typed.getContentsBuilder().addInt64Contents(5);
        ByteString five = ByteString.copyFrom(new byte[] {5, 0, 0, 0, 0, 0, 0, 0});
        assertEquals(5, Messages.request(request().addInputs(typed).build()).input("x").ints()[0]);
        assertEquals(5, Messages.request(request().addInputs(input("x", "INT64", 1)).addRawInputContents(five).build()).input("x").ints()[0]);
        assertTrue(refused(request().addInputs(typed).addRawInputContents(five)).contains("has contents, and the request raw_input_contents"));
        assertTrue(refused(request().addInputs(input("x", "INT64", 1)).addInputs(typed.setName("y")).addRawInputContents(five))
                .contains("raw_input_contents has 1 tensors; the request has 2 inputs"));
        assertTrue(refused(request().addRawInputContents(five)).contains("the request has 0 inputs"));
        assertTrue(refused(request().addInputs(input("x", "INT64", -1)).addRawInputContents(five)).contains("[-1]"));
        assertTrue(refused(request().addInputs(typed.clearShape().addShape(-1))).contains("[-1]"));
        assertTrue(refused(request().addInputs(input("x", "INT64", 2)).addRawInputContents(five)).contains("16 bytes; 8 were given"));
        assertTrue(refused(request().addInputs(input("x", "INT64", 1L << 33, 1L << 33)).addRawInputContents(five)).contains("too large"));
        assertTrue(refused(request().addInputs(input("x", "FP8", 1)).addRawInputContents(five)).contains("'FP8'"));
        assertTrue(refused(request().addInputs(typed.clearShape().addShape(1)).addInputs(typed)).contains("is given twice"));
    }
}
