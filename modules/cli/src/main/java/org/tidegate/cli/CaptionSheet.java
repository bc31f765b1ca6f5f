package org.tidegate.cli;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.data.GreyImage;

/** A sheet of images with their captions below them: the first hundred. */
final class CaptionSheet {
    private static final int MOST = 100;
    private static final int COLUMNS = 10;
    private static final int MARGIN = 8;
    private static final int LINE = 18;
    private static final int SCALE = 3;
    private static final int WHITE = 255;
    private static final int GREY_TO_RGB = 0x010101;

    private CaptionSheet() {}

    /**
     * Writes the picture.
     *
     * @throws IOException if the file cannot be written
     */
    static void save(Path file, List<GreyImage> images, List<String> captions) throws IOException {
        int count = Math.min(MOST, images.size());
        int columns = Math.min(COLUMNS, count);
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        int width = SCALE * images.get(0).columns();
        for (String caption : captions.subList(0, count)) {
            width = Math.max(width, Pictures.width(font, caption));
        }
        width += 2 * MARGIN;
        int height = SCALE * images.get(0).rows() + LINE + 2 * MARGIN;
        BufferedImage sheet = new BufferedImage(width * columns, height * ((count - 1) / columns + 1), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setFont(font);
        graphics.setColor(Color.BLACK);
        for (int i = 0; i < count; i++) {
            int x = i % columns * width + MARGIN;
            int y = i / columns * height + MARGIN;
            GreyImage image = images.get(i);
            graphics.drawImage(ink(image), x, y, SCALE * image.columns(), SCALE * image.rows(), null);
            graphics.drawString(captions.get(i), x, y + SCALE * image.rows() + LINE);
        }
        graphics.dispose();
        Pictures.save(sheet, file);
    }

    /** Dark on white, as on paper. */
    private static BufferedImage ink(GreyImage image) {
        BufferedImage ink = new BufferedImage(image.columns(), image.rows(), BufferedImage.TYPE_INT_RGB);
        for (int row = 0; row < image.rows(); row++) {
            for (int column = 0; column < image.columns(); column++) {
                ink.setRGB(column, row, (WHITE - image.at(row, column)) * GREY_TO_RGB);
            }
        }
        return ink;
    }
}
