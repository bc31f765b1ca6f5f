/**
 * Experiments with recurrent networks, over the library's public API: what {@code tidegate compare} and {@code tidegate inspect} show.
 *
 * <ul>
 * <li>{@link org.tidegate.study.MemoryTrial}: which cells solve a {@link org.tidegate.study.MemoryProblem}, that is remember something for
 *     many steps.
 * <li>{@link org.tidegate.study.GradientFlow}: how far back the gradients reach, through an {@link org.tidegate.study.UntrainedLayer} or a
 *     layer of a model, over {@link org.tidegate.study.LayerInputs}.
 * <li>{@link org.tidegate.study.LanguageModelComparison}: what a recurrent language model is worth beside counting, an
 *     {@link org.tidegate.study.NGramModel}, and beside a {@link org.tidegate.study.WindowLanguageModel}, which is a task of its own.
 * </ul>
 */
package org.tidegate.study;
