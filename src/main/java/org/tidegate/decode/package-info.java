/**
 * Decoding: drawing the next token from a model's logits ({@link org.tidegate.decode.Sampling}), and searching for the most likely
 * sequence, token by token ({@link org.tidegate.decode.BeamSearch}), along the frames of a recording
 * ({@link org.tidegate.decode.CtcDecoder}) or over a chain of tags ({@link org.tidegate.decode.Viterbi}).
 */
package org.tidegate.decode;
