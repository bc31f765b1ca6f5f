/* The parameters of a sequence. */
package org.tidegate.server.sequence;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Texts;

/**
 * What a request says of its sequence.
 *
 * @param id a number from 1 to 2<sup>64</sup>-1, as Long or BigInteger, or a text; 7 and "7" are two sequences
 * @param start whether it begins, anew where one of that name is open
 * @param end whether this is its last step
 */
public record SequenceRequest(Object id, boolean start, boolean end) {
    /** The name of the input and of the output that hold a sequence's state. */
    public static final String STATE = "sequence_state";

    private static final String ID = "sequence_id";
    private static final String START = "sequence_start";
    private static final String END = "sequence_end";
    private static final int MOST_CHARACTERS = 256;

    /**
     * {@return the sequence of a request; empty for a request by itself}
     *
     * @throws ProtocolException if its parameters are wrong
     */
    public static Optional<SequenceRequest> of(InferenceRequest request) {
        Object id = request.parameters().get(ID);
        boolean start = request.flag(START);
        boolean end = request.flag(END);
        if (id == null || id.equals(0L) || id.equals("")) {
            if (start || end) {
                throw ProtocolException.invalid("sequence_start or sequence_end without a sequence_id; give one: a text,"
                        + " or a number from 1");
            }
            return Optional.empty();
        }
        boolean known = id instanceof Long number && number > 0
                || id instanceof BigInteger large && large.signum() > 0 && large.bitLength() <= Long.SIZE
                || id instanceof String text && text.length() <= MOST_CHARACTERS;
        if (!known) {
            throw ProtocolException.invalid("sequence_id is " + Texts.shown(id.toString()) + "; expected a number from 1 to 2^64-1,"
                    + " or a text of at most " + MOST_CHARACTERS + " characters");
        }
        return Optional.of(new SequenceRequest(id, start, end));
    }

    /** {@return whether a request begins a sequence} */
    public static boolean starts(InferenceRequest request) {
        return Boolean.TRUE.equals(request.parameters().get(START));
    }

    /** {@return whether a request names a sequence} */
    public static boolean names(InferenceRequest request) {
        return request.parameters().containsKey(ID);
    }

    /** {@return whether a request is the last of a sequence that goes on nowhere else: its state is not wanted} */
    public static boolean finishes(InferenceRequest request) {
        return request.flag(END) && !wantsState(request);
    }

    /** {@return the parameters of an answer: the sequence_id, where the request has one} */
    public static Map<String, Object> echo(InferenceRequest request) {
        Object id = request.parameters().get(ID);
        return id == null ? Map.of() : Map.of(ID, id);
    }

    /** {@return the state that the sequence is to begin with, if one is given} */
    static Optional<byte[]> state(InferenceRequest request) {
        return request.find(STATE).map(tensor -> SequenceState.decode(one(tensor)));
    }

    /** Refuses a state where a sequence does not begin. */
    static void checkNoState(InferenceRequest request) {
        if (request.find(STATE).isPresent()) {
            throw ProtocolException.invalid("'" + STATE + "' is where a sequence begins; send it with " + START);
        }
    }

    private static byte[] one(InferenceTensor tensor) {
        if (tensor.count() != 1) {
            throw ProtocolException.invalid("'" + STATE + "' has " + tensor.count() + " elements; expected one");
        }
        return tensor.elements().get(0);
    }

    /** {@return whether the state after the step is wanted: where it is asked for by name} */
    static boolean wantsState(InferenceRequest request) {
        return request.outputs().stream().anyMatch(output -> output.name().equals(STATE));
    }

    /** The name of the sequence in a message. */
    @Override
    public String toString() {
        return "sequence " + (id instanceof String text ? "'" + Texts.shown(text) + "'" : id);
    }
}
