/* Bodies for which there is no memory. */
package org.tidegate.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.io.Content;
import org.junit.jupiter.api.Test;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.protocol.ProtocolException;

class BodyTest {
    /** A piece that nobody can hold. */
    private static final class Heavy implements Content.Chunk {
        private int released;

        @Override
        public ByteBuffer getByteBuffer() {
            return ByteBuffer.allocate(4);
        }

        @Override
        public boolean isLast() {
            return true;
        }

        @Override
        public int get(byte[] bytes, int offset, int length) {
            throw new OutOfMemoryError("for the test");
        }

        @Override
        public boolean release() {
            released++;
            return true;
        }
    }

    private record One(Content.Chunk chunk) implements Content.Source {
        @Override
        public Content.Chunk read() {
            return chunk;
        }

        @Override
        public void demand(Runnable demandCallback) {
            throw new IllegalStateException("there is one piece");
        }

        @Override
        public void fail(Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void aPieceThatFitsNoMemoryIsToldAndGivenBack() {
        for (long most : new long[] {10, 3}) {
            Heavy chunk = new Heavy();
            List<Throwable> told = new ArrayList<>();
            new Body(new One(chunk), new Pieces(most, new Inflight(100).share()), (body, failure) -> {
                assertNull(body);
                told.add(failure);
            }).run();
            assertEquals(1, told.size());
            assertEquals(most == 10 ? OutOfMemoryError.class : ProtocolException.class, told.get(0).getClass());
            assertEquals(1, chunk.released);
        }
    }
}
