/* Pictures in requests. */
package org.tidegate.server.task;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.tidegate.data.GreyImage;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

/**
 * Picture files, PNG, JPEG, GIF or BMP, as grey images: those of grey as they are, colours by their brightness (ITU-R BT.601), what is
 * transparent as the background, which is black.
 */
final class Pictures {
    private static final int OPAQUE = 255;

    private Pictures() {}

    /**
     * The image of a file.
     *
     * @param file its bytes
     * @param name of the image, for messages
     * @param rows the most that it may have
     * @param columns the most that it may have
     * @throws ProtocolException if it is too large or no picture
     */
    static GreyImage read(byte[] file, String name, int rows, int columns) {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw ProtocolException.invalid(name + " is no picture that can be read; expected the bytes of a PNG or JPEG file");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                if (reader.getHeight(0) > rows || reader.getWidth(0) > columns) { // known before memory is taken for it
                    throw ProtocolException.invalid(name + " has " + reader.getHeight(0) + " x " + reader.getWidth(0)
                            + " pixels; this model takes at most " + rows + " x " + columns);
                }
                return grey(reader.read(0));
            } finally {
                reader.dispose();
            }
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // readers fail with any of them
            throw ProtocolException.invalid(name + " is damaged, or of a kind of its format that is not read; save it as PNG");
        } catch (LinkageError e) { // JPEG is read by a library of the system
            throw new ProtocolException(Status.UNIMPLEMENTED, name + " is of a format that this server's Java cannot read; save it as PNG");
        }
    }

    private static GreyImage grey(BufferedImage image) {
        int rows = image.getHeight();
        int columns = image.getWidth();
        byte[] pixels = new byte[rows * columns];
        boolean plain = image.getType() == BufferedImage.TYPE_BYTE_GRAY;
        for (int i = 0; i < pixels.length; i++) {
            int row = i / columns;
            int column = i % columns;
            pixels[i] = (byte) (plain ? image.getRaster().getSample(column, row, 0) : brightness(image.getRGB(column, row)));
        }
        return new GreyImage(rows, columns, pixels);
    }

    private static int brightness(int argb) {
        int red = argb >> 16 & 0xff;
        int green = argb >> 8 & 0xff;
        int blue = argb & 0xff;
        return (int) Math.round((0.299 * red + 0.587 * green + 0.114 * blue) * (argb >>> 24) / OPAQUE);
    }
}
