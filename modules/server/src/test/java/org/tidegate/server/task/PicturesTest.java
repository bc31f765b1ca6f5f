/* Pictures that are damaged. */
package org.tidegate.server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
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
}
