/* Requests and answers as messages of protobuf. */
package org.tidegate.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tidegate.server.grpc.inference.InferParameter;
import org.tidegate.server.grpc.inference.ModelInferRequest;
import org.tidegate.server.grpc.inference.ModelInferRequest.InferInputTensor;
import org.tidegate.server.grpc.inference.ModelInferRequest.InferRequestedOutputTensor;
import org.tidegate.server.grpc.inference.ModelInferResponse;
import org.tidegate.server.grpc.inference.ModelInferResponse.InferOutputTensor;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.Limits;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Texts;

/** Reads requests and writes answers. Raw contents are not copied. */
final class Messages {
    private static final String RAW_OUTPUT = "binary_data_output";

    private Messages() {}

    /**
     * The request of a message, which it keeps.
     *
     * @throws ProtocolException if it is wrong
     */
    static InferenceRequest request(ModelInferRequest message) {
        int raw = message.getRawInputContentsCount();
        if (raw > 0 && raw != message.getInputsCount()) {
            throw ProtocolException.invalid("raw_input_contents has " + raw + " tensors; the request has " + message.getInputsCount()
                    + " inputs; expected one for each, in their order, or none");
        }
        Limits.checkName(message.getId().length(), "id");
        List<InferenceTensor> inputs = new ArrayList<>(message.getInputsCount());
        for (int i = 0; i < message.getInputsCount(); i++) {
            inputs.add(input(message.getInputs(i), raw > 0 ? message.getRawInputContents(i) : null));
        }
        List<InferenceRequest.Output> outputs = new ArrayList<>(message.getOutputsCount());
        for (InferRequestedOutputTensor output : message.getOutputsList()) {
            Limits.checkName(output.getName().length(), "the name of an output");
            outputs.add(new InferenceRequest.Output(output.getName(), parameters(output.getParametersMap())));
        }
        InferenceRequest request = new InferenceRequest(message.getModelName(), message.getModelVersion(), message.getId(),
                parameters(message.getParametersMap()), inputs, outputs);
        wantsRaw(request);
        return request;
    }

    /** The bytes that a request holds besides those of its message: of typed contents and of what is made of the rest. */
    static long made(ModelInferRequest message, InferenceRequest request) {
        return (message.getRawInputContentsCount() > 0 ? 0 : request.bytes()) + request.objects();
    }

    private static InferenceTensor input(InferInputTensor input, ByteString raw) {
        String name = input.getName();
        Limits.checkName(name.length(), "the name of an input");
        Datatype datatype = Datatype.of(input.getDatatype());
        long[] shape = new long[input.getShapeCount()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = input.getShape(i);
        }
        int count = InferenceTensor.checkedCount(name, shape);
        ByteBuffer data;
        if (raw == null) {
            data = Contents.read(name, datatype, count, input.getContents());
        } else if (input.hasContents() && input.getContents().getSerializedSize() > 0) {
            throw ProtocolException.invalid("input '" + Texts.shown(name) + "' has contents, and the request raw_input_contents; expected one of them");
        } else {
            data = raw.asReadOnlyByteBuffer();
        }
        return new InferenceTensor(name, datatype, shape, data);
    }

    /** Values by name: Boolean, Long or where the number is beyond it BigInteger, Double or String. */
    private static Map<String, Object> parameters(Map<String, InferParameter> given) {
        if (given.isEmpty()) {
            return Map.of();
        }
        Map<String, Object> parameters = new LinkedHashMap<>();
        given.keySet().forEach(name -> Limits.checkName(name.length(), "the name of a parameter"));
        given.forEach((name, value) -> parameters.put(name, switch (value.getParameterChoiceCase()) {
            case BOOL_PARAM -> value.getBoolParam();
            case INT64_PARAM -> value.getInt64Param();
            case UINT64_PARAM -> unsigned(value.getUint64Param());
            case DOUBLE_PARAM -> value.getDoubleParam();
            case STRING_PARAM -> value.getStringParam();
            case PARAMETERCHOICE_NOT_SET -> throw ProtocolException.invalid("parameter '" + Texts.shown(name) + "' has no value");
        }));
        return parameters;
    }

    private static Object unsigned(long bits) {
        return bits >= 0 ? (Object) bits : new BigInteger(Long.toUnsignedString(bits));
    }

    private static InferParameter parameter(Object value) {
        InferParameter.Builder parameter = InferParameter.newBuilder();
        if (value instanceof Boolean truth) {
            return parameter.setBoolParam(truth).build();
        }
        if (value instanceof Long number) {
            return parameter.setInt64Param(number).build();
        }
        if (value instanceof BigInteger large) {
            return parameter.setUint64Param(large.longValue()).build();
        }
        if (value instanceof Double real) {
            return parameter.setDoubleParam(real).build();
        }
        return parameter.setStringParam((String) value).build();
    }

    /** Whether the answer's outputs go raw. */
    private static boolean wantsRaw(InferenceRequest request) {
        return !request.parameters().containsKey(RAW_OUTPUT) || request.flag(RAW_OUTPUT);
    }

    /**
     * The message of an answer, which must not change from now on.
     *
     * @throws ProtocolException if the request wants an output in a form that it has not
     */
    static ModelInferResponse response(InferenceRequest request, InferenceResponse answer) {
        boolean raw = wantsRaw(request);
        ModelInferResponse.Builder message = ModelInferResponse.newBuilder().setModelName(answer.model()).setModelVersion(answer.version())
                .setId(answer.id());
        answer.parameters().forEach((name, value) -> message.putParameters(name, parameter(value)));
        for (InferenceTensor output : answer.outputs()) {
            InferOutputTensor.Builder tensor = InferOutputTensor.newBuilder().setName(output.name()).setDatatype(output.datatype().name());
            for (int i = 0; i < output.rank(); i++) {
                tensor.addShape(output.dim(i));
            }
            if (raw) {
                message.addRawOutputContents(UnsafeByteOperations.unsafeWrap(output.data()));
            } else {
                tensor.setContents(Contents.write(output));
            }
            message.addOutputs(tensor);
        }
        return message.build();
    }
}
