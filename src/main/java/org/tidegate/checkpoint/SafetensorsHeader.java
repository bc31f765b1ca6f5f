package org.tidegate.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON header of a safetensors file, read by the format's rules: known types, exact sizes, every byte of the data in exactly one
 * tensor, no key twice. What breaks a rule is an {@link IllegalArgumentException} that names the tensor and the rule.
 */
final class SafetensorsHeader {
    static final String METADATA = "__metadata__";
    /** The format's own bound; it stands before any allocation. */
    static final int MAXIMUM_BYTES = 100_000_000;

    /** As deep as the reference reader goes. */
    private static final int MAXIMUM_DEPTH = 127;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAXIMUM_DEPTH)
                    .maxStringLength(MAXIMUM_BYTES)
                    .maxNameLength(1_000_000)
                    .build())
            .build();

    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, TensorEntry> tensors = new LinkedHashMap<>();

    private SafetensorsHeader() {}

    /** Parses a header whose file has so many bytes of data behind it. */
    static SafetensorsHeader parse(byte[] utf8, long dataBytes) {
        SafetensorsHeader header = new SafetensorsHeader();
        try (JsonParser json = JSON.createParser(decode(utf8))) {
            header.read(json);
        } catch (IOException e) {
            throw new IllegalArgumentException("its header is not valid JSON: " + firstLine(e), e);
        }
        header.checkCoverage(dataBytes);
        return header;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    Map<String, TensorEntry> tensors() {
        return tensors;
    }

    // The parser's own decoder replaces or accepts some ill-formed sequences, so the bytes are decoded strictly before it sees them.
    private static String decode(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("its header is not UTF-8", e);
        }
    }

    private void read(JsonParser json) throws IOException {
        expect(json.nextToken() == JsonToken.START_OBJECT, "its header is not a JSON object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = paired(json.currentName());
            json.nextToken();
            if (name.equals(METADATA)) {
                readMetadata(json);
            } else {
                tensors.put(name, readEntry(name, json));
            }
        }
        expect(json.nextToken() == null, "its header has something after the JSON object");
    }

    private void readMetadata(JsonParser json) throws IOException {
        expect(json.currentToken() == JsonToken.START_OBJECT, METADATA + " is not an object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = paired(json.currentName());
            expect(json.nextToken() == JsonToken.VALUE_STRING, METADATA + " holds something other than a string under \"" + key + "\"");
            metadata.put(key, paired(json.getText()));
        }
    }

    private static TensorEntry readEntry(String name, JsonParser json) throws IOException {
        String tensor = "tensor \"" + name + "\"";
        expect(json.currentToken() == JsonToken.START_OBJECT, tensor + " has no object as its entry");
        Dtype dtype = null;
        long[] shape = null;
        long[] offsets = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "dtype" -> dtype = dtype(json, tensor);
                case "shape" -> shape = integers(json, tensor + ": shape");
                case "data_offsets" -> offsets = integers(json, tensor + ": data_offsets");
                default -> skip(json);
            }
        }
        expect(dtype != null && shape != null && offsets != null, tensor + " lacks one of dtype, shape and data_offsets");
        expect(offsets.length == 2, tensor + " has " + offsets.length + " data_offsets; expected 2");
        expect(offsets[0] <= offsets[1], tensor + " ends at " + offsets[1] + ", before it begins at " + offsets[0]);
        long bytes = bytes(dtype, shape, tensor);
        expect(bytes == offsets[1] - offsets[0], tensor + " has " + (offsets[1] - offsets[0]) + " bytes, but its shape "
                + TensorEntry.describe(shape) + " of " + dtype + " needs " + bytes);
        return new TensorEntry(name, dtype, shape, offsets[0], offsets[1]);
    }

    // The format leaves room for further fields; what stands in them is only checked for being JSON.
    private static void skip(JsonParser json) throws IOException {
        int depth = 0;
        do {
            JsonToken token = json.currentToken();
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            if (token == JsonToken.FIELD_NAME || token == JsonToken.VALUE_STRING) {
                paired(json.getText());
            }
        } while (depth > 0 && json.nextToken() != null);
    }

    /** The text itself; half of a surrogate pair, which only an escape can write, is no Unicode text. */
    private static String paired(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                expect(Character.isSupplementaryCodePoint(text.codePointAt(i)), "its header has half of a surrogate pair in a string");
                i++;
            }
        }
        return text;
    }

    private static Dtype dtype(JsonParser json, String tensor) throws IOException {
        String name = json.getText();
        boolean known = json.currentToken() == JsonToken.VALUE_STRING
                && Arrays.stream(Dtype.values()).anyMatch(type -> type.name().equals(name));
        expect(known, tensor + " has the unknown dtype \"" + name + "\"");
        return Dtype.valueOf(name);
    }

    private static long[] integers(JsonParser json, String what) throws IOException {
        expect(json.currentToken() == JsonToken.START_ARRAY, what + " is not an array");
        List<Long> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            boolean small = json.currentToken() == JsonToken.VALUE_NUMBER_INT && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
            expect(small && json.getLongValue() >= 0 && !json.getText().startsWith("-"),
                    what + " holds " + json.getText() + "; expected integers from 0 to 2^63-1");
            values.add(json.getLongValue());
        }
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    // Unsigned, as the format counts: a product may pass 2^63 on its way to a dimension 0.
    private static long bytes(Dtype dtype, long[] shape, String tensor) {
        BigInteger size = BigInteger.ONE;
        boolean fits = true;
        for (long dim : shape) {
            size = size.multiply(BigInteger.valueOf(dim));
            fits &= size.bitLength() <= Long.SIZE;
        }
        BigInteger[] bytes = size.multiply(BigInteger.valueOf(dtype.bits())).divideAndRemainder(BigInteger.valueOf(Byte.SIZE));
        fits &= bytes[0].bitLength() < Long.SIZE;
        expect(fits && bytes[1].signum() == 0, tensor + ": the size of shape " + TensorEntry.describe(shape) + " of " + dtype
                + " overflows or is no whole number of bytes");
        return bytes[0].longValue();
    }

    private void checkCoverage(long dataBytes) {
        List<TensorEntry> order = new ArrayList<>(tensors.values());
        order.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
        long at = 0;
        for (TensorEntry tensor : order) {
            String name = "tensor \"" + tensor.name() + "\"";
            expect(tensor.begin() >= at, name + " begins at byte " + tensor.begin() + ", inside another tensor that ends at " + at);
            expect(tensor.begin() == at, "the bytes " + at + " to " + tensor.begin() + " before " + name + " belong to no tensor");
            at = tensor.end();
        }
        expect(at <= dataBytes, "it is cut short: its tensors need " + at + " bytes of data, and " + dataBytes + " are there");
        expect(at == dataBytes, "it has " + (dataBytes - at) + " bytes behind its last tensor that belong to none");
    }

    private static void expect(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }

    private static String firstLine(IOException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
