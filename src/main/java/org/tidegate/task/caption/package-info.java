/**
 * Image captioning: words for an image. {@link org.tidegate.task.caption.Captioner} is trained on
 * {@link org.tidegate.task.caption.CaptionedImage}s, which {@link org.tidegate.task.caption.CaptionFiles} read, and
 * {@link org.tidegate.task.caption.CaptionerAnswers} give captions by beam search.
 */
package org.tidegate.task.caption;
