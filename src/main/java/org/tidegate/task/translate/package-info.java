/**
 * Translation, sequence to sequence, with or without {@link org.tidegate.task.translate.Attention}.
 * {@link org.tidegate.task.translate.Translator} is trained on {@link org.tidegate.task.translate.SentencePair}s, and
 * {@link org.tidegate.task.translate.TranslatorAnswers} give {@link org.tidegate.task.translate.Translation}s by beam search.
 */
package org.tidegate.task.translate;
