/* By which names the server may be called. */
package org.tidegate.server.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostsTest {
    private static final List<String> OWN = List.of("localhost", "localhost:8080", "LocalHost:1", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8080");
    private static final List<String> OTHERS = List.of("evil.example", "evil.example:8080", "localhost.", "xlocalhost", "localhost.evil.example",
            "127.0.0.10", "::1", "[::1].evil.example", "", ":8080");

    private static void check(Hosts hosts, List<String> accepted, List<String> refused) {
        accepted.forEach(each -> assertTrue(hosts.accept(each), each));
        refused.forEach(each -> assertFalse(hosts.accept(each), each));
    }

    @Test
    void aServerOfThisMachineAloneIsCalledByItsNames() {
        for (String address : List.of("localhost", "127.0.0.1", "::1")) {
            check(new Hosts(new InetSocketAddress(address, 8080), List.of()), OWN, OTHERS);
        }
        check(new Hosts(new InetSocketAddress("127.0.0.2", 8080), List.of()), List.of("127.0.0.2:8080", "localhost"), List.of("127.0.0.3"));
    }

    @Test
    void namesThatAreGivenAreItsOwn() {
        Hosts hosts = new Hosts(new InetSocketAddress("127.0.0.1", 8080), List.of("Models.example", "fd00::7"));
        check(hosts, OWN, OTHERS);
        check(hosts, List.of("models.example", "MODELS.example:443", "[fd00::7]:8080"), List.of("a.models.example", "[fd00::8]"));
    }

    @Test
    void aServerOfAllAddressesIsCalledByAnyUnlessNamesAreGiven() {
        InetSocketAddress all = new InetSocketAddress("0.0.0.0", 8080);
        check(new Hosts(all, List.of()), OTHERS, List.of());
        check(new Hosts(all, List.of("models.example")), List.of("models.example:8080", "localhost"), OTHERS);
    }

    @Test
    void programsThatSayNoHostAreAnswered() {
        assertTrue(new Hosts(new InetSocketAddress("127.0.0.1", 8080), List.of()).accept(null));
    }
}
