package org.tidegate.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;

/**
 * A safetensors file, open for reading. Opening checks the whole header; the data are read tensor by tensor, through a small buffer, so
 * that files and tensors over 2 GiB need no memory of their size.
 *
 * <p>The file must not be changed in place while it is open; replacing it by renaming, as {@link AtomicFile} does, is harmless.
 */
public final class SafetensorsFile implements AutoCloseable {
    /** A destination of a tensor's elements. */
    @FunctionalInterface
    public interface Target {
        /**
         * Receives a part of the elements.
         *
         * @param to the index of the first element, row-major
         * @param source has the elements
         * @param offset the index in source of the first one
         * @param length how many there are
         */
        void copy(long to, float[] source, int offset, int length);
    }

    /** The first two bytes of what gzip packs, as the lower ones of a length. */
    private static final int GZIP = 0x8B1F;

    private final Path path;
    private final FileChannel channel;
    private final SafetensorsHeader header;
    private final long dataStart;

    private SafetensorsFile(Path path, FileChannel channel, SafetensorsHeader header, long dataStart) {
        this.path = path;
        this.channel = channel;
        this.header = header;
        this.dataStart = dataStart;
    }

    /**
     * Opens a file. The caller closes it.
     *
     * @param path the file
     * @return the open file
     * @throws CheckpointException if the file breaks a rule of the format; the message says which
     * @throws IOException if it cannot be read
     */
    public static SafetensorsFile open(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new CheckpointException(refusal(path) + "it is a folder; name a file in it");
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            long size = channel.size();
            if (size < 8) {
                throw new CheckpointException(refusal(path) + "it has " + size + " bytes, and the format begins with 8 for a length");
            }
            long length = read(channel, 0, 8).getLong();
            // Read as unsigned: a length of 2^63 and more is negative here.
            if (length < 0 || length > SafetensorsHeader.MAXIMUM_BYTES) {
                if ((length & 0xFFFF) == GZIP) {
                    throw new CheckpointException(refusal(path) + "it is packed with gzip; unpack it: gunzip FILE.gz");
                }
                throw new CheckpointException(refusal(path) + "its first 8 bytes give a header of " + Long.toUnsignedString(length)
                        + " bytes; the format allows " + SafetensorsHeader.MAXIMUM_BYTES);
            }
            if (length > size - 8) {
                throw new CheckpointException(refusal(path) + "its header should have " + length + " bytes, and the file ends after "
                        + (size - 8));
            }
            byte[] json = read(channel, 8, (int) length).array();
            SafetensorsHeader header = SafetensorsHeader.parse(json, size - 8 - length);
            return new SafetensorsFile(path, channel, header, 8 + length);
        } catch (IllegalArgumentException e) {
            channel.close();
            throw new CheckpointException(refusal(path) + e.getMessage(), e);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    /** {@return the file's path} */
    public Path path() {
        return path;
    }

    /** {@return the strings of {@code __metadata__}, in the order of the file; empty if there is none} */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    /** {@return the tensors by name, in the order of the header} */
    public Map<String, TensorEntry> tensors() {
        return Collections.unmodifiableMap(header.tensors());
    }

    /**
     * {@return the header entry of a tensor}
     *
     * @param name of the tensor
     * @throws CheckpointException if the file has no such tensor
     */
    public TensorEntry tensor(String name) throws CheckpointException {
        TensorEntry entry = header.tensors().get(name);
        if (entry == null) {
            throw new CheckpointException(path + " has no tensor \"" + name + "\"");
        }
        return entry;
    }

    /**
     * Reads a tensor of float32 elements.
     *
     * @param name of the tensor
     * @param target receives the elements, row-major, from its position to its limit
     * @throws CheckpointException if there is no such tensor, it is not F32, or has another number of elements than target has room for
     * @throws IOException if the file cannot be read
     */
    public void readFloats(String name, FloatBuffer target) throws IOException {
        TensorEntry entry = tensor(name);
        require(entry, Dtype.F32);
        if (entry.elements() != target.remaining()) {
            throw new CheckpointException(path + ": tensor \"" + name + "\" has " + entry.elements() + " elements; expected "
                    + target.remaining());
        }
        readFloats(name, (to, source, offset, length) -> target.put(source, offset, length));
    }

    /**
     * Reads a tensor of float32 elements of any size, part by part in order.
     *
     * @param name of the tensor
     * @param target receives the elements
     * @throws CheckpointException if there is no such tensor, or it is not F32
     * @throws IOException if the file cannot be read
     */
    public void readFloats(String name, Target target) throws IOException {
        TensorEntry entry = tensor(name);
        require(entry, Dtype.F32);
        long elements = entry.elements();
        float[] values = new float[(int) Math.min(AtomicFile.WINDOW / Float.BYTES, elements)];
        ByteBuffer window = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = 0; at < elements; at += values.length) {
            int count = (int) Math.min(values.length, elements - at);
            window.clear().limit(count * Float.BYTES);
            readFully(channel, dataStart + entry.begin() + at * Float.BYTES, window);
            window.flip().asFloatBuffer().get(values, 0, count);
            target.copy(at, values, 0, count);
        }
    }

    /**
     * {@return a tensor's bytes, little-endian}
     *
     * @param name of the tensor
     * @throws CheckpointException if there is no such tensor, or it has 2 GiB or more
     * @throws IOException if the file cannot be read
     */
    public ByteBuffer readBytes(String name) throws IOException {
        TensorEntry entry = tensor(name);
        long bytes = entry.end() - entry.begin();
        if (bytes > Integer.MAX_VALUE - 16) {
            throw new CheckpointException(path + ": tensor \"" + name + "\" has " + bytes + " bytes; expected less than 2 GiB");
        }
        return read(channel, dataStart + entry.begin(), (int) bytes);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void require(TensorEntry entry, Dtype dtype) throws CheckpointException {
        if (entry.dtype() != dtype) {
            throw new CheckpointException(path + ": tensor \"" + entry.name() + "\" is " + entry.describe() + "; expected " + dtype);
        }
    }

    private static String refusal(Path path) {
        return path + " is not a usable safetensors file: ";
    }

    private static ByteBuffer read(FileChannel channel, long position, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, position, buffer);
        return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void readFully(FileChannel channel, long position, ByteBuffer buffer) throws IOException {
        long at = position;
        int end = buffer.limit();
        while (buffer.position() < end) {
            buffer.limit(buffer.position() + Math.min(AtomicFile.WINDOW, end - buffer.position()));
            int count = channel.read(buffer, at);
            if (count < 0) {
                throw new EOFException("the file was cut short while it was read");
            }
            at += count;
        }
    }
}
