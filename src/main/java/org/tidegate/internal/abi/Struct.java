package org.tidegate.internal.abi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Structs of the header in a row, in a direct buffer; its methods read and write one of them, the first until another is chosen. */
abstract class Struct extends Pointer {
    private final ByteBuffer memory;
    private final int bytes;
    private int begin;

    Struct(int bytes, int count) {
        this(bytes, ByteBuffer.allocateDirect(Math.multiplyExact(bytes, count)).order(ByteOrder.nativeOrder()));
    }

    private Struct(int bytes, ByteBuffer memory) {
        super(memory);
        this.bytes = bytes;
        this.memory = memory;
    }

    final void choose(int index) {
        begin = Math.multiplyExact(bytes, index);
    }

    final int intAt(int offset) {
        return memory.getInt(begin + offset);
    }

    final void intAt(int offset, int value) {
        memory.putInt(begin + offset, value);
    }

    final long longAt(int offset) {
        return memory.getLong(begin + offset);
    }

    final void longAt(int offset, long value) {
        memory.putLong(begin + offset, value);
    }

    final double doubleAt(int offset) {
        return memory.getDouble(begin + offset);
    }

    final void doubleAt(int offset, double value) {
        memory.putDouble(begin + offset, value);
    }

    final String textAt(int offset) {
        return tidegate.text(longAt(offset));
    }
}
