/** A voice detector beside ONNX Runtime: one network, read from a file of ONNX, in each form of use. */
package org.tidegate.bench.voice;
