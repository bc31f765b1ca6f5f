package org.tidegate.cli;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.tidegate.audio.Audio;
import org.tidegate.audio.LogMel;
import org.tidegate.task.transcribe.Transcription;

/**
 * A recording's log-mel features over time, dark where it is loud, and above them the letters at their times.
 */
final class SpectrogramChart {
    private static final Color QUIET = Color.WHITE;
    private static final Color LOUD = new Color(0x1B, 0x4F, 0x7A);
    private static final Color LETTER = new Color(0xC0, 0x50, 0x2E);
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 70;
    private static final int BOTTOM = 50;
    private static final int BAND = 8;
    private static final int WIDEST = 4000;
    /** The distance of two labels of the time, at least. */
    private static final int LABEL = 40;

    private SpectrogramChart() {}

    /**
     * Writes the picture (PNG).
     *
     * @throws IOException if the file cannot be written
     */
    static void save(Path file, String title, LogMel logMel, Audio audio, Transcription heard) throws IOException {
        float[] features = logMel.of(audio.at(logMel.rate()).samples());
        int mels = logMel.mels();
        int frames = features.length / mels;
        int every = (frames - 1) / WIDEST + 1; // of a long recording not every frame has a pixel
        int drawn = (frames - 1) / every + 1;
        int frameWidth = Math.min(8, WIDEST / drawn);
        BufferedImage image = new BufferedImage(LEFT + drawn * frameWidth + RIGHT, TOP + mels * BAND + BOTTOM,
                BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        pen.setColor(QUIET);
        pen.fillRect(0, 0, image.getWidth(), image.getHeight());
        float least = least(features);
        float most = most(features);
        for (int frame = 0; frame < drawn; frame++) {
            for (int m = 0; m < mels; m++) {
                pen.setColor(shade((features[frame * every * mels + m] - least) / Math.max(1e-6f, most - least)));
                pen.fillRect(LEFT + frame * frameWidth, TOP + (mels - 1 - m) * BAND, frameWidth, BAND);
            }
        }
        double pixelsPerSecond = frameWidth * (double) logMel.rate() / ((double) logMel.hop() * every);
        letters(pen, heard, pixelsPerSecond, mels * BAND);
        axes(pen, title, logMel, drawn * frameWidth, pixelsPerSecond);
        pen.dispose();
        Pictures.save(image, file);
    }

    private static void letters(Graphics2D pen, Transcription heard, double pixelsPerSecond, int height) {
        pen.setColor(LETTER);
        pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
        int[] letters = heard.text().codePoints().toArray();
        List<Double> seconds = heard.seconds();
        for (int i = 0; i < letters.length; i++) {
            int x = LEFT + (int) Math.round(seconds.get(i) * pixelsPerSecond);
            // A space is transcribed as well, and would be invisible.
            String letter = letters[i] == ' ' ? "\u2423" : Printable.of(Character.toString(letters[i]));
            pen.drawString(letter, x - pen.getFontMetrics().stringWidth(letter) / 2, TOP - 10);
            pen.drawLine(x, TOP - 6, x, TOP + height);
        }
    }

    private static void axes(Graphics2D pen, String title, LogMel logMel, int width, double pixelsPerSecond) {
        int bottom = TOP + logMel.mels() * BAND;
        pen.setColor(Color.BLACK);
        pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
        pen.drawString(Printable.of(title), LEFT, 24);
        pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
        double step = pixelsPerSecond > 200 ? 0.1 : Math.max(1, Math.ceil(LABEL / pixelsPerSecond));
        for (int i = 0; i * step * pixelsPerSecond <= width; i++) {
            int x = LEFT + (int) Math.round(i * step * pixelsPerSecond);
            pen.drawLine(x, bottom, x, bottom + 4);
            pen.drawString(String.format(Locale.ROOT, "%.1f", i * step), x - 8, bottom + 18);
        }
        pen.drawString("seconds", LEFT, bottom + 36);
        double top = logMel.scale().mel(logMel.rate() / 2.0);
        for (int i = 0; i <= 4; i++) {
            int y = bottom - (int) Math.round(i / 4.0 * (bottom - TOP));
            pen.drawLine(LEFT - 4, y, LEFT, y);
            pen.drawString(String.format(Locale.ROOT, "%.0f Hz", logMel.scale().hertz(top * i / 4)), 8, y + 4);
        }
    }

    private static Color shade(float part) {
        return new Color(mix(QUIET.getRed(), LOUD.getRed(), part), mix(QUIET.getGreen(), LOUD.getGreen(), part),
                mix(QUIET.getBlue(), LOUD.getBlue(), part));
    }

    private static int mix(int from, int to, float part) {
        return Math.round(from + (to - from) * part);
    }

    private static float least(float... values) {
        float least = values[0];
        for (float value : values) {
            least = Math.min(least, value);
        }
        return least;
    }

    private static float most(float... values) {
        float most = values[0];
        for (float value : values) {
            most = Math.max(most, value);
        }
        return most;
    }
}
