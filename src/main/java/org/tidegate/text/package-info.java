/**
 * Files of text ({@link org.tidegate.text.InputFile}), strict UTF-8 ({@link org.tidegate.text.Utf8}), segments and normal forms by one
 * version of Unicode ({@link org.tidegate.text.Unicode}), words ({@link org.tidegate.text.WordTokenizer}), the
 * {@link org.tidegate.text.Vocabulary} of code points, words or tokens, and pretrained {@link org.tidegate.text.WordVectors}.
 *
 * <p>A vocabulary is immutable, may be shared by threads, and is stored in the model file as JSON.
 */
package org.tidegate.text;
