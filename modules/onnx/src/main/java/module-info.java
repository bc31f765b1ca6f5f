/** Models of ONNX as Tidegate's, and the other way round. */
module org.tidegate.onnx {
    requires transitive org.tidegate;
    requires com.google.protobuf;
    requires org.tribuo.util.onnx;

    exports org.tidegate.onnx;

    provides org.tidegate.task.TaskFormat with org.tidegate.onnx.OnnxFormat;
}
