/* tg_optimizer for the package root. */
package org.tidegate.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.tidegate.internal.abi.Pointer;
import org.tidegate.internal.abi.tg_optimizer;
import org.tidegate.internal.abi.tidegate;

/** A native optimizer. Create it empty, then {@link #create}: methods that return int return a status number. */
public final class NativeOptimizer {
    final tg_optimizer pointer = new tg_optimizer();
    private NativeHandle handle;

    /** Makes the optimizer of that text, for that model. */
    public int create(NativeModel model, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocateDirect(utf8.length + 1).put(utf8).put((byte) 0).rewind();
        model.handle().enter();
        try {
            int status = tidegate.tg_optimizer_create(model.pointer, new Pointer(bytes), pointer);
            if (status == tidegate.TG_OUT_OF_MEMORY && NativeMemory.freed()) {
                status = tidegate.tg_optimizer_create(model.pointer, new Pointer(bytes), pointer);
            }
            if (status == tidegate.TG_OK) {
                tg_optimizer owned = pointer;
                handle = NativeHandle.exclusive("optimizer", model.handle(), () -> tidegate.tg_optimizer_destroy(owned));
                NativeMemory.made();
            }
            return status;
        } finally {
            model.handle().exit();
        }
    }

    public NativeHandle handle() {
        return handle;
    }

    public int slots() {
        handle.enter();
        try {
            return tidegate.tg_optimizer_slots(pointer);
        } finally {
            handle.exit();
        }
    }

    /** Reads the slot of a parameter into the tensor. To be called in a use, which ends after the tensor has been read. */
    public int slot(int slot, int parameter, NativeTensor tensor) {
        return tidegate.tg_optimizer_slot(pointer, slot, parameter, tensor.struct);
    }

    public long step() {
        handle.enter();
        try {
            return tidegate.tg_optimizer_step(pointer);
        } finally {
            handle.exit();
        }
    }

    public int step(long step) {
        handle.enter();
        try {
            return tidegate.tg_optimizer_set_step(pointer, step);
        } finally {
            handle.exit();
        }
    }
}
