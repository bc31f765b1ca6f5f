/**
 * Sequence labelling: a tag for every word of a sentence. {@link org.tidegate.task.tag.Tagger} is trained on
 * {@link org.tidegate.task.tag.TaggedSentence}s, and {@link org.tidegate.task.tag.TaggerAnswers} tag sentences, with a CRF by Viterbi.
 */
package org.tidegate.task.tag;
