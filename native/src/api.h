// What the parts of the C ABI share: the objects behind its handles, and exceptions to status and text.
#pragma once

#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "graph/model.h"
#include "graph/session.h"
#include "graph/streams.h"
#include "tidegate/tidegate.h"

struct tg_model {
  std::unique_ptr<tidegate::Model> model;
};

struct tg_session {
  tidegate::Session session;
  // The arguments of a call in the core's terms. They keep their capacity, so that a steady call allocates nothing; and they are no
  // thread's, whose end this library would have to wait for before it can be unloaded.
  std::vector<tidegate::AxisLengths> axes = {};
  std::vector<tidegate::Feed> feeds = {};
  std::vector<tidegate::Seed> seeds = {};
};

struct tg_streams {
  tidegate::Streams streams;
};

struct tg_optimizer {
  const tidegate::Model& model;
  tidegate::Optimizer optimizer;
  std::vector<std::string> names;  // of slot views, slot-major
};

namespace tidegate {

// Notes the calling thread's text.
tg_status failed(Status status, const char* what) noexcept;

template <class Work>
tg_status guarded(const Work& work) noexcept {
  try {
    work();
    return TG_OK;
  } catch (const Error& error) {
    return failed(error.status, error.what());
  } catch (const std::bad_alloc&) {
    return failed(Status::out_of_memory, "out of memory");
  } catch (const std::length_error&) {
    return failed(Status::out_of_memory, "a size is beyond what memory can hold");
  } catch (const std::exception& error) {
    return failed(Status::internal, error.what());
  } catch (...) {
    return failed(Status::internal, "unknown failure");
  }
}

template <class T>
T& need(T* pointer, const char* name) {
  if (pointer == nullptr) throw Error(Status::invalid_argument, text(name, " is null"));
  return *pointer;
}

inline void check_index(std::int64_t i, std::size_t count, const char* what) {
  if (i >= 0 && i < static_cast<std::int64_t>(count)) return;
  throw Error(Status::invalid_argument, text(what, " ", i, " does not exist; there are ", count));
}

inline tg_tensor parameter_view(const ParameterInfo& info, const char* name, real* slab) {
  return {name, info.cols == 0 ? 1 : 2, {info.rows, info.cols == 0 ? 1 : info.cols}, info.trainable,
          slab == nullptr ? nullptr : slab + info.offset};
}

}  // namespace tidegate
