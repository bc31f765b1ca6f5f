/* A sequence's state on its way to another server. */
package org.tidegate.server.sequence;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32;
import org.tidegate.server.protocol.ProtocolException;

/** A state as text, which passes through JSON: base64, without padding, of its bytes and, before them, their CRC-32. */
final class SequenceState {
    private SequenceState() {}

    static byte[] encode(byte[] state) {
        byte[] all = ByteBuffer.allocate(Integer.BYTES + state.length).putInt(checksum(state)).put(state).array();
        return Base64.getEncoder().withoutPadding().encode(all);
    }

    /** The state of a text; one that was changed is refused. */
    static byte[] decode(byte[] text) {
        byte[] all;
        try {
            all = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw damaged();
        }
        if (all.length <= Integer.BYTES) {
            throw damaged();
        }
        byte[] state = Arrays.copyOfRange(all, Integer.BYTES, all.length);
        if (ByteBuffer.wrap(all).getInt() != checksum(state)) {
            throw damaged();
        }
        return state;
    }

    private static int checksum(byte[] state) {
        CRC32 sum = new CRC32();
        sum.update(state);
        return (int) sum.getValue();
    }

    private static ProtocolException damaged() {
        return ProtocolException.invalid("'" + SequenceRequest.STATE + "' is damaged; send what a step gave as its output of that name,"
                + " unchanged");
    }
}
