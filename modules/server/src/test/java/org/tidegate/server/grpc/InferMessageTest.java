/* Messages that name too much. */
package org.tidegate.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.tidegate.server.grpc.inference.InferParameter;
import org.tidegate.server.grpc.inference.InferTensorContents;
import org.tidegate.server.grpc.inference.ModelInferRequest;
import org.tidegate.server.grpc.inference.ModelInferRequest.InferInputTensor;
import org.tidegate.server.grpc.inference.ModelInferRequest.InferRequestedOutputTensor;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

class InferMessageTest {
    private static ModelInferRequest read(byte... bytes) {
        return new InferMessage(bytes).parse(new Inflight(1 << 30).share());
    }

    private static ModelInferRequest.Builder request() {
        return ModelInferRequest.newBuilder().setModelName("m").setModelVersion("1").setId("i");
    }

    private static Map<String, InferParameter> parameters(int count) {
        Map<String, InferParameter> parameters = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            parameters.put("p" + i, InferParameter.newBuilder().setDoubleParam(i).build());
        }
        return parameters;
    }

    private static UnknownFieldSet unknown(int count) {
        UnknownFieldSet.Field.Builder field = UnknownFieldSet.Field.newBuilder();
        Collections.nCopies(count, 7L).forEach(field::addVarint);
        return UnknownFieldSet.newBuilder().addField(100, field.build()).build();
    }

    private record Many(int most, IntFunction<ModelInferRequest.Builder> of) {}

    private static Map<String, Many> many() {
        InferInputTensor input = InferInputTensor.newBuilder().setName("x").setDatatype("FP32").addShape(0).build();
        InferRequestedOutputTensor output = InferRequestedOutputTensor.newBuilder().setName("y").build();
        Map<String, Many> many = new LinkedHashMap<>();
        many.put("inputs", new Many(1024, n -> request().addAllInputs(Collections.nCopies(n, input))));
        many.put("outputs", new Many(1024, n -> request().addAllOutputs(Collections.nCopies(n, output))));
        many.put("raw_input_contents", new Many(1024, n -> request().addAllRawInputContents(Collections.nCopies(n, ByteString.EMPTY))));
        many.put("parameters", new Many(1024, n -> request().putAllParameters(parameters(n))));
        many.put("parameters of an input", new Many(16, n -> request().addInputs(input.toBuilder().putAllParameters(parameters(n)))));
        many.put("parameters of an output", new Many(16, n -> request().addOutputs(output.toBuilder().putAllParameters(parameters(n)))));
        many.put("the dimensions of a shape", new Many(16, n -> request().addInputs(input.toBuilder().clearShape()
                .addAllShape(Collections.nCopies(n, 300L)))));
        many.put("fields that are unknown", new Many(1024, n -> request().setUnknownFields(unknown(n))));
        many.put("fields that are unknown, of an input", new Many(1024, n -> request().addInputs(input.toBuilder().setUnknownFields(unknown(n)))));
        many.put("fields that are unknown, of a parameter", new Many(1024, n -> request().putParameters("p",
                InferParameter.newBuilder().setUnknownFields(unknown(n)).build())));
        return many;
    }

    @TestFactory
    Iterable<DynamicTest> soMuchIsReadAndNoMore() {
        return many().entrySet().stream().map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
            int most = each.getValue().most();
            ModelInferRequest enough = each.getValue().of().apply(most).build();
            assertEquals(enough, read(enough.toByteArray()));
            ProtocolException failure = assertThrows(ProtocolException.class, () -> read(each.getValue().of().apply(most + 1).build().toByteArray()));
            assertEquals(Status.INVALID_ARGUMENT, failure.status());
            assertTrue(failure.getMessage().endsWith(": more than " + most + " are given; at most " + most + " are allowed"), failure.getMessage());
            assertTrue(each.getKey().startsWith(failure.getMessage().replaceAll(":.*", "")), failure.getMessage());
        })).toList();
    }

    @Test
    void typedContentsAreReadInAnyForm() {
        InferTensorContents contents = InferTensorContents.newBuilder().addBoolContents(true).addIntContents(-1).addInt64Contents(1L << 40)
                .addUintContents(7).addUint64Contents(-1).addFp32Contents(1.5f).addFp64Contents(2.5).addBytesContents(ByteString.copyFromUtf8("a")).build();
        ModelInferRequest message = request().addInputs(InferInputTensor.newBuilder().setContents(contents)).build();
        assertEquals(message, read(message.toByteArray()));
        byte[] unpacked = {42, 8, 42, 6, 24, 1, 24, 2, 24, 3}; // inputs, contents, int64_contents
        assertEquals(3, read(unpacked).getInputs(0).getContents().getInt64ContentsCount());
    }

    @Test
    void whatTheParsedMessageTakesIsHeldBeforeItIsMade() {
        InferTensorContents.Builder texts = InferTensorContents.newBuilder();
        IntStream.range(0, 100_000).forEach(i -> texts.addBytesContents(ByteString.copyFromUtf8("a")));
        byte[] bytes = request().addInputs(InferInputTensor.newBuilder().setContents(texts)).build().toByteArray();
        Inflight inflight = new Inflight(10_000_000);
        InferMessage message = new InferMessage(bytes);
        message.parse(inflight.share());
        assertTrue(message.objects() > 3_000_000, message.objects() + " bytes");
        assertEquals(message.objects(), inflight.bytes());
        ProtocolException failure = assertThrows(ProtocolException.class, () -> new InferMessage(bytes).parse(new Inflight(2_000_000).share()));
        assertEquals(Status.RESOURCE_EXHAUSTED, failure.status());
    }

    @Test
    void whatIsNoMessageIsRefused() {
        byte[][] none = {{-1, -1, -1}, {42, 100, 1}, {42, 2, 26, 9}, {42, 2, 42, 5}, {11, 12}, {42, 1, 12}, {34, 3, 18, 2, 8},
                {42, 6, 26, -1, -1, -1, -1, 15}};
        for (byte[] bytes : none) {
            ProtocolException failure = assertThrows(ProtocolException.class, () -> read(bytes));
            assertEquals("the message is malformed: it is not the call's", failure.getMessage());
        }
    }
}
