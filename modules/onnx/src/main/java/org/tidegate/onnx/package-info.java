/**
 * Models of ONNX: a file that another tool exported becomes a {@link org.tidegate.Model}, its time and state given back, and a model of
 * Tidegate becomes a file of ONNX.
 */
package org.tidegate.onnx;
