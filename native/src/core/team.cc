#include "core/team.h"

#include <algorithm>
#include <utility>

namespace tidegate {

namespace {

// How long a thread that has come may let an unclaimed part lie. Threads that run leave a stage within a microsecond of each other; one
// that the system has taken from its core is away for milliseconds.
constexpr std::chrono::microseconds kInTime{10};
// How much later a claimed part of coupled lanes may be done, which are of one size, before its thread counts as late.
constexpr std::chrono::microseconds kHeldUp{300};

}  // namespace

// A member reads the job's numbers between two reads of open_. Its end never comes twice, so the numbers are of one job.
Team::View Team::open(const Job& job) {
  const View view{next_, next_ + static_cast<std::uint64_t>(job.stages), job.lanes, job.stride, job.coupled, true};
  begin_.store(view.begin);
  lanes_.store(view.lanes);
  stride_.store(view.stride);
  coupled_.store(view.coupled);
  call_ = job.call;
  work_ = job.work;
  failed_.store(false);
  late_.store(false);
  for (int l = 0; l < job.lanes; ++l) {
    lane(view, l).claimed.store(view.begin);
    lane(view, l).done.store(view.begin);
    this[l * job.stride].leader_.store(this);
  }
  lane_.attended.store(view.begin);
  next_ = view.end;
  open_.store(view.end);
  return view;
}

bool Team::look(View& view) const {
  const std::uint64_t end = open_.load();
  view = {begin_.load(), end, lanes_.load(), stride_.load(), coupled_.load(), false};
  return view.end != 0 && open_.load() == view.end;
}

bool Team::close() {
  open_.store(0);
  if (failed_.load()) std::rethrow_exception(std::exchange(failure_, nullptr));
  return late_.load();
}

void Team::help() {
  Team* const leader = leader_.load();
  View view;
  if (leader == nullptr || !leader->look(view)) return;
  const int distance = static_cast<int>(this - leader);
  if (distance % view.stride != 0 || distance / view.stride >= view.lanes) return;
  lane_.attended.store(view.begin);
  leader->take_part(view, distance / view.stride);
}

void Team::take_part(const View& view, int own_lane) {
  if (view.coupled) {
    take_coupled(view, own_lane);
  } else {
    take_free(view, own_lane);
  }
}

void Team::take_coupled(const View& view, int own_lane) {
  std::uint64_t stage = reached(view);
  while (stage < view.end && (view.leads || !late_.load())) {
    if (!try_part(view, own_lane, stage)) {  // the others did not wait
      lane(view, own_lane).attended.store(view.begin);
      const std::uint64_t now = reached(view);
      if (now > stage) {
        stage = now;
        continue;
      }
    }
    const bool waits = view.leads || stage + 1 < view.end;  // what begins when the job has ended is the leader's alone
    for (int i = 1; i <= view.lanes; ++i) {
      const int l = (own_lane + i) % view.lanes;
      if (lane(view, l).done.load() > stage) continue;
      const bool absent = lane(view, l).attended.load() != view.begin;
      if (!(absent && try_part(view, l, stage)) && waits) await(view, l, stage);
    }
    ++stage;
  }
}

// The first stage of coupled lanes that is not done.
std::uint64_t Team::reached(const View& view) {
  std::uint64_t least = view.end;
  for (int l = 0; l < view.lanes; ++l) least = std::min(least, lane(view, l).done.load());
  return std::max(least, view.begin);
}

void Team::take_free(const View& view, int own_lane) {
  for (int i = 0; i < view.lanes; ++i) {
    const int l = (own_lane + i) % view.lanes;
    Lane& lane = this->lane(view, l);
    for (std::uint64_t stage; (stage = lane.done.load()) < view.end;) {
      if (i == 0) lane.attended.store(view.begin);
      const bool absent = lane.attended.load() != view.begin;
      if ((i == 0 || absent) && try_part(view, l, stage)) continue;
      if (!view.leads && stage + 1 == view.end) break;
      await(view, l, stage);
    }
  }
}

// Claims the part, and does it. False where it was claimed before.
bool Team::try_part(const View& view, int l, std::uint64_t stage) {
  Lane& lane = this->lane(view, l);
  std::uint64_t expected = stage;
  if (!lane.claimed.compare_exchange_strong(expected, stage + 1)) return false;
  if (!failed_.load()) {
    try {
      call_(work_, l, static_cast<index>(stage - view.begin));
    } catch (...) {
      if (!failed_.exchange(true)) failure_ = std::current_exception();
    }
  }
  lane.done.store(stage + 1);
  wakeup_.notify();
  return true;
}

// Returns when the part is done, or does it where it is not claimed in time; then nobody waits for that lane's thread until it comes back.
void Team::await(const View& view, int l, std::uint64_t stage) {
  Lane& lane = this->lane(view, l);
  const auto done = [&] { return lane.done.load() > stage; };
  Patience& patience = Patience::of_work();
  if (Wakeup::polled(done)) return;
  const auto begin = Patience::Clock::now();
  if (!Wakeup::spun(done, begin + kInTime)) {
    if (lane.claimed.load() == stage && try_part(view, l, stage)) {
      std::uint64_t expected = view.begin;
      lane.attended.compare_exchange_strong(expected, 0);
    } else {
      wakeup_.wait(done, patience);
      if (view.coupled && Patience::Clock::now() - begin > kHeldUp) late_.store(true);
    }
  }
  patience.waited += Patience::Clock::now() - begin;
}

}  // namespace tidegate
