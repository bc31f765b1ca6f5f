/** The files of ONNX: protobuf messages and tensors, of which nothing is believed before it is checked. */
package org.tidegate.onnx.file;
