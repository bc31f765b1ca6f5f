/**
 * A network becomes a graph of ONNX. {@link org.tidegate.onnx.export.Written} goes through the nodes that the outputs need, in their order;
 * each is written by its line of a room of operators. Values per step are [batch, time, columns] there, values per sequence
 * [batch, columns], ids the same without columns.
 */
package org.tidegate.onnx.export;
