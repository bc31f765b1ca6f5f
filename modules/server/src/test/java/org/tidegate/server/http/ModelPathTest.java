/* Paths, and the models that they name. */
package org.tidegate.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tidegate.server.protocol.ProtocolException;

class ModelPathTest {
    @Test
    void aPathNamesAModelAVersionOfItAndWhatIsAskedOfIt() {
        Map<String, ModelPath> expected = Map.of("/v2/models/a", new ModelPath("a", "", ""),
                "/v2/models/a/", new ModelPath("a", "", ""),
                "/v2/models/a/infer", new ModelPath("a", "", "infer"),
                "/v2/models/a%2Fb+c/trace/setting", new ModelPath("a/b+c", "", "trace/setting"),
                "/v2/models/a/versions", new ModelPath("a", "", "versions"),
                "/v2/models/a/versions/2", new ModelPath("a", "2", ""),
                "/v2/models/a/versions/2/infer", new ModelPath("a", "2", "infer"),
                "/v2/models/versions/versions/versions/versions", new ModelPath("versions", "versions", "versions"),
                "/v2/models//infer", new ModelPath("", "", "infer"));
        expected.forEach((path, model) -> assertEquals(model, ModelPath.of(ModelPath.parts(path)), path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "//", "/v2", "/v2/models", "/v2/models/", "/v1/models/a", "/v2/repository/models/a", "/V2/models/a"})
    void otherPathsNameNone(String path) {
        assertNull(ModelPath.of(ModelPath.parts(path)));
    }

    @Test
    void aPathHasAtLeastOnePartAndNoneThatIsEmptyAtItsEnd() {
        assertEquals(List.of(""), ModelPath.parts("/"));
        assertEquals(List.of(""), ModelPath.parts("///"));
        assertEquals(List.of("", "a", "", "b"), ModelPath.parts("//a//b//"));
    }

    /** The JDK's URI writes them; characters that combine it would put together. */
    @Test
    void whateverTheirCharactersPartsComeBack() throws Exception {
        Random random = new Random(3);
        for (int i = 0; i < 2000; i++) {
            List<String> parts = new ArrayList<>();
            for (int k = 0; k <= random.nextInt(6); k++) {
                parts.add(random.ints(1 + random.nextInt(5), 33, random.nextBoolean() ? 127 : 0x300).filter(each -> each != '/')
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).append('.').toString());
            }
            String path = new URI("http", "a", "/" + String.join("/", parts), null).toASCIIString().substring("http://a".length());
            assertEquals(parts, ModelPath.parts(path), path);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/a/%4", "/%zz/b", "/v2/models/%-1"})
    void aMalformedPathIsRefused(String path) {
        assertThrows(ProtocolException.class, () -> ModelPath.parts(path));
    }
}
