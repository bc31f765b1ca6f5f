package org.tidegate.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/**
 * The Unicode encoding form of a text by its first bytes: a byte order mark; without one UTF-8, unless NUL bytes stand where UTF-16 or
 * UTF-32 has them.
 */
final class Encoding {
    /** Any byte, in {@link #begins}. */
    static final int ANY = -1;
    private static final Charset UTF_32LE = Charset.forName("UTF-32LE");
    private static final Charset UTF_32BE = Charset.forName("UTF-32BE");
    /** A sample of fewer bytes tells nothing without a mark. */
    private static final int SMALLEST = 4;
    /** East Asian characters that tell something. */
    private static final int FEWEST = 16;

    private Encoding() {}

    /** The encoding form of a text that begins with these bytes. */
    static Charset of(byte... head) {
        if (begins(head, 0xFF, 0xFE, 0, 0)) {
            return UTF_32LE;
        }
        if (begins(head, 0, 0, 0xFE, 0xFF)) {
            return UTF_32BE;
        }
        if (begins(head, 0xFF, 0xFE)) {
            return StandardCharsets.UTF_16LE;
        }
        if (begins(head, 0xFE, 0xFF)) {
            return StandardCharsets.UTF_16BE;
        }
        return head.length < SMALLEST ? StandardCharsets.UTF_8 : indexOfNul(head) >= 0 ? unmarked(head)
                : Utf8.decode(head, 0, wholeUtf8(head)).isPresent() ? StandardCharsets.UTF_8 : eastAsian(head);
    }

    /** Chinese and Japanese need neither a NUL nor a space in UTF-16. */
    private static Charset eastAsian(byte... head) {
        return List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE).stream().filter(order -> isEastAsian(head, order)).findFirst()
                .orElse(StandardCharsets.UTF_8);
    }

    /**
     * Whether nearly all units but those of ASCII are ideographs, kana and their punctuation. The older encodings of two bytes (Shift JIS,
     * GBK, Big5) can look so, but their second bytes begin at 40, while of UTF-16 a fourth of the lower ones are below.
     */
    private static boolean isEastAsian(byte[] head, Charset order) {
        String text = decode(head, order, 2);
        long eastAsian = text.chars().filter(c -> c >= 0x3000 && c <= 0x30FF || c >= 0x4E00 && c <= 0x9FFF || c >= 0xFF00 && c <= 0xFFEF)
                .count();
        long ascii = text.chars().filter(c -> c < 0x80).count();
        long low = text.chars().filter(c -> c >= 0x80 && (c & 0xFF) < 0x40).count();
        return eastAsian >= FEWEST && eastAsian * 20 >= (text.length() - ascii) * 19 && low * 16 >= eastAsian;
    }

    /** Whether the bytes begin so. */
    static boolean begins(byte[] head, int... with) {
        for (int i = 0; i < with.length; i++) {
            if (i >= head.length || with[i] != ANY && (head[i] & 0xFF) != with[i]) {
                return false;
            }
        }
        return true;
    }

    private static Charset unmarked(byte... head) {
        for (Charset wide : List.of(UTF_32LE, UTF_32BE)) {
            if (isText(head, wide, 4)) {
                return wide;
            }
        }
        return List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE).stream().filter(order -> isText(head, order, 2))
                .filter(order -> isUtf16(head, order)).max(Comparator.comparingLong(order -> spaces(head, order)))
                .orElseGet(() -> eastAsian(head));
    }

    /** Whether the units are characters that stand in texts; one of a hundred may be newer than this Java's Unicode. */
    private static boolean isText(byte[] head, Charset form, int unit) {
        String text = decode(head, form, unit);
        long odd = text.codePoints().filter(c -> !Character.isDefined(c) || c == Utf8.REPLACEMENT
                || Character.getType(c) == Character.PRIVATE_USE).count();
        return !text.isEmpty() && odd * 100 <= text.length()
                && text.codePoints().allMatch(c -> c >= ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f');
    }

    /**
     * Bytes that are also valid UTF-8, but for NULs, are UTF-16 only if nearly all high bytes are those of alphabets (Latin 00, Greek 03,
     * Cyrillic 04, ...): control characters, which no UTF-8 text has so many of. Others need spaces or line ends among them.
     */
    private static boolean isUtf16(byte[] head, Charset order) {
        if (!Utf8.decode(head, 0, wholeUtf8(head)).isPresent()) {
            return spaces(head, order) > 0;
        }
        int alphabet = 0;
        for (int i = order == StandardCharsets.UTF_16BE ? 0 : 1; i < head.length; i += 2) {
            alphabet += head[i] >= 0 && head[i] < ' ' ? 1 : 0;
        }
        return alphabet * 10L >= head.length / 2 * 9L;
    }

    private static long spaces(byte[] head, Charset order) {
        return decode(head, order, 2).chars().filter(c -> c == ' ' || c == '\n' || c == '\r' || c == '\t').count();
    }

    /** The text of the whole units, U+FFFD for what is malformed; a pair that the sample cuts is left out. */
    private static String decode(byte[] head, Charset form, int unit) {
        CharBuffer text = CharBuffer.allocate(head.length);
        form.newDecoder().onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE)
                .decode(ByteBuffer.wrap(head, 0, head.length / unit * unit), text, false);
        return text.flip().toString();
    }

    /** The length without a sequence that the sample cuts. */
    private static int wholeUtf8(byte... head) {
        int end = head.length;
        while (end > 0 && head.length - end < 3 && (head[end - 1] & 0xC0) == 0x80) {
            end--;
        }
        return end > 0 && (head[end - 1] & 0xC0) == 0xC0 ? end - 1 : head.length;
    }

    private static int indexOfNul(byte... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                return i;
            }
        }
        return -1;
    }

    /** The name of a form: "UTF-16 (little-endian)". */
    static String describe(Charset form) {
        return form.name().substring(0, form.name().length() - 2) + (form.name().endsWith("LE") ? " (little-endian)" : " (big-endian)");
    }
}
