package org.tidegate.task.caption;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tidegate.data.GreyImage;

/**
 * Makes images of several others side by side, with their captions one after another.
 *
 * @param least the minimum number of images
 * @param most the maximum number of images
 */
public record SideBySide(int least, int most) {
    /** Every image alone. */
    public static final SideBySide ALONE = new SideBySide(1, 1);
    private static final int MOST = 1024;

    /**
     * Checks the numbers.
     *
     * @param least the minimum number of images
     * @param most the maximum number of images
     * @throws IllegalArgumentException if the minimum is not positive, or greater than the maximum, or that more than 1024
     */
    public SideBySide {
        if (least < 1 || most < least || most > MOST) {
            throw new IllegalArgumentException(least + " to " + most + " images side by side; expected 1 to " + MOST
                    + ", and at most not fewer than at least");
        }
    }

    /**
     * Draws images, and how many, and puts them side by side. The same seed gives the same.
     *
     * @param images to draw from, with repetition
     * @param count the number of images to make
     * @param seed the seed
     * @return the images
     * @throws IllegalArgumentException if there are no images, or their heights differ
     */
    public List<CaptionedImage> of(List<CaptionedImage> images, int count, long seed) {
        if (images.isEmpty()) {
            throw new IllegalArgumentException("there are no images to put side by side");
        }
        SplittableRandom random = new SplittableRandom(seed);
        List<CaptionedImage> made = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            List<CaptionedImage> drawn = Stream.generate(() -> images.get(random.nextInt(images.size())))
                    .limit(random.nextInt(least, most + 1)).toList();
            made.add(new CaptionedImage(GreyImage.beside(drawn.stream().map(CaptionedImage::image).toArray(GreyImage[]::new)),
                    drawn.stream().map(CaptionedImage::caption).collect(Collectors.joining(" "))));
        }
        return made;
    }

    /** {@code 2-3}, or {@code 2} where both numbers are the same. */
    @Override
    public String toString() {
        return least == most ? Integer.toString(least) : least + "-" + most;
    }
}
