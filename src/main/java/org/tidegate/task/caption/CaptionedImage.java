package org.tidegate.task.caption;

import java.util.Objects;
import org.tidegate.data.GreyImage;

/**
 * An image and its caption.
 *
 * @param image the image
 * @param caption its words, separated by spaces
 */
public record CaptionedImage(GreyImage image, String caption) {

    /**
     * Checks that neither is missing.
     *
     * @param image the image
     * @param caption its words, separated by spaces
     * @throws IllegalArgumentException if the caption has no word
     */
    public CaptionedImage {
        Objects.requireNonNull(image, "image");
        if (caption.isBlank()) {
            throw new IllegalArgumentException("an image has an empty caption; expected words");
        }
    }
}
