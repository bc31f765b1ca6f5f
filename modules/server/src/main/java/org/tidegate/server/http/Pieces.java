/* Bytes whose number is not known before they are there. */
package org.tidegate.server.http;

import java.util.ArrayDeque;
import java.util.Deque;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

/** Gathers bytes, so many at most, and counts them before memory is taken for them. */
final class Pieces {
    /** Where a piece comes from. */
    @FunctionalInterface
    interface Source {
        /** Writes so many bytes, the next ones, to a place. */
        void get(byte[] to, int at, int count);
    }

    private static final int LEAST = 1024; // of a piece

    private final long most;
    private final Inflight.Share share;
    private final Deque<byte[]> full = new ArrayDeque<>();
    private byte[] last = {};
    private int used; // of the last
    private long size;

    /** share: of the request, which ends it. */
    Pieces(long most, Inflight.Share share) {
        this.most = most;
        this.share = share;
    }

    /** @throws ProtocolException if there are too many bytes, of these or of all requests */
    void add(int count, Source from) {
        if (size + count > most) {
            throw tooLarge(most);
        }
        share.take(count);
        size += count;
        for (int left = count; left > 0;) {
            if (used == last.length) {
                full.add(last);
                last = new byte[Math.max(left, LEAST)];
                used = 0;
            }
            int part = Math.min(left, last.length - used);
            from.get(last, used, part);
            used += part;
            left -= part;
        }
    }

    static ProtocolException tooLarge(long most) {
        return new ProtocolException(Status.TOO_LARGE, "the body has more than " + most + " bytes");
    }

    /** All bytes; to be called once. */
    byte[] join() {
        if (full.size() == 1 && used == last.length) { // the first is empty
            return last;
        }
        byte[] all = new byte[(int) size];
        int at = 0;
        for (byte[] piece = full.poll(); piece != null; piece = full.poll()) { // none is kept for longer than it is needed
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        System.arraycopy(last, 0, all, at, used);
        last = all;
        return all;
    }
}
