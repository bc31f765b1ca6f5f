// The C ABI over the core: many streams.
#include "api.h"
#include "core/denormals.h"

using namespace tidegate;

namespace {

// The inputs of a step in the core's terms. A call has few; they lie on the stack, as steps of several threads may come at once.
class Feeds {
 public:
  Feeds(const tg_feed* feeds, std::int32_t count) : count_(count) {
    if (count < 1 || count > kMost) throw Error(Status::invalid_argument, text("a step of ", count, " inputs; expected 1 to ", kMost));
    need(feeds, "feeds");
    for (int i = 0; i < count; ++i) feeds_[i] = {feeds[i].value, feeds[i].data, feeds[i].count};
  }
  const Feed* data() const { return feeds_; }
  int count() const { return count_; }

 private:
  static constexpr int kMost = 64;
  Feed feeds_[kMost];
  const int count_;
};

}  // namespace

extern "C" {

tg_status tg_streams_create(tg_model* model, int32_t value, int32_t capacity, tg_streams** streams) {
  return guarded([&] {
    need(streams, "streams");
    *streams = nullptr;
    Model& m = *need(model, "model").model;
    check_index(value, m.values().size(), "value");
    *streams = new tg_streams{{m, value, capacity}};
  });
}

void tg_streams_destroy(tg_streams* streams) { delete streams; }

tg_status tg_streams_threads(tg_streams* streams, int32_t threads) {
  return guarded([&] { need(streams, "streams").streams.set_threads(threads); });
}

tg_status tg_streams_open(tg_streams* streams, int64_t* stream) {
  return guarded([&] {
    need(stream, "stream") = 0;
    *stream = need(streams, "streams").streams.open();
  });
}

tg_status tg_streams_open_state(tg_streams* streams, const void* bytes, int64_t size, int64_t* stream) {
  return guarded([&] {
    need(stream, "stream") = 0;
    *stream = need(streams, "streams").streams.open(&need(static_cast<const char*>(bytes), "bytes"), size);
  });
}

tg_status tg_streams_close(tg_streams* streams, int64_t stream) {
  return guarded([&] { need(streams, "streams").streams.close(stream); });
}

tg_status tg_streams_step(tg_streams* streams, const int64_t* numbers, int32_t count, const tg_feed* feeds, int32_t feeds_count,
                          tg_real* output, int64_t room, int32_t* rows) {
  return guarded([&] {
    const FlushDenormals guard;
    Streams& s = need(streams, "streams").streams;
    need(numbers, "numbers");
    need(output, "output");
    const Feeds given(feeds, feeds_count);
    s.step(numbers, count, given.data(), given.count(), output, room, rows);
  });
}

tg_status tg_streams_state_bytes(tg_streams* streams, int64_t stream, int64_t* bytes) {
  return guarded([&] { need(bytes, "bytes") = need(streams, "streams").streams.saved_state_bytes(stream); });
}

tg_status tg_streams_save_state(tg_streams* streams, int64_t stream, void* bytes, int64_t size) {
  return guarded([&] { need(streams, "streams").streams.save_state(stream, &need(static_cast<char*>(bytes), "bytes"), size); });
}

tg_status tg_streams_count(tg_streams* streams, int32_t* count) {
  return guarded([&] { need(count, "count") = need(streams, "streams").streams.count(); });
}

tg_status tg_streams_bytes(tg_streams* streams, int64_t* bytes) {
  return guarded([&] { need(bytes, "bytes") = need(streams, "streams").streams.bytes(); });
}

}  // extern "C"
