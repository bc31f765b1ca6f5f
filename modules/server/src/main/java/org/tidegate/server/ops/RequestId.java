/* By what a request is found in logs. */
package org.tidegate.server.ops;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** Ids of requests: the client's where it is fit to be repeated, else one of our own. */
public final class RequestId {
    /** The header, in HTTP and in gRPC. */
    public static final String HEADER = "X-Request-Id";

    private static final Pattern FIT = Pattern.compile("[A-Za-z0-9._:/+=@~-]{1,128}");
    private static final String PROCESS = UUID.randomUUID().toString().substring(0, 18); // 64 bits
    private static final AtomicLong NEXT = new AtomicLong(1);

    private RequestId() {}

    /**
     * {@return the id of a request}
     *
     * @param given the client's, null for none; one that is longer than 128 characters, or has others than {@code A-Z a-z 0-9 . _ : / + = @ ~ -},
     *     is replaced
     */
    public static String of(String given) {
        return given != null && FIT.matcher(given).matches() ? given : PROCESS + "-" + Long.toHexString(NEXT.getAndIncrement());
    }
}
