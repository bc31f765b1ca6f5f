/* tg_model for the package root. */
package org.tidegate.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import org.tidegate.internal.abi.Pointer;
import org.tidegate.internal.abi.tg_axis;
import org.tidegate.internal.abi.tg_model;
import org.tidegate.internal.abi.tg_value;
import org.tidegate.internal.abi.tidegate;

/** A native model, empty until {@link #create} or {@link #freeze}: methods that return int return a status number. */
public final class NativeModel {
    final tg_model pointer = new tg_model();
    final TrainingGate gate;
    /** Lent to the steps of sessions that keep little. A queue that allocates nothing. */
    final ArrayBlockingQueue<StepInput> inputs = new ArrayBlockingQueue<>(64);
    private NativeHandle handle;

    private NativeModel(TrainingGate gate) {
        this.gate = gate;
    }

    /** For {@link #create}. */
    public static NativeModel trainable() {
        return new NativeModel(TrainingGate.closing());
    }

    /** For {@link #freeze}. */
    public static NativeModel frozen() {
        return new NativeModel(TrainingGate.open());
    }

    /** Builds the model and its parameters. */
    public int create(String spec, long seed) {
        ByteBuffer utf8 = utf8(spec);
        int status = tidegate.tg_model_create(new Pointer(utf8), utf8.limit(), seed, pointer);
        if (status == tidegate.TG_OUT_OF_MEMORY && NativeMemory.freed()) {
            status = tidegate.tg_model_create(new Pointer(utf8), utf8.limit(), seed, pointer);
        }
        return owned(status);
    }

    /** Builds the graph of at most that many parameters, which have names and shapes but no memory until {@link #allocate}. */
    public int declare(String spec, int mostParameters) {
        ByteBuffer utf8 = utf8(spec);
        return owned(tidegate.tg_model_declare(new Pointer(utf8), utf8.limit(), mostParameters, pointer));
    }

    /** Takes memory for the parameters that were declared; undefined until each is written. */
    public int allocate() {
        handle.enter();
        try {
            int status = tidegate.tg_model_allocate(pointer);
            return status == tidegate.TG_OUT_OF_MEMORY && NativeMemory.freed() ? tidegate.tg_model_allocate(pointer) : status;
        } finally {
            handle.exit();
        }
    }

    private static ByteBuffer utf8(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocateDirect(Math.max(1, utf8.length)).put(utf8).flip();
    }

    private int owned(int status) {
        if (status == tidegate.TG_OK) {
            handle = NativeHandle.shared("model", new Destruction(pointer));
            NativeMemory.made();
        }
        return status;
    }

    private record Destruction(tg_model owned) implements Runnable {
        @Override
        public void run() {
            tidegate.tg_model_destroy(owned);
        }
    }

    /** Makes the frozen form of another model; precision is a number of {@code tg_precision}. */
    public int freeze(NativeModel source, int precision) {
        source.beginReading();
        try {
            int status = tidegate.tg_model_freeze(source.pointer, precision, pointer);
            if (status == tidegate.TG_OUT_OF_MEMORY && NativeMemory.freed()) {
                status = tidegate.tg_model_freeze(source.pointer, precision, pointer);
            }
            return owned(status);
        } finally {
            source.endReading();
        }
    }

    /**
     * Begins a use that reads all parameters, which no session changes meanwhile; {@link #endReading} ends it, in a finally block.
     *
     * @throws IllegalStateException while a session trains the model, or after it was closed
     */
    public void beginReading() {
        handle.enter();
        try {
            gate.read();
        } catch (IllegalStateException e) {
            handle.exit();
            throw e;
        }
    }

    /** Ends what {@link #beginReading} began. */
    public void endReading() {
        gate.readDone();
        handle.exit();
    }

    public NativeHandle handle() {
        return handle;
    }

    /** The canonical spec. */
    public String spec() {
        handle.enter();
        try {
            return tidegate.tg_model_spec(pointer);
        } finally {
            handle.exit();
        }
    }

    public int axes() {
        handle.enter();
        try {
            return tidegate.tg_model_axes(pointer);
        } finally {
            handle.exit();
        }
    }

    /** Describes axis number index to the visitor. */
    public int axis(int index, AxisVisitor visitor) {
        handle.enter();
        try {
            tg_axis axis = new tg_axis(1);
            int status = tidegate.tg_model_axis_info(pointer, index, axis);
            if (status == tidegate.TG_OK) {
                visitor.visit(axis.name(), axis.source(), axis.times(), axis.add(), axis.stride());
            }
            return status;
        } finally {
            handle.exit();
        }
    }

    public int values() {
        handle.enter();
        try {
            return tidegate.tg_model_values(pointer);
        } finally {
            handle.exit();
        }
    }

    public long bytes() {
        handle.enter();
        try {
            return tidegate.tg_model_bytes(pointer);
        } finally {
            handle.exit();
        }
    }

    public long fingerprint() {
        beginReading();
        try {
            return tidegate.tg_model_fingerprint(pointer);
        } finally {
            endReading();
        }
    }

    /** Describes value number index to the visitor. */
    public int value(int index, ValueVisitor visitor) {
        handle.enter();
        try {
            tg_value value = new tg_value(1);
            int status = tidegate.tg_model_value(pointer, index, value);
            if (status == tidegate.TG_OK) {
                visitor.visit(value.name(), value.kind(), value.per(), value.axis(), value.cols(),
                    value.input() != 0, value.loss() != 0);
            }
            return status;
        } finally {
            handle.exit();
        }
    }

    public int parameters() {
        handle.enter();
        try {
            return tidegate.tg_model_parameters(pointer);
        } finally {
            handle.exit();
        }
    }

    /** Reads parameter number index into the tensor. */
    public int parameter(int index, NativeTensor tensor) {
        handle.enter();
        try {
            return tidegate.tg_model_parameter(pointer, index, tensor.struct);
        } finally {
            handle.exit();
        }
    }

    /** Receives what {@code tg_axis} says. */
    @FunctionalInterface
    public interface AxisVisitor {
        void visit(String name, int source, long times, long add, long stride);
    }

    /** Receives what {@code tg_value} says. */
    @FunctionalInterface
    public interface ValueVisitor {
        void visit(String name, int kind, int per, int axis, long cols, boolean input, boolean loss);
    }
}
