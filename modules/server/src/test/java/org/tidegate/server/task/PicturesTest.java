/* Pictures that are damaged, or of a format that cannot be read. */
package org.tidegate.server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tidegate.data.GreyImage;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

class PicturesTest {
    private static final int TIMES = 3000;

    private static byte[] file(String format, int type) throws Exception {
        BufferedImage image = new BufferedImage(4, 3, type);
        for (int i = 0; i < 12; i++) {
            image.setRGB(i % 4, i / 4, 0xFF000000 | i * 0x151515);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, format, bytes));
        return bytes.toByteArray();
    }

    /** Each is read, or the client hears that it is wrong; nothing else leaves the reader. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "gif", "bmp", "jpeg"})
    void filesWithWrongBytesAreReadOrRefused(String format) throws Exception {
        Random random = new Random(1);
        int refused = 0;
        for (int type : new int[] {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_BYTE_INDEXED}) {
            byte[] whole = file(format, type);
            assertEquals(4, Pictures.read(whole, "image", 3, 4).columns());
            for (int i = 0; i < TIMES; i++) {
                byte[] damaged = random.nextInt(4) > 0 ? whole.clone() : Arrays.copyOf(whole, random.nextInt(whole.length));
                for (int n = 1 + random.nextInt(3); n > 0 && damaged.length > 8; n--) {
                    damaged[8 + random.nextInt(damaged.length - 8)] = (byte) random.nextInt(256);
                }
                try {
                    GreyImage image = Pictures.read(damaged, "image", 3, 4);
                    assertTrue(image.rows() <= 3 && image.columns() <= 4);
                } catch (ProtocolException e) {
                    assertEquals(Status.INVALID_ARGUMENT, e.status());
                    refused++;
                }
            }
        }
        assertTrue(refused > TIMES / 10, refused + " were refused");
    }

    /** Of a format whose library is missing. */
    private static final class Unlinked extends ImageReaderSpi {
        private static final byte[] FILE = "no library".getBytes(StandardCharsets.US_ASCII);

        @Override
        public boolean canDecodeInput(Object source) throws IOException {
            ImageInputStream in = (ImageInputStream) source;
            byte[] head = new byte[FILE.length];
            in.mark();
            int read = in.read(head);
            in.reset();
            return read == FILE.length && Arrays.equals(head, FILE);
        }

        @Override
        public ImageReader createReaderInstance(Object extension) {
            throw new UnsatisfiedLinkError("/opt/runtime/lib/libjavajpeg.so: libjpeg.so.62: cannot open shared object file");
        }

        @Override
        public String getDescription(Locale locale) {
            return "unlinked";
        }
    }

    @Test
    void whereTheLibraryOfAFormatIsMissingTheClientHearsWhichOneIsRead() {
        Unlinked unlinked = new Unlinked();
        IIORegistry.getDefaultInstance().registerServiceProvider(unlinked);
        try {
            ProtocolException failure = assertThrows(ProtocolException.class, () -> Pictures.read(Unlinked.FILE, "image", 3, 4));
            assertEquals(Status.UNIMPLEMENTED, failure.status());
            assertEquals("image is of a format that this server's Java cannot read; save it as PNG", failure.getMessage());
        } finally {
            IIORegistry.getDefaultInstance().deregisterServiceProvider(unlinked);
        }
    }
}
