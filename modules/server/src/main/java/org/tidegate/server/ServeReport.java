/* What `tidegate serve` shows when it has started. */
package org.tidegate.server;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.ModelMetadata;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;

/** A table of the models, and how to ask one. */
final class ServeReport {
    private static final List<String> HEAD = List.of("model", "version", "task", "precision", "memory");

    private ServeReport() {}

    /** Prints the table. */
    static void models(PrintWriter out, List<ServedModel> models) {
        List<List<String>> rows = new ArrayList<>(List.of(HEAD));
        for (ServedModel model : models) {
            ModelMetadata metadata = model.metadata(List.of());
            rows.add(List.of(model.name(), model.version(), metadata.properties().getOrDefault("task", "network"),
                    metadata.properties().getOrDefault("precision", ""), memory(model.bytes())));
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < HEAD.size(); column++) {
                int at = column;
                int width = rows.stream().mapToInt(each -> each.get(at).length()).max().orElse(0);
                boolean number = column == HEAD.size() - 1;
                line.append(String.format(number ? "%" + width + "s" : "%-" + width + "s", row.get(column))).append("  ");
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static String memory(long bytes) {
        double kibibytes = bytes / 1024.0;
        return kibibytes < 1024 ? String.format(Locale.ROOT, "%.1f KiB", kibibytes) : String.format(Locale.ROOT, "%.1f MiB", kibibytes / 1024);
    }

    /** Prints how a model is asked: one that takes texts if there is one, for its request is short. */
    static void example(PrintWriter out, List<ServedModel> models, String address) {
        if (models.isEmpty()) {
            out.println("no model is served; curl -X POST " + address + "/v2/repository/index tells why");
            return;
        }
        ServedModel model = models.stream().filter(each -> text(each) != null).findFirst().orElse(models.get(0));
        String path = address + "/v2/models/" + model.name();
        out.println("try  curl " + path);
        TensorMetadata text = text(model);
        if (text != null) {
            out.println("     curl " + path + "/infer -d '{\"inputs\":[{\"name\":\"" + text.name()
                    + "\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"a fine film\"]}]}'");
        }
    }

    private static TensorMetadata text(ServedModel model) {
        List<TensorMetadata> inputs = model.metadata(List.of()).inputs();
        return inputs.size() == 1 && inputs.get(0).datatype() == Datatype.BYTES && inputs.get(0).shape().size() == 1 ? inputs.get(0) : null;
    }
}
