/* Whose pages may change anything. */
package org.tidegate.server.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class OriginRouteTest {
    @Test
    void anOriginIsOfItsHostAndPort() {
        for (String[] same : new String[][] {{"http://localhost:8080", "localhost:8080"}, {"https://a.example", "A.example"},
            {"https://a.example", "a.example:443"}, {"http://a.example", "a.example:80"}, {"http://[::1]:8080", "[::1]:8080"}}) {
            assertTrue(OriginRoute.isOf(same[0], same[1]), same[0]);
        }
        for (String other : List.of("null", "", "http://", "http://localhost", "http://localhost:8081", "http://localhost:80800",
                "http://evil.example:8080", "http://localhost:8080.evil.example", "http://evil.example/localhost:8080", "localhost:8080")) {
            assertFalse(OriginRoute.isOf(other, "localhost:8080"), other);
        }
        assertFalse(OriginRoute.isOf("http://localhost:8080", null));
        assertFalse(OriginRoute.isOf("https://a.example", "a.example:80"));
    }
}
