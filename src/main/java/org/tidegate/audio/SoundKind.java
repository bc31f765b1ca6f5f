package org.tidegate.audio;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Kinds of files that are no WAV file, by how they begin: to name what was found where it cannot be read.
 *
 * @param name the kind, for people
 * @param at where the mark stands
 * @param mark the bytes, one a character
 */
record SoundKind(String name, int at, String mark) {
    static final String CONVERT = ". Convert it first: ffmpeg -i INPUT -ac 1 -c:a pcm_s16le OUTPUT.wav";
    private static final String TAG = "ID3";
    private static final int TAG_HEADER = 10;

    private static final List<SoundKind> KINDS = List.of(new SoundKind("FLAC", 0, "fLaC"), new SoundKind("MP3 (an ID3 tag)", 0, TAG),
            new SoundKind("MP3", 0, "\u00FF\u00FB"), new SoundKind("MP3", 0, "\u00FF\u00F3"), new SoundKind("MP3", 0, "\u00FF\u00F2"),
            new SoundKind("AAC", 0, "\u00FF\u00F1"), new SoundKind("AAC", 0, "\u00FF\u00F9"),
            new SoundKind("Ogg (Vorbis, Opus, Speex)", 0, "OggS"), new SoundKind("M4A or MP4", 4, "ftyp"),
            new SoundKind("AIFF", 8, "AIF"), new SoundKind("AU", 0, ".snd"),
            new SoundKind("Core Audio", 0, "caff"), new SoundKind("AMR", 0, "#!AMR"), new SoundKind("NIST SPHERE", 0, "NIST_1A"),
            new SoundKind("WavPack", 0, "wvpk"), new SoundKind("Matroska or WebM", 0, "\u001A\u0045\u00DF\u00A3"),
            new SoundKind("Windows Media", 0, "\u0030\u0026\u00B2\u0075"), new SoundKind("AVI", 8, "AVI "));

    /** Whether a file begins with an ID3v2 tag, whose header is there. */
    static boolean isTag(byte... first) {
        return first.length >= TAG_HEADER && text(first, 0, TAG.length()).equals(TAG);
    }

    /** Why a file that begins so cannot be read, and what to do. */
    static IllegalArgumentException refusal(String name, byte... first) {
        if (first.length < 12) {
            return new IllegalArgumentException(name + " is no WAV file: it has only " + first.length + " bytes" + CONVERT);
        }
        String kind = KINDS.stream().filter(some -> text(first, some.at, some.at + some.mark.length()).equals(some.mark)).findFirst()
                .map(SoundKind::name).orElse("");
        return new IllegalArgumentException(name + " is no WAV file: it begins with " + printable(text(first, 0, 4)) + ", "
                + printable(text(first, 8, 12)) + " in place of \"RIFF\", \"WAVE\""
                + (kind.isEmpty() ? "" : ", as files of " + kind + " do") + CONVERT);
    }

    static String printable(String id) {
        return "\"" + id.replaceAll("[^ -~]", "?") + "\"";
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
