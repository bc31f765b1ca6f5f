package org.tidegate.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tidegate.json.JsonObject;
import org.tidegate.json.JsonObjectBuilder;

/**
 * Writes a safetensors file of float32 tensors, atomically. As the reference writer does, the header is padded with spaces to
 * a multiple of 8 bytes and the tensors are ordered by name, so that the same content gives the same bytes.
 */
public final class SafetensorsWriter {
    /** A source of a tensor's elements. */
    @FunctionalInterface
    public interface Source {
        /**
         * Copies a part of the elements.
         *
         * @param from the index of the first element, row-major
         * @param target receives the elements
         * @param offset the index in target of the first one
         * @param length how many to copy
         */
        void copy(long from, float[] target, int offset, int length);
    }

    private record Tensor(String name, long[] shape, long elements, Source values) {}

    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** A file without tensors. */
    public SafetensorsWriter() {}

    /**
     * Adds a string to {@code __metadata__}.
     *
     * @param key the key
     * @param value its value
     * @return this writer
     */
    public SafetensorsWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /**
     * Adds a tensor. Its elements are read when the file is written.
     *
     * @param name of the tensor
     * @param values row-major, from the buffer's position to its limit; not copied, not changed
     * @param shape its dimensions, outermost first; none for a scalar
     * @return this writer
     * @throws IllegalArgumentException if the name is taken or reserved, or values and shape differ in size
     */
    public SafetensorsWriter tensor(String name, FloatBuffer values, long... shape) {
        long elements = elements(shape);
        if (elements != values.remaining()) {
            throw new IllegalArgumentException("tensor \"" + name + "\" has " + values.remaining() + " values, but its shape "
                    + TensorEntry.describe(shape) + " needs " + elements);
        }
        int start = values.position();
        return tensor(name, (from, target, offset, length) -> values.get(start + (int) from, target, offset, length), shape);
    }

    /**
     * Adds a tensor of any size. Its elements are read when the file is written.
     *
     * @param name of the tensor
     * @param values gives the elements
     * @param shape its dimensions, outermost first; none for a scalar
     * @return this writer
     * @throws IllegalArgumentException if the name is taken or reserved
     */
    public SafetensorsWriter tensor(String name, Source values, long... shape) {
        if (name.equals(SafetensorsHeader.METADATA) || tensors.containsKey(name)) {
            throw new IllegalArgumentException("the tensor name \"" + name + "\" is taken");
        }
        tensors.put(name, new Tensor(name, shape.clone(), elements(shape), values));
        return this;
    }

    /**
     * Writes the file atomically.
     *
     * @param file the file
     * @throws IllegalArgumentException if a name or a string of the metadata has half of a surrogate pair
     * @throws IOException if it cannot be written; a file that was there before is then unchanged
     */
    public void write(Path file) throws IOException {
        List<Tensor> order = new ArrayList<>(tensors.values());
        order.sort(Comparator.comparing(Tensor::name));
        byte[] header = header(order);
        long bytes = Long.BYTES + header.length + order.stream().mapToLong(tensor -> tensor.elements() * Float.BYTES).sum();
        AtomicFile.write(file, bytes, channel -> {
            ByteBuffer window = ByteBuffer.allocate(AtomicFile.WINDOW).order(ByteOrder.LITTLE_ENDIAN);
            AtomicFile.drain(channel, window.putLong(header.length).flip());
            AtomicFile.drain(channel, ByteBuffer.wrap(header));
            float[] values = new float[AtomicFile.WINDOW / Float.BYTES];
            for (Tensor tensor : order) {
                for (long at = 0; at < tensor.elements(); at += values.length) {
                    int count = (int) Math.min(values.length, tensor.elements() - at);
                    tensor.values().copy(at, values, 0, count);
                    window.clear().asFloatBuffer().put(values, 0, count);
                    AtomicFile.drain(channel, window.limit(count * Float.BYTES));
                }
            }
        });
    }

    private static long elements(long... shape) {
        long elements = 1;
        for (long dim : shape) {
            elements = Math.multiplyExact(elements, dim);
        }
        return elements;
    }

    private byte[] header(List<Tensor> order) throws IOException {
        JsonObjectBuilder header = JsonObject.builder();
        if (!metadata.isEmpty()) {
            header.put(SafetensorsHeader.METADATA, JsonObject.of(metadata));
        }
        long at = 0;
        for (Tensor tensor : order) {
            long end = Math.addExact(at, Math.multiplyExact(tensor.elements(), (long) Float.BYTES));
            header.put(tensor.name(), JsonObject.builder().put("dtype", Dtype.F32.name())
                    .put("shape", Arrays.stream(tensor.shape()).boxed().toList()).put("data_offsets", List.of(at, end)).build());
            at = end;
        }
        byte[] json = header.build().toString().getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        if (padded.length > SafetensorsHeader.MAXIMUM_BYTES) {
            throw new IOException("the header has " + padded.length + " bytes; the format allows " + SafetensorsHeader.MAXIMUM_BYTES);
        }
        return padded;
    }
}
