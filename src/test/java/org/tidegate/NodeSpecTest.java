/* Nodes read from a spec and written to one. */
package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tidegate.Messages.assertMessage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NodeSpecTest {
    private static final Path CORPUS = Path.of(System.getProperty("tidegate.basedir", "."), "native/tests/fuzz/corpus");

    @Test
    void theNodesOfASpecMakeItAgain() throws IOException {
        int understood = 0;
        for (Path file : corpus()) {
            Model model;
            try {
                model = Model.of(Files.readString(file, StandardCharsets.ISO_8859_1), 1);
            } catch (TidegateException e) {
                continue; // written for the core to refuse
            }
            try (model; Model again = Model.of(model.nodes(), 1)) {
                assertEquals(model.spec(), model.nodes().stream().map(node -> node + "\n").collect(Collectors.joining()), file.toString());
                assertEquals(model.fingerprint(), again.fingerprint(), file.toString());
                understood++;
            }
        }
        assertTrue(understood >= 25, "only " + understood + " specs of the corpus were understood");
    }

    @Test
    void aNodeSaysWhatItsLineHas() {
        String spec = """
            x = input axis=t cols=3
            start = input axis=t cols=4 per=sequence
            h = recurrent x   h0=start size=4 cell=lstm layers=1   # the default is left out
            both = concat h.h_n h.c_n
            """;
        try (Model model = Model.of(spec, 1); FrozenModel frozen = model.freeze(Precision.FLOAT32)) {
            NodeSpec h = model.node("h");
            assertEquals("recurrent", h.op());
            assertEquals(List.of("x"), h.inputs());
            assertEquals(Map.of("h0", "start", "size", "4", "cell", "lstm"), h.attributes());
            assertEquals(Optional.of("lstm"), h.attribute("cell"));
            assertEquals(Optional.empty(), h.attribute("layers"));
            assertEquals("h = recurrent x h0=start size=4 cell=lstm", h.toString());
            assertEquals(List.of("h.h_n", "h.c_n"), model.node("both").inputs());
            assertEquals(List.of("x", "start", "h", "both"), model.nodes().stream().map(NodeSpec::name).toList());
            assertEquals(model.nodes(), frozen.nodes());
            assertMessage("no node 'y'; it has x, start, h, both", () -> model.node("y"));
        }
    }

    @Test
    void aModelIsBuiltOfChangedNodes() {
        try (Model model = Model.of(Networks.CURVE, 1)) {
            List<NodeSpec> nodes = model.nodes().stream().map(node -> node.name().equals("h")
                ? node.with("size", "9").with("layers", "2") : node.without("gradient", "bias")).toList();
            try (Model changed = Model.of(nodes, 1)) {
                assertEquals(Networks.CURVE.replace("size=5", "size=9 layers=2").replace(" gradient=true", ""), changed.spec());
                assertEquals(9, changed.value("h").columns());
            }
            assertEquals("h = recurrent x cell=gru size=5", model.node("h").toString());
        }
    }

    @Test
    void whatCannotStandInASpecIsRefused() {
        NodeSpec node = new NodeSpec("y", "linear", List.of("h.h_n"), Map.of("cols", "2"));
        assertEquals("y = linear h.h_n cols=2", node.toString());
        assertMessage("'1st' is no name", () -> new NodeSpec("1st", "linear", List.of(), Map.of()));
        assertMessage("'a b' is no op of node 'y'", () -> new NodeSpec("y", "a b", List.of(), Map.of()));
        assertMessage("'h.' is no input of node 'y'", () -> new NodeSpec("y", "linear", List.of("h."), Map.of()));
        assertMessage("'2\n' cannot be the value of cols", () -> node.with("cols", "2\n"));
        assertMessage("'c=s' is no name of an attribute", () -> node.with("c=s", "2"));
        assertThrows(UnsupportedOperationException.class, () -> node.attributes().clear());
    }

    private static List<Path> corpus() throws IOException {
        try (Stream<Path> files = Files.list(CORPUS)) {
            return files.sorted().toList();
        }
    }
}
