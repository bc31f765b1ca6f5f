// The recurrent state of a session: carried from call to call, as numbers, and as bytes that say which model they belong to.
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "graph/session.h"

namespace tidegate {

namespace {

// Bytes of a state, in the machine's order, which is little-endian: Header, then a StateHeader for each state of the graph, then their
// values [sequences, cols].
struct Header {
  char magic[4];
  std::uint16_t version, number_bytes;
  std::uint64_t graph, model;  // fingerprints; model is 0 where the parameters may change
  std::int64_t states;
};
struct StateHeader {
  std::int64_t sequences;  // 0: none is carried
  std::int64_t cols;
};
static_assert(sizeof(Header) == 32 && sizeof(StateHeader) == 16 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

constexpr char kMagic[] = {'T', 'G', 'S', 'T'};
constexpr std::uint16_t kVersion = 1;

std::string hex(std::uint64_t fingerprint) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016" PRIx64, fingerprint);
  return digits;
}

[[noreturn]] void refuse(const std::string& why) { throw Error(Status::invalid_argument, "this is no state of this model: " + why); }

}  // namespace

void Session::reset_state() {
  for (Carried& state : states_) state.sequences = 0;
}

index Session::state_count() const {
  index count = 0;
  for (std::size_t s = 0; s < states_.size(); ++s) {
    if (states_[s].sequences == 0) return 0;
    count += states_[s].sequences * model_.states()[s].cols;
  }
  return count;
}

void Session::get_state(real* to, index count) const {
  if (count != state_count()) {
    throw Error(Status::invalid_argument, text("the state has ", state_count(), " numbers, but room for ", count, " was given"));
  }
  if (count == 0) return;  // some node may have a state even so: one that ran while others did not
  for (std::size_t s = 0; s < states_.size(); ++s) {
    const index n = states_[s].sequences * model_.states()[s].cols;
    std::copy_n(states_[s].now.data(), n, to);
    to += n;
  }
}

void Session::set_state(const real* from, index count, std::int32_t sequences) {
  index width = 0;
  for (const StateInfo& state : model_.states()) width += state.cols;
  if (sequences < 1) throw Error(Status::invalid_argument, text("a state of ", sequences, " sequences; at least 1 is needed"));
  if (count != checked_product("state", sequences, width)) {
    throw Error(Status::invalid_argument, text("a state of ", count, " numbers; ", sequences, " sequences x ", width, " columns = ",
                                               sequences * width, " are expected"));
  }
  for (std::size_t s = 0; s < states_.size(); ++s) {
    const index n = sequences * model_.states()[s].cols;
    std::copy_n(from, n, states_[s].next.need(n));
    from += n;
    states_[s].next_sequences = sequences;
  }
  for (Carried& state : states_) state.swap();  // nothing can fail any more
}

real* Session::replace_carried(int state, index sequences) {
  Carried& carried = states_[state];
  carried.sequences = 0;  // until there is memory
  real* memory = carried.now.need(checked_product("state", sequences, model_.states()[state].cols));
  carried.sequences = sequences;
  return memory;
}

// ---- As bytes -----------------------------------------------------------------------------------------------------------------------

index Session::saved_state_bytes() const {
  index bytes = sizeof(Header);
  for (std::size_t s = 0; s < states_.size(); ++s) {
    bytes += static_cast<index>(sizeof(StateHeader)) + states_[s].sequences * model_.states()[s].cols * static_cast<index>(sizeof(real));
  }
  return bytes;
}

void Session::save_state(char* to, index bytes) const {
  if (bytes != saved_state_bytes()) {
    throw Error(Status::invalid_argument, text("the state has ", saved_state_bytes(), " bytes, but room for ", bytes, " was given"));
  }
  Header header{{}, kVersion, sizeof(real), model_.graph_fingerprint(), model_.frozen() ? model_.fingerprint() : 0,
                static_cast<std::int64_t>(states_.size())};
  std::copy_n(kMagic, sizeof kMagic, header.magic);
  const auto put = [&](const void* data, std::size_t size) {
    if (size > 0) std::memcpy(to, data, size);
    to += size;
  };
  put(&header, sizeof header);
  for (std::size_t s = 0; s < states_.size(); ++s) {
    const StateHeader each{states_[s].sequences, model_.states()[s].cols};
    put(&each, sizeof each);
  }
  for (std::size_t s = 0; s < states_.size(); ++s) {
    put(states_[s].now.data(), static_cast<std::size_t>(states_[s].sequences * model_.states()[s].cols) * sizeof(real));
  }
}

void Session::load_state(const char* from, index bytes) {
  Header header;
  if (bytes < static_cast<index>(sizeof header)) refuse(text("it has ", bytes, " bytes, less than a state's header"));
  std::memcpy(&header, from, sizeof header);
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) refuse("it does not begin with TGST");
  if (header.version != kVersion || header.number_bytes != sizeof(real)) {
    refuse(text("it is of version ", header.version, " with numbers of ", header.number_bytes, " bytes; this library reads version ", kVersion,
                " with ", sizeof(real)));
  }
  if (header.graph != model_.graph_fingerprint()) {
    refuse(text("it was saved over another graph, of fingerprint ", hex(header.graph), "; this model's graph has ",
                hex(model_.graph_fingerprint())));
  }
  if (header.model != 0 && model_.frozen() && header.model != model_.fingerprint()) {
    refuse(text("it was saved over the same graph with other parameters, of fingerprint ", hex(header.model), "; this model has ",
                hex(model_.fingerprint())));
  }
  const index table = static_cast<index>(states_.size() * sizeof(StateHeader));
  if (header.states != static_cast<std::int64_t>(states_.size()) || bytes - static_cast<index>(sizeof header) < table) {
    refuse(text("it lists ", header.states, " states in ", bytes, " bytes; the model has ", states_.size()));
  }
  // A copy: what is checked here stays so, whatever another thread writes into the caller's bytes.
  std::vector<StateHeader> list(states_.size());
  if (!list.empty()) std::memcpy(list.data(), from + sizeof header, static_cast<std::size_t>(table));
  const char* values = from + sizeof header + table;
  index left = bytes - static_cast<index>(sizeof header) - table;
  for (std::size_t s = 0; s < states_.size(); ++s) {
    const StateInfo& info = model_.states()[s];
    const StateHeader& one = list[s];
    const index row = info.cols * static_cast<index>(sizeof(real));
    if (one.cols != info.cols || one.sequences < 0 || one.sequences > left / row || one.sequences > INT32_MAX) {
      refuse(text("'", info.name, "' has ", one.sequences, " sequences of ", one.cols, " numbers and ", left, " bytes are left for them; the model's has ",
                  info.cols, " numbers a sequence"));
    }
    left -= one.sequences * row;
  }
  if (left != 0) refuse(text(left, " bytes are left over at its end"));
  for (std::size_t s = 0; s < states_.size(); ++s) states_[s].next.need(std::max<index>(1, list[s].sequences * model_.states()[s].cols));
  for (std::size_t s = 0; s < states_.size(); ++s) {  // nothing can fail any more
    const index count = list[s].sequences * model_.states()[s].cols;
    if (count > 0) std::memcpy(states_[s].next.data(), values, static_cast<std::size_t>(count) * sizeof(real));
    values += static_cast<std::size_t>(count) * sizeof(real);
    states_[s].next_sequences = list[s].sequences;
    states_[s].swap();
  }
}

}  // namespace tidegate
