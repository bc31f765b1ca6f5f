/**
 * Recurrent neural networks trained and served on the CPU: the whole daily API.
 *
 * <p>A {@link org.tidegate.Model} is a static graph of layers, written as text (the spec) or built with
 * {@link org.tidegate.ModelBuilder}, and its parameters. A {@link org.tidegate.Session} runs it over {@link org.tidegate.Batch}es and
 * owns the activations, the gradients and the recurrent state; an {@link org.tidegate.Optimizer} trains it. A
 * {@link org.tidegate.FrozenModel} is the form of a model that serves: immutable, packed, shared by threads, run step by step where
 * answers are awaited one row at a time. {@link org.tidegate.Model#save} and {@link org.tidegate.Model#load} keep a model in a file.
 *
 * <p><b>Shapes.</b> T steps, N sequences, C columns of an input, H hidden size, V vocabulary. Arrays are row-major, the last dimension
 * is the fastest. The sequences of an axis may differ in length; their steps are stored as packed rows without padding, see
 * {@link org.tidegate.Batch}. R is the number of packed rows, the sum of all lengths.
 *
 * <p><b>Lifetimes.</b> Models, sessions and optimizers hold native memory: close them. Closing twice is harmless; using one after it
 * was closed, or a session or an optimizer from two threads at once, is an {@link java.lang.IllegalStateException}. They may be closed in
 * any order: a model's memory lives until its last session and optimizer is closed. What is forgotten is freed when it is
 * collected.
 *
 * <p><b>Errors.</b> A wrong argument is an {@link java.lang.IllegalArgumentException}, a call at the wrong time an
 * {@link java.lang.IllegalStateException}, everything else that goes wrong natively a {@link org.tidegate.TidegateException}. After a
 * failed call the object stays usable.
 *
 * <p>This package is the only one that calls {@code internal}, which is not part of the API.
 */
package org.tidegate;
