/**
 * From text to ids and back: strict UTF-8, words with ({@link org.tidegate.text.PunctuationTokenizer}) and without the marks inside
 * them, and the {@link org.tidegate.text.Vocabulary} over code points, words,
 * or tokens that are set apart already; and {@link org.tidegate.text.WordVectors} learned elsewhere.
 *
 * <p>Nothing here knows of models. A vocabulary is immutable, is shared freely between threads, and is written into the model file
 * as JSON, so that a model and the meaning of its ids never part.
 */
package org.tidegate.text;
