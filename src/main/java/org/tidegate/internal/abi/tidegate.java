/* The functions of tidegate.h, one for one: their comments are there. native/jni/glue.cc has the other half of each.
 *
 * A call takes the addresses of what it works on. Memory of the JVM's behind them lives until it has come back (reachabilityFence); that
 * native objects do is up to the caller. */
package org.tidegate.internal.abi;

import java.lang.ref.Reference;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;

/** The native library. */
public final class tidegate {
    public static final int TG_OK = 0;
    public static final int TG_INVALID_ARGUMENT = 1;
    public static final int TG_INVALID_SPEC = 2;
    public static final int TG_INVALID_STATE = 3;
    public static final int TG_OUT_OF_MEMORY = 4;
    public static final int TG_UNSUPPORTED = 5;
    public static final int TG_INTERNAL = 6;
    public static final int TG_FLOAT32 = 0;
    public static final int TG_BFLOAT16 = 1;
    public static final int TG_INT8 = 2;
    public static final int TG_REAL = 0;
    public static final int TG_IDS = 1;
    public static final int TG_ONE_HOT = 2;
    public static final int TG_PER_STEP = 0;
    public static final int TG_PER_SEQUENCE = 1;
    public static final int TG_PER_BATCH = 2;
    public static final int TG_INFER = 0;
    public static final int TG_TRAIN = 1;
    public static final int TG_NORM_L2 = 0;
    public static final int TG_NORM_L1 = 1;
    public static final int TG_NORM_MAX = 2;

    static {
        Natives.load();
    }

    private tidegate() {
    }

    public static String tg_version() {
        return text(version());
    }

    public static String tg_last_error() {
        return text(lastError());
    }

    /** {@code name[0]} receives the instruction set's name. */
    public static int tg_isa(String[] name) {
        long[] address = new long[1];
        int status = isa(address);
        if (status == TG_OK) {
            name[0] = text(address[0]);
        }
        return status;
    }

    /** The text of UTF-8 at an address, up to a zero; "" for none. */
    static String text(long address) {
        return address == 0 ? "" : new String(bytes(address), StandardCharsets.UTF_8);
    }

    /** Native memory as a buffer, in the order of bytes that every new buffer has. */
    public static ByteBuffer view(long address, long bytes) {
        return newBuffer(address, bytes);
    }

    /** Where a direct buffer begins. */
    static native long addressOf(Buffer direct);

    /** Copies floats out, to an array. */
    public static native void copyOut(long address, float[] target, int offset, int length);

    /** Copies floats in, from an array. */
    public static native void copyIn(long address, float[] source, int offset, int length);

    private static native ByteBuffer newBuffer(long address, long bytes);

    private static native byte[] bytes(long address);

    private static native long version();

    private static native long lastError();

    private static native int isa(long[] name);

    public static int tg_set_memory_limit(long bytes) {
        return setMemoryLimit(bytes);
    }

    private static native int setMemoryLimit(long bytes);

    public static long tg_memory_used() {
        return memoryUsed();
    }

    private static native long memoryUsed();

    public static long tg_memory_limit() {
        return memoryLimit();
    }

    private static native long memoryLimit();

    public static long tg_memory_available() {
        return memoryAvailable();
    }

    private static native long memoryAvailable();

    /** All direct, from their beginnings on. */
    public static int tg_pack_rows(IntBuffer lengths, int sequences, IntBuffer rank, LongBuffer offset, long count) {
        int result = packRows(addressOf(lengths), sequences, addressOf(rank), addressOf(offset), count);
        Reference.reachabilityFence(lengths);
        Reference.reachabilityFence(rank);
        Reference.reachabilityFence(offset);
        return result;
    }

    private static native int packRows(long lengths, int sequences, long rank, long offset, long count);

    public static int tg_model_create(Pointer spec, long length, long seed, tg_model made) {
        long[] address = new long[1];
        int status = modelCreate(address(spec), length, seed, address);
        made.address = address[0];
        Reference.reachabilityFence(spec);
        return status;
    }

    private static native int modelCreate(long spec, long length, long seed, long[] made);

    public static int tg_model_declare(Pointer spec, long length, long mostParameters, tg_model made) {
        long[] address = new long[1];
        int status = modelDeclare(address(spec), length, mostParameters, address);
        made.address = address[0];
        Reference.reachabilityFence(spec);
        return status;
    }

    private static native int modelDeclare(long spec, long length, long mostParameters, long[] made);

    public static int tg_model_allocate(tg_model model) {
        return modelAllocate(model.address);
    }

    private static native int modelAllocate(long model);

    public static void tg_model_destroy(tg_model model) {
        modelDestroy(model.address);
    }

    private static native void modelDestroy(long model);

    public static int tg_model_freeze(tg_model model, int precision, tg_model made) {
        long[] address = new long[1];
        int status = modelFreeze(model.address, precision, address);
        made.address = address[0];
        return status;
    }

    private static native int modelFreeze(long model, int precision, long[] made);

    public static long tg_model_bytes(tg_model model) {
        return modelBytes(model.address);
    }

    private static native long modelBytes(long model);

    public static long tg_model_fingerprint(tg_model model) {
        return modelFingerprint(model.address);
    }

    private static native long modelFingerprint(long model);

    public static String tg_model_spec(tg_model model) {
        return text(modelSpec(model.address));
    }

    private static native long modelSpec(long model);

    public static int tg_model_parameters(tg_model model) {
        return modelParameters(model.address);
    }

    private static native int modelParameters(long model);

    public static int tg_model_parameter(tg_model model, int index, tg_tensor parameter) {
        int result = modelParameter(model.address, index, address(parameter));
        Reference.reachabilityFence(parameter);
        return result;
    }

    private static native int modelParameter(long model, int index, long parameter);

    public static int tg_model_values(tg_model model) {
        return modelValues(model.address);
    }

    private static native int modelValues(long model);

    public static int tg_model_value(tg_model model, int index, tg_value value) {
        int result = modelValue(model.address, index, address(value));
        Reference.reachabilityFence(value);
        return result;
    }

    private static native int modelValue(long model, int index, long value);

    public static int tg_model_axes(tg_model model) {
        return modelAxes(model.address);
    }

    private static native int modelAxes(long model);

    public static int tg_model_axis_info(tg_model model, int index, tg_axis axis) {
        int result = modelAxisInfo(model.address, index, address(axis));
        Reference.reachabilityFence(axis);
        return result;
    }

    private static native int modelAxisInfo(long model, int index, long axis);

    public static int tg_session_create(tg_model model, int mode, long seed, tg_session made) {
        long[] address = new long[1];
        int status = sessionCreate(model.address, mode, seed, address);
        made.address = address[0];
        return status;
    }

    private static native int sessionCreate(long model, int mode, long seed, long[] made);

    public static int tg_session_create_keeping(tg_model model, int[] values, int count, tg_session made) {
        long[] address = new long[1];
        int status = sessionCreateKeeping(model.address, values, count, address);
        made.address = address[0];
        return status;
    }

    private static native int sessionCreateKeeping(long model, int[] values, int count, long[] made);

    public static void tg_session_destroy(tg_session session) {
        sessionDestroy(session.address);
    }

    private static native void sessionDestroy(long session);

    public static int tg_session_threads(tg_session session, int threads) {
        return sessionThreads(session.address, threads);
    }

    private static native int sessionThreads(long session, int threads);

    public static int tg_session_forward(tg_session session, tg_batch batch, tg_metrics metrics) {
        int result = sessionForward(session.address, address(batch), address(metrics));
        Reference.reachabilityFence(batch);
        Reference.reachabilityFence(metrics);
        return result;
    }

    private static native int sessionForward(long session, long batch, long metrics);

    public static int tg_session_step(tg_session session, tg_feed feeds, int feedsCount, int value, Pointer output, long count) {
        int result = sessionStep(session.address, address(feeds), feedsCount, value, address(output), count);
        Reference.reachabilityFence(feeds);
        Reference.reachabilityFence(output);
        return result;
    }

    private static native int sessionStep(long session, long feeds, int feedsCount, int value, long output, long count);

    public static int tg_session_select(tg_session session, int axis, int[] chosen, int count) {
        return sessionSelect(session.address, axis, chosen, count);
    }

    private static native int sessionSelect(long session, int axis, int[] chosen, int count);

    public static int tg_session_clear(tg_session session) {
        return sessionClear(session.address);
    }

    private static native int sessionClear(long session);

    public static int tg_session_backward(tg_session session, tg_seed seeds, int seedsCount) {
        int result = sessionBackward(session.address, address(seeds), seedsCount);
        Reference.reachabilityFence(seeds);
        return result;
    }

    private static native int sessionBackward(long session, long seeds, int seedsCount);

    public static int tg_session_update(tg_session session, tg_optimizer optimizer, tg_step step, tg_metrics metrics) {
        int result = sessionUpdate(session.address, optimizer.address, address(step), address(metrics));
        Reference.reachabilityFence(step);
        Reference.reachabilityFence(metrics);
        return result;
    }

    private static native int sessionUpdate(long session, long optimizer, long step, long metrics);

    public static int tg_session_train(tg_session session, tg_batch batch, tg_optimizer optimizer, tg_step step, tg_metrics metrics) {
        int result = sessionTrain(session.address, address(batch), optimizer.address, address(step), address(metrics));
        Reference.reachabilityFence(batch);
        Reference.reachabilityFence(step);
        Reference.reachabilityFence(metrics);
        return result;
    }

    private static native int sessionTrain(long session, long batch, long optimizer, long step, long metrics);

    public static int tg_session_zero_gradients(tg_session session) {
        return sessionZeroGradients(session.address);
    }

    private static native int sessionZeroGradients(long session);

    public static int tg_session_lengths(tg_session session, int axis, int[] lengths, int room, int[] sequences) {
        return sessionLengths(session.address, axis, lengths, room, sequences);
    }

    private static native int sessionLengths(long session, int axis, int[] lengths, int room, int[] sequences);

    public static int tg_session_output(tg_session session, int value, tg_tensor output) {
        int result = sessionOutput(session.address, value, address(output));
        Reference.reachabilityFence(output);
        return result;
    }

    private static native int sessionOutput(long session, int value, long output);

    public static int tg_session_output_gradient(tg_session session, int value, tg_tensor gradient) {
        int result = sessionOutputGradient(session.address, value, address(gradient));
        Reference.reachabilityFence(gradient);
        return result;
    }

    private static native int sessionOutputGradient(long session, int value, long gradient);

    public static int tg_session_parameter_gradient(tg_session session, int index, tg_tensor gradient) {
        int result = sessionParameterGradient(session.address, index, address(gradient));
        Reference.reachabilityFence(gradient);
        return result;
    }

    private static native int sessionParameterGradient(long session, int index, long gradient);

    public static int tg_session_gradients(tg_session session, tg_tensor gradients) {
        int result = sessionGradients(session.address, address(gradients));
        Reference.reachabilityFence(gradients);
        return result;
    }

    private static native int sessionGradients(long session, long gradients);

    public static int tg_session_carry(tg_session session, int carry) {
        return sessionCarry(session.address, carry);
    }

    private static native int sessionCarry(long session, int carry);

    public static int tg_session_reset(tg_session session) {
        return sessionReset(session.address);
    }

    private static native int sessionReset(long session);

    public static int tg_session_set_state(tg_session session, Pointer state, long count, int sequences) {
        int result = sessionSetState(session.address, address(state), count, sequences);
        Reference.reachabilityFence(state);
        return result;
    }

    private static native int sessionSetState(long session, long state, long count, int sequences);

    public static int tg_session_state_bytes(tg_session session, long[] bytes) {
        return sessionStateBytes(session.address, bytes);
    }

    private static native int sessionStateBytes(long session, long[] bytes);

    public static int tg_session_save_state(tg_session session, Pointer bytes, long size) {
        int result = sessionSaveState(session.address, address(bytes), size);
        Reference.reachabilityFence(bytes);
        return result;
    }

    private static native int sessionSaveState(long session, long bytes, long size);

    public static int tg_session_load_state(tg_session session, Pointer bytes, long size) {
        int result = sessionLoadState(session.address, address(bytes), size);
        Reference.reachabilityFence(bytes);
        return result;
    }

    private static native int sessionLoadState(long session, long bytes, long size);

    public static long tg_session_random(tg_session session) {
        return sessionRandom(session.address);
    }

    private static native long sessionRandom(long session);

    public static int tg_session_set_random(tg_session session, long position) {
        return sessionSetRandom(session.address, position);
    }

    private static native int sessionSetRandom(long session, long position);

    public static int tg_session_repeatable(tg_session session) {
        return sessionRepeatable(session.address);
    }

    private static native int sessionRepeatable(long session);

    public static long tg_session_bytes(tg_session session) {
        return sessionBytes(session.address);
    }

    private static native long sessionBytes(long session);

    public static int tg_optimizer_create(tg_model model, Pointer text, tg_optimizer made) {
        long[] address = new long[1];
        int status = optimizerCreate(model.address, address(text), address);
        made.address = address[0];
        Reference.reachabilityFence(text);
        return status;
    }

    private static native int optimizerCreate(long model, long text, long[] made);

    public static void tg_optimizer_destroy(tg_optimizer optimizer) {
        optimizerDestroy(optimizer.address);
    }

    private static native void optimizerDestroy(long optimizer);

    public static int tg_optimizer_slots(tg_optimizer optimizer) {
        return optimizerSlots(optimizer.address);
    }

    private static native int optimizerSlots(long optimizer);

    public static int tg_optimizer_slot(tg_optimizer optimizer, int slot, int parameter, tg_tensor tensor) {
        int result = optimizerSlot(optimizer.address, slot, parameter, address(tensor));
        Reference.reachabilityFence(tensor);
        return result;
    }

    private static native int optimizerSlot(long optimizer, int slot, int parameter, long tensor);

    public static long tg_optimizer_step(tg_optimizer optimizer) {
        return optimizerStep(optimizer.address);
    }

    private static native long optimizerStep(long optimizer);

    public static int tg_optimizer_set_step(tg_optimizer optimizer, long step) {
        return optimizerSetStep(optimizer.address, step);
    }

    private static native int optimizerSetStep(long optimizer, long step);

    public static int tg_streams_create(tg_model model, int value, int capacity, tg_streams made) {
        long[] address = new long[1];
        int status = streamsCreate(model.address, value, capacity, address);
        made.address = address[0];
        return status;
    }

    private static native int streamsCreate(long model, int value, int capacity, long[] made);

    public static void tg_streams_destroy(tg_streams streams) {
        streamsDestroy(streams.address);
    }

    private static native void streamsDestroy(long streams);

    public static int tg_streams_threads(tg_streams streams, int threads) {
        return streamsThreads(streams.address, threads);
    }

    private static native int streamsThreads(long streams, int threads);

    public static int tg_streams_open(tg_streams streams, long[] stream) {
        return streamsOpen(streams.address, stream);
    }

    private static native int streamsOpen(long streams, long[] stream);

    public static int tg_streams_open_state(tg_streams streams, Pointer bytes, long size, long[] stream) {
        int result = streamsOpenState(streams.address, address(bytes), size, stream);
        Reference.reachabilityFence(bytes);
        return result;
    }

    private static native int streamsOpenState(long streams, long bytes, long size, long[] stream);

    public static int tg_streams_close(tg_streams streams, long stream) {
        return streamsClose(streams.address, stream);
    }

    private static native int streamsClose(long streams, long stream);

    public static int tg_streams_step(tg_streams streams, Pointer numbers, int count, tg_feed feeds, int feedsCount, Pointer output,
            long room, Pointer rows) {
        int result = streamsStep(streams.address, address(numbers), count, address(feeds), feedsCount, address(output), room,
            address(rows));
        Reference.reachabilityFence(numbers);
        Reference.reachabilityFence(feeds);
        Reference.reachabilityFence(output);
        Reference.reachabilityFence(rows);
        return result;
    }

    private static native int streamsStep(long streams, long numbers, int count, long feeds, int feedsCount, long output, long room,
            long rows);

    public static int tg_streams_state_bytes(tg_streams streams, long stream, long[] bytes) {
        return streamsStateBytes(streams.address, stream, bytes);
    }

    private static native int streamsStateBytes(long streams, long stream, long[] bytes);

    public static int tg_streams_save_state(tg_streams streams, long stream, Pointer bytes, long size) {
        int result = streamsSaveState(streams.address, stream, address(bytes), size);
        Reference.reachabilityFence(bytes);
        return result;
    }

    private static native int streamsSaveState(long streams, long stream, long bytes, long size);

    public static int tg_streams_count(tg_streams streams, int[] count) {
        return streamsCount(streams.address, count);
    }

    private static native int streamsCount(long streams, int[] count);

    public static int tg_streams_bytes(tg_streams streams, long[] bytes) {
        return streamsBytes(streams.address, bytes);
    }

    private static native int streamsBytes(long streams, long[] bytes);

    private static long address(Pointer pointer) {
        return pointer == null ? 0 : pointer.address;
    }
}
