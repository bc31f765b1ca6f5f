/* Requests in JSON, with or without tensors in the binary form after it. */
package org.tidegate.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.Limits;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Texts;

/** Reads a request as it streams by: the elements of a tensor go straight into its binary form. */
final class JsonRequest {
    static final JsonFactory JSON = JsonFactory.builder().enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Limits.NAME).build()).build();

    private static final String PARAMETERS = "parameters";

    private final byte[] body;
    private final int json; // its bytes; the binary tensors follow
    private final Inflight.Share share;
    private int binary; // where the next one begins
    private String id = "";
    private Map<String, Object> parameters = Map.of();
    private final List<InferenceTensor> inputs = new ArrayList<>();
    private final List<InferenceRequest.Output> outputs = new ArrayList<>();

    private JsonRequest(byte[] body, int json, Inflight.Share share) {
        this.body = body;
        this.share = share;
        this.json = json;
        binary = json;
    }

    /**
     * The request of a body, of which the first `json` bytes are JSON.
     *
     * @param share holds what is made of it
     * @throws ProtocolException if it is none
     */
    static InferenceRequest read(String model, String version, byte[] body, int json, Inflight.Share share) {
        JsonRequest request = new JsonRequest(body, json, share);
        parse(body, 0, json, parser -> {
            request.read(parser);
            return null;
        });
        if (request.binary != body.length) {
            throw ProtocolException.invalid("the body has " + (body.length - request.binary) + " bytes after its last tensor; the"
                    + " binary_data_size of the inputs and the header Inference-Header-Content-Length must add up to its length");
        }
        InferenceRequest read = new InferenceRequest(model, version, request.id, request.parameters, request.inputs, request.outputs);
        share.take(read.objects());
        read.flag("binary_data_output"); // refused here where it is none: when the answer is written it is too late
        return read;
    }

    @FunctionalInterface
    interface Reader<T> {
        T read(JsonParser parser) throws IOException;
    }

    /** What a reader makes of bytes that are one JSON value; whatever is wrong with them is a wrong request. */
    static <T> T parse(byte[] bytes, int from, int length, Reader<T> reader) {
        try (JsonParser parser = JSON.createParser(bytes, from, length)) {
            T read = reader.read(parser);
            if (parser.nextToken() != null) {
                throw ProtocolException.invalid("malformed JSON: something follows the value");
            }
            return read;
        } catch (JsonEOFException e) {
            throw ProtocolException.invalid("malformed JSON: it ends in the middle, at byte " + length);
        } catch (StreamConstraintsException e) {
            throw ProtocolException.invalid("JSON is nested too deeply, or a number or name in it is too long; 64 levels, 1000 digits and "
                    + Limits.NAME + " characters are allowed");
        } catch (InputCoercionException e) {
            throw ProtocolException.invalid("a number in the JSON is beyond 64 bits, at byte " + e.getLocation().getByteOffset());
        } catch (StreamReadException e) {
            throw ProtocolException.invalid("malformed JSON at byte " + e.getLocation().getByteOffset());
        } catch (IOException e) {
            throw ProtocolException.invalid("malformed JSON: it is no UTF-8");
        }
    }

    private void read(JsonParser parser) throws IOException {
        object(parser, parser.nextToken(), "the request", field -> {
            switch (field) {
                case "id" -> id = name(parser, "id");
                case "parameters" -> parameters = parameters(parser, Limits.PARAMETERS);
                case "inputs" -> array(parser, "inputs", Limits.TENSORS, () -> inputs.add(input(parser)));
                case "outputs" -> array(parser, "outputs", Limits.TENSORS, () -> outputs.add(output(parser)));
                default -> skip(parser); // what later versions may say
            }
        });
    }

    private InferenceTensor input(JsonParser parser) throws IOException {
        Input input = new Input();
        object(parser, parser.currentToken(), "an input", field -> {
            switch (field) {
                case "name" -> input.name = name(parser, "the name of an input");
                case "datatype" -> input.datatype = Datatype.of(name(parser, "datatype"));
                case "shape" -> input.shape = shape(parser);
                case "parameters" -> input.parameters = parameters(parser, Limits.TENSOR_PARAMETERS);
                case "data" -> {
                    if (input.datatype != null && input.datatype.hasJson()) {
                        input.data = elements(parser, input.datatype);
                    } else { // its type is still to come: where it is, for later
                        input.from = (int) parser.currentTokenLocation().getByteOffset();
                        skip(parser);
                        input.end = (int) parser.currentLocation().getByteOffset();
                    }
                }
                default -> skip(parser);
            }
        });
        return tensor(input);
    }

    private static final class Input {
        String name;
        Datatype datatype;
        long[] shape;
        Map<String, Object> parameters = Map.of();
        Elements data;
        int from = -1;
        int end;
    }

    private InferenceTensor tensor(Input input) throws IOException {
        if (input.name == null || input.datatype == null || input.shape == null) {
            throw ProtocolException.invalid("input '" + (input.name == null ? "?" : Texts.shown(input.name)) + "' has no "
                    + (input.name == null ? "name" : input.datatype == null ? "datatype" : "shape"));
        }
        Object size = input.parameters.get("binary_data_size");
        if (size != null) {
            return binary(input, size);
        }
        String shown = Texts.shown(input.name);
        if (input.data == null && input.from < 0) {
            throw ProtocolException.invalid("input '" + shown + "' has no data, and no parameter binary_data_size");
        }
        if (!input.datatype.hasJson()) {
            throw ProtocolException.invalid("input '" + shown + "': " + input.datatype + " has no form in JSON; send it as binary data");
        }
        Elements data = input.data != null ? input.data : parse(body, input.from, input.end - input.from, parser -> {
            parser.nextToken();
            return elements(parser, input.datatype);
        });
        int expected = InferenceTensor.checkedCount(input.name, input.shape);
        if (data.count() != expected) {
            throw ProtocolException.invalid("input '" + shown + "' of shape " + Arrays.toString(input.shape) + " has " + expected
                    + " elements; " + data.count() + " were given");
        }
        return new InferenceTensor(input.name, input.datatype, input.shape, data.buffer());
    }

    private InferenceTensor binary(Input input, Object given) {
        String shown = Texts.shown(input.name);
        if (input.data != null || input.from >= 0) {
            throw ProtocolException.invalid("input '" + shown + "' has both data and binary_data_size");
        }
        if (!(given instanceof Long size) || size < 0 || size > body.length - binary) {
            throw ProtocolException.invalid("input '" + shown + "': binary_data_size is " + Texts.shown(given.toString()) + "; after the JSON and the"
                    + " tensors before it the body has " + (body.length - binary) + " bytes");
        }
        int from = binary;
        binary += (int) (long) size;
        return new InferenceTensor(input.name, input.datatype, input.shape, ByteBuffer.wrap(body, from, (int) (long) size));
    }

    private static InferenceRequest.Output output(JsonParser parser) throws IOException {
        String[] name = new String[1];
        List<Map<String, Object>> given = new ArrayList<>();
        object(parser, parser.currentToken(), "an output", field -> {
            switch (field) {
                case "name" -> name[0] = name(parser, "the name of an output");
                case "parameters" -> given.add(parameters(parser, Limits.TENSOR_PARAMETERS));
                default -> skip(parser);
            }
        });
        if (name[0] == null) {
            throw ProtocolException.invalid("an output has no name");
        }
        Map<String, Object> parameters = given.isEmpty() ? Map.of() : given.get(0);
        Object form = parameters.get("binary_data");
        if (form != null && !(form instanceof Boolean)) {
            throw ProtocolException.invalid("output '" + Texts.shown(name[0]) + "': binary_data is " + Texts.shown(form.toString())
                    + "; expected true or false");
        }
        return new InferenceRequest.Output(name[0], parameters);
    }

    // ---- Pieces ---------------------------------------------------------------------------------------------------------------------

    @FunctionalInterface
    interface Field {
        /** Reads a field's value, whose first token the parser is at. */
        void read(String name) throws IOException;
    }

    @FunctionalInterface
    interface Element {
        void read() throws IOException;
    }

    static void object(JsonParser parser, JsonToken first, String what, Field field) throws IOException {
        if (first != JsonToken.START_OBJECT) {
            throw ProtocolException.invalid(what + " is no JSON object");
        }
        for (int count = 1; parser.nextToken() == JsonToken.FIELD_NAME; count++) {
            Limits.check(count, Limits.PARAMETERS, "the fields of an object");
            String name = parser.currentName();
            parser.nextToken();
            field.read(name);
        }
    }

    /** Reads past a value, of which no more must be kept than of one that is known. */
    static void skip(JsonParser parser) throws IOException {
        int names = 0;
        for (int depth = depth(parser.currentToken()); depth > 0;) {
            JsonToken token = parser.nextToken();
            depth += depth(token);
            names += token == JsonToken.FIELD_NAME ? 1 : 0;
            Limits.check(names, Limits.PARAMETERS, "the fields of an object");
        }
    }

    private static int depth(JsonToken token) {
        return token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    }

    private static void array(JsonParser parser, String what, int most, Element element) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw ProtocolException.invalid(what + " is no JSON array");
        }
        for (int count = 1; parser.nextToken() != JsonToken.END_ARRAY; count++) {
            Limits.check(count, most, what);
            element.read();
        }
    }

    static String text(JsonParser parser, String what) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw ProtocolException.invalid(what + " is no text");
        }
        return parser.getText();
    }

    /** A text that is short. */
    static String name(JsonParser parser, String what) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            Limits.checkName(parser.getTextLength(), what);
        }
        return text(parser, what);
    }

    private static long[] shape(JsonParser parser) throws IOException {
        List<Long> shape = new ArrayList<>();
        array(parser, "the dimensions of a shape", Limits.DIMENSIONS, () -> {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw ProtocolException.invalid("shape is no array of whole numbers");
            }
            shape.add(parser.getLongValue());
        });
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    /** Values of a flat object: the protocol's parameters, so many at most, and lists of texts, whose elements count. */
    static Map<String, Object> parameters(JsonParser parser, int most) throws IOException {
        Map<String, Object> parameters = new LinkedHashMap<>();
        int[] count = new int[1];
        object(parser, parser.currentToken(), PARAMETERS, name -> {
            Limits.check(++count[0], most, PARAMETERS);
            if (parser.currentToken() == JsonToken.START_ARRAY) {
                List<String> texts = new ArrayList<>();
                array(parser, PARAMETERS, most, () -> {
                    Limits.check(++count[0], most, PARAMETERS);
                    texts.add(text(parser, "an element of '" + Texts.shown(name) + "'"));
                });
                parameters.put(name, List.copyOf(texts));
            } else if (parser.currentToken() != JsonToken.VALUE_NULL) {
                parameters.put(name, parameter(parser, name));
            }
        });
        return parameters;
    }

    /** Boolean, Long or BigInteger, Double or String. */
    static Object parameter(JsonParser parser, String name) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> whole(parser);
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            default -> throw ProtocolException.invalid("parameter '" + Texts.shown(name) + "' is neither text, number nor truth");
        };
    }

    /** A number of 64 bits: Long, or beyond it, as sequences may have it, BigInteger. */
    private static Object whole(JsonParser parser) throws IOException {
        if (parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        BigInteger large = parser.getBigIntegerValue();
        return large.signum() > 0 && large.bitLength() <= Long.SIZE ? large : (Object) parser.getLongValue(); // which refuses it
    }

    /** The elements of an array, nested or flat. */
    private Elements elements(JsonParser parser, Datatype datatype) throws IOException {
        Elements elements = new Elements(datatype, share);
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw ProtocolException.invalid("data is no JSON array");
        }
        for (int depth = 1; depth > 0;) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_ARRAY) {
                depth++;
            } else if (token == JsonToken.END_ARRAY) {
                depth--;
            } else {
                elements.add(parser, token);
            }
        }
        return elements;
    }
}
