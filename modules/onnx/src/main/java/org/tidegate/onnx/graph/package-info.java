/**
 * A graph of ONNX becomes a network. A walk goes through the nodes in order ({@link org.tidegate.onnx.graph.Lowered} begins it): what is known
 * is computed, what only moves elements is kept in mind, the rest becomes lines of a spec. Which dimensions of the inputs are batch, time and
 * columns is learned from the operators on the way; a walk that learns something begins again.
 */
package org.tidegate.onnx.graph;
