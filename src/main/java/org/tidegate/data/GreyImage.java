package org.tidegate.data;

import java.util.Arrays;

/**
 * A grey image.
 *
 * @param rows the height
 * @param columns the width
 * @param pixels {@code [rows*columns]}, bytes from 0 (background) to 255 as Java's signed ones; not copied
 */
public record GreyImage(int rows, int columns, byte[] pixels) {

    /**
     * An image.
     *
     * @param rows the height
     * @param columns the width
     * @param pixels of the image, row-major
     * @throws IllegalArgumentException if a size is not positive, or the number of pixels is not rows × columns
     */
    public GreyImage {
        if (rows < 1 || columns < 1 || (long) rows * columns != pixels.length) {
            throw new IllegalArgumentException("an image of " + rows + " x " + columns + " pixels was given " + pixels.length
                    + " of them");
        }
    }

    /**
     * {@return the brightness of a pixel, 0 to 255; 0 outside the image}
     *
     * @param row from 0 at the top
     * @param column from 0 at the left
     */
    public int at(int row, int column) {
        boolean inside = row >= 0 && row < rows && column >= 0 && column < columns;
        return inside ? Byte.toUnsignedInt(pixels[row * columns + column]) : 0;
    }

    /**
     * {@return the images side by side, in one image}
     *
     * @param images of one height, at least one
     * @throws IllegalArgumentException if there is none, or their heights differ
     */
    public static GreyImage beside(GreyImage... images) {
        int columns = Arrays.stream(images).mapToInt(GreyImage::columns).sum();
        int rows = images.length == 0 ? 0 : images[0].rows();
        byte[] pixels = new byte[rows * columns];
        int at = 0;
        for (GreyImage image : images) {
            if (image.rows() != rows) {
                throw new IllegalArgumentException("images of " + rows + " and " + image.rows() + " rows cannot stand side by side");
            }
            for (int row = 0; row < rows; row++) {
                System.arraycopy(image.pixels(), row * image.columns(), pixels, row * columns + at, image.columns());
            }
            at += image.columns();
        }
        return new GreyImage(rows, columns, pixels);
    }

    /** Whether the other has the same sizes and pixels. */
    @Override
    public boolean equals(Object other) {
        return other instanceof GreyImage that && rows == that.rows && columns == that.columns && Arrays.equals(pixels, that.pixels);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(pixels) * 31 + columns;
    }

    /** The sizes. */
    @Override
    public String toString() {
        return rows + " x " + columns + " pixels";
    }
}
