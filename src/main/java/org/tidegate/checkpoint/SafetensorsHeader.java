package org.tidegate.checkpoint;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tidegate.json.JsonReader;

/**
 * The JSON header of a safetensors file, read by the format's rules: known types, exact sizes, every byte of the data in exactly one
 * tensor, no key twice. A violation is an {@link IllegalArgumentException} that names the tensor and the rule.
 */
final class SafetensorsHeader {
    static final String METADATA = "__metadata__";
    /** The format's own limit, checked before any allocation. */
    static final int MAXIMUM_BYTES = 100_000_000;

    private static final Comparator<TensorEntry> BY_PLACE = new Comparator<>() { // no lambda: it would be the first of a program that starts
        @Override
        public int compare(TensorEntry a, TensorEntry b) {
            return a.begin() != b.begin() ? Long.compare(a.begin(), b.begin()) : Long.compare(a.end(), b.end());
        }
    };

    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, TensorEntry> tensors = new LinkedHashMap<>();

    private SafetensorsHeader() {}

    /** Parses a header whose file has so many bytes of data behind it. */
    static SafetensorsHeader parse(byte[] utf8, long dataBytes) {
        SafetensorsHeader header = new SafetensorsHeader();
        String text = decode(utf8);
        try {
            header.read(JsonReader.of(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("its header: " + e.getMessage(), e);
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

    private void read(JsonReader json) {
        for (String name = json.nextKey(); name != null; name = json.nextKey()) {
            json.enterObject();
            if (name.equals(METADATA)) {
                for (String key = json.nextKey(); key != null; key = json.nextKey()) {
                    metadata.put(key, json.string());
                }
            } else {
                tensors.put(name, readEntry(name, json));
            }
        }
    }

    private static TensorEntry readEntry(String name, JsonReader json) {
        String tensor = "tensor \"" + name + "\"";
        Dtype dtype = null;
        long[] shape = null;
        long[] offsets = null;
        for (String key = json.nextKey(); key != null; key = json.nextKey()) {
            switch (key) {
                case "dtype" -> dtype = dtype(json.string(), tensor);
                case "shape" -> shape = natural(json.wholeNumbers(), tensor + ": shape");
                case "data_offsets" -> offsets = natural(json.wholeNumbers(), tensor + ": data_offsets");
                default -> json.skip(); // the format leaves room for further fields
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

    private static Dtype dtype(String name, String tensor) {
        for (Dtype known : Dtype.values()) {
            if (known.name().equals(name)) {
                return known;
            }
        }
        throw new IllegalArgumentException(tensor + " has the unknown dtype \"" + name + "\"");
    }

    private static long[] natural(long[] values, String what) {
        for (long value : values) {
            expect(value >= 0, what + " holds " + value + "; expected integers from 0 to 2^63-1");
        }
        return values;
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
        order.sort(BY_PLACE);
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
}
