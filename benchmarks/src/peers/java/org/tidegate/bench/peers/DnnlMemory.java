package org.tidegate.bench.peers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Memory of oneDNN's one processor engine: plain arrays, and copies in the layouts that its kernels ask for. */
final class DnnlMemory {
    static final engine ENGINE = new engine(engine.kind.cpu, 0);
    static final stream STREAM = new stream(ENGINE);

    private DnnlMemory() {
    }

    /** The description of a float array in a plain layout. */
    static memory.desc plain(memory.format_tag layout, long... dims) {
        return new memory.desc(dims, memory.data_type.f32, layout);
    }

    /** The description that lets a kernel choose the layout. */
    static memory.desc any(memory.data_type type, long... dims) {
        return new memory.desc(dims, type, memory.format_tag.any);
    }

    /** Zeroed memory of a description. */
    static memory zeros(memory.desc desc) {
        memory made = new memory(desc, ENGINE);
        Pointer.memset(made.get_data_handle(), 0, desc.get_size());
        return made;
    }

    /** Memory that holds those floats. */
    static memory of(memory.desc plain, float[] values) {
        memory made = new memory(plain, ENGINE);
        floats(made).put(values);
        return made;
    }

    /** The bytes of a memory, in place. */
    static ByteBuffer bytes(memory plain) {
        BytePointer bytes = new BytePointer(plain.get_data_handle()).capacity(plain.get_desc().get_size());
        return bytes.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** The floats of a plain memory, in place. */
    static FloatBuffer floats(memory plain) {
        long count = plain.get_desc().get_size() / Float.BYTES;
        return new FloatPointer(plain.get_data_handle()).capacity(count).asBuffer();
    }

    /** A copy in another layout. */
    static memory in(memory.desc desc, memory source) {
        return in(desc, source, new primitive_attr());
    }

    /** A copy in another layout or type, scaled as the attributes say. */
    static memory in(memory.desc desc, memory source, primitive_attr attributes) {
        memory made = new memory(desc, ENGINE);
        new reorder(source, made, attributes).execute(STREAM, source, made);
        STREAM._wait();
        return made;
    }

    /** A copy of a plain memory's floats. */
    static float[] copy(memory plain) {
        FloatBuffer floats = floats(plain);
        float[] copy = new float[floats.remaining()];
        floats.get(copy);
        return copy;
    }
}
