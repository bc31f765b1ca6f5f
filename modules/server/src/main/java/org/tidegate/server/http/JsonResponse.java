/* Answers in JSON, with or without tensors in the binary form after it. */
package org.tidegate.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

/** Writes what the protocol answers. */
final class JsonResponse {
    private static final int MOST_BYTES = Integer.MAX_VALUE - 8; // of an array

    private JsonResponse() {}

    /** A body: JSON, and tensors after it. */
    record Body(byte[] json, List<ByteBuffer> binary) {
        static Body of(byte[] json) {
            return new Body(json, List.of());
        }

        /**
         * The JSON and the tensors in one piece.
         *
         * @throws ProtocolException if they are too long for one
         */
        ByteBuffer joined() {
            long length = json.length + binary.stream().mapToLong(ByteBuffer::remaining).sum();
            if (length > MOST_BYTES) {
                throw new ProtocolException(Status.RESOURCE_EXHAUSTED, "the answer has " + length + " bytes; expected at most " + MOST_BYTES
                        + "; ask for fewer outputs, or send less at once");
            }
            ByteBuffer all = ByteBuffer.allocate((int) length).put(json);
            binary.forEach(each -> all.put(each.duplicate()));
            return all.flip();
        }
    }

    @FunctionalInterface
    interface Writer {
        void write(JsonGenerator json) throws IOException;
    }

    static byte[] json(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JsonRequest.JSON.createGenerator(bytes)) {
            writer.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return bytes.toByteArray();
    }

    static byte[] error(String message) {
        return json(json -> {
            json.writeStartObject();
            json.writeStringField("error", message);
            json.writeEndObject();
        });
    }

    static Body answer(InferenceRequest request, InferenceResponse response) {
        List<ByteBuffer> binary = new ArrayList<>();
        byte[] head = json(json -> {
            json.writeStartObject();
            json.writeStringField("model_name", response.model());
            json.writeStringField("model_version", response.version());
            if (!response.id().isEmpty()) {
                json.writeStringField("id", response.id());
            }
            if (!response.parameters().isEmpty()) {
                parameters(json, response.parameters());
            }
            json.writeArrayFieldStart("outputs");
            for (InferenceTensor output : response.outputs()) {
                json.writeStartObject();
                json.writeStringField("name", output.name());
                json.writeStringField("datatype", output.datatype().name());
                json.writeFieldName("shape");
                json.writeArray(output.shape(), 0, output.rank());
                if (isBinary(request, output)) {
                    ByteBuffer data = output.data();
                    parameters(json, Map.of("binary_data_size", (long) data.remaining()));
                    binary.add(data);
                } else {
                    json.writeArrayFieldStart("data");
                    elements(json, output);
                    json.writeEndArray();
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
        return new Body(head, binary);
    }

    private static boolean isBinary(InferenceRequest request, InferenceTensor output) {
        for (InferenceRequest.Output wanted : request.outputs()) {
            if (wanted.name().equals(output.name()) && wanted.parameters().containsKey("binary_data")) {
                return Boolean.TRUE.equals(wanted.parameters().get("binary_data"));
            }
        }
        return request.flag("binary_data_output") || !output.datatype().hasJson();
    }

    static void parameters(JsonGenerator json, Map<String, Object> parameters) throws IOException {
        json.writeObjectFieldStart("parameters");
        for (Map.Entry<String, Object> each : parameters.entrySet()) {
            json.writeFieldName(each.getKey());
            Object value = each.getValue();
            if (value instanceof Boolean flag) {
                json.writeBoolean(flag);
            } else if (value instanceof Long number) {
                json.writeNumber(number);
            } else if (value instanceof BigInteger number) {
                json.writeNumber(number);
            } else if (value instanceof Double number) {
                json.writeNumber(number);
            } else {
                json.writeString(value.toString());
            }
        }
        json.writeEndObject();
    }

    /** Flat, whatever the shape. What is no number of JSON (NaN, infinities) is null. */
    private static void elements(JsonGenerator json, InferenceTensor output) throws IOException {
        int count = output.count();
        ByteBuffer data = output.data();
        switch (output.datatype()) {
            case BYTES -> {
                for (String text : output.texts()) {
                    json.writeString(text);
                }
            }
            case FP32 -> {
                for (int i = 0; i < count; i++) {
                    float value = data.getFloat(4 * i);
                    if (Float.isFinite(value)) {
                        json.writeNumber(value);
                    } else {
                        json.writeNull();
                    }
                }
            }
            case FP64 -> {
                for (int i = 0; i < count; i++) {
                    double value = data.getDouble(8 * i);
                    if (Double.isFinite(value)) {
                        json.writeNumber(value);
                    } else {
                        json.writeNull();
                    }
                }
            }
            case BOOL -> {
                for (int i = 0; i < count; i++) {
                    json.writeBoolean(data.get(i) != 0);
                }
            }
            case INT64 -> {
                for (int i = 0; i < count; i++) {
                    json.writeNumber(data.getLong(8 * i));
                }
            }
            case UINT64 -> {
                for (int i = 0; i < count; i++) {
                    json.writeNumber(new BigInteger(Long.toUnsignedString(data.getLong(8 * i))));
                }
            }
            case UINT32 -> {
                for (int i = 0; i < count; i++) {
                    json.writeNumber(Integer.toUnsignedLong(data.getInt(4 * i)));
                }
            }
            default -> {
                for (int value : output.ints()) {
                    json.writeNumber(value);
                }
            }
        }
    }

    static byte[] metadata(ModelMetadata model) {
        return json(json -> {
            json.writeStartObject();
            json.writeStringField("name", model.name());
            json.writeArrayFieldStart("versions");
            for (String version : model.versions()) {
                json.writeString(version);
            }
            json.writeEndArray();
            json.writeStringField("platform", model.platform());
            tensors(json, "inputs", model.inputs());
            tensors(json, "outputs", model.outputs());
            json.writeObjectFieldStart("properties");
            for (Map.Entry<String, String> each : model.properties().entrySet()) {
                json.writeStringField(each.getKey(), each.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static void tensors(JsonGenerator json, String field, List<ModelMetadata.TensorMetadata> tensors) throws IOException {
        json.writeArrayFieldStart(field);
        for (ModelMetadata.TensorMetadata tensor : tensors) {
            json.writeStartObject();
            json.writeStringField("name", tensor.name());
            json.writeStringField("datatype", tensor.datatype().name());
            json.writeArrayFieldStart("shape");
            for (long dimension : tensor.shape()) {
                json.writeNumber(dimension);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
