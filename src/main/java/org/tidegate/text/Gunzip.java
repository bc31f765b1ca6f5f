package org.tidegate.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks gzip (RFC 1952) as it is read: any number of members one after the other, as {@code cat a.gz b.gz} and parallel packers write
 * them. The JDK's own stream ends without a word where a later member is cut, or where a pipe has nothing to read just then.
 */
final class Gunzip extends InputStream {
    private static final int BUFFER = 1 << 16;
    private static final int TRAILER = 8;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int HEADER_CRC = 2;
    private static final int RESERVED = 0xE0;

    private final PushbackInputStream in;
    private final String name;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] packed = new byte[BUFFER];
    private int filled;
    private boolean ended;

    /** The stream stands at the first member. */
    Gunzip(InputStream in, String name) throws IOException {
        this.in = new PushbackInputStream(in, BUFFER);
        this.name = name;
        header(this.in.read());
    }

    static boolean isMagic(byte... head) {
        return head.length > 1 && head[0] == 0x1F && (head[1] & 0xFF) == 0x8B;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        while (!ended && length > 0) {
            int got = inflate(to, offset, length);
            if (got > 0) {
                crc.update(to, offset, got);
                return got;
            }
            if (inflater.finished()) {
                endMember();
            } else if (inflater.needsInput()) {
                filled = in.read(packed, 0, BUFFER);
                if (filled < 0) {
                    throw cut();
                }
                inflater.setInput(packed, 0, filled);
            } else {
                throw damaged("it asks for a dictionary");
            }
        }
        return length == 0 ? 0 : -1;
    }

    private int inflate(byte[] to, int offset, int length) {
        try {
            return inflater.inflate(to, offset, length);
        } catch (DataFormatException e) {
            throw damaged(e.getMessage());
        }
    }

    private void endMember() throws IOException {
        in.unread(packed, filled - inflater.getRemaining(), inflater.getRemaining());
        if (number(Integer.BYTES) != crc.getValue() || number(TRAILER - Integer.BYTES) != (inflater.getBytesWritten() & 0xFFFFFFFFL)) {
            throw damaged("its checksum is another than that of its content");
        }
        int next = in.read();
        while (next == 0) { // padding to a block of a tape
            next = in.read();
        }
        if (next < 0) {
            ended = true;
            return;
        }
        header(next);
        inflater.reset();
        crc.reset();
    }

    private void header(int first) throws IOException {
        if (first != 0x1F || octet() != 0x8B) {
            throw damaged("after its end there is something else");
        }
        int method = octet();
        int flags = octet();
        if (method != 8 || (flags & RESERVED) != 0) {
            throw damaged("its header is none");
        }
        skip(6); // time, compression, system
        if ((flags & EXTRA) != 0) {
            skip((int) number(2));
        }
        for (int text : new int[] {NAME, COMMENT}) {
            while ((flags & text) != 0 && octet() != 0) { // a name ends with a zero
                continue;
            }
        }
        if ((flags & HEADER_CRC) != 0) {
            skip(2);
        }
    }

    private long number(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) octet() << (8 * i);
        }
        return value;
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            octet();
        }
    }

    private int octet() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw cut();
        }
        return value;
    }

    private IllegalArgumentException cut() {
        return new IllegalArgumentException(name + " is packed with gzip and cut off; is it whole?");
    }

    private IllegalArgumentException damaged(String why) {
        return new IllegalArgumentException(name + " is packed with gzip and damaged: " + why + ". Fetch or pack it again");
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
