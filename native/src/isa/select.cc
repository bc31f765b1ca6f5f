// The choice of an instruction set: a list in the order of its priority (isas.inc, from CMakeLists.txt) and the processor's features.
#include <atomic>
#include <cstdlib>

#include "core/error.h"
#include "isa/kernels.h"

namespace tidegate {

#define TG_ISA(name, condition, fast) \
  namespace name {                    \
  extern const Kernels table;         \
  }
#include "isas.inc"
#undef TG_ISA

namespace {

std::atomic<const Kernels*> forced{nullptr};

std::string names(const std::vector<const Kernels*>& list) {
  std::string joined;
  for (const Kernels* one : list) joined += (joined.empty() ? "" : ", ") + std::string(one->name);
  return joined;
}

}  // namespace

std::vector<const Kernels*> available_kernels() {
  std::vector<const Kernels*> here, slow;
#define TG_ISA(name, condition, fast) \
  if (condition) (fast ? here : slow).push_back(&name::table);
#include "isas.inc"
#undef TG_ISA
  here.insert(here.end() - 1, slow.begin(), slow.end());  // generic stays the last
  return here;
}

const Kernels& choose_kernels(const char* asked) {
  const std::vector<const Kernels*> here = available_kernels();
  if (asked == nullptr || *asked == '\0') return *here.front();
  for (const Kernels* one : here) {
    if (std::string(asked) == one->name) return *one;
  }
  std::string built;
#define TG_ISA(name, condition, fast) built += (built.empty() ? "" : ", ") + std::string(#name);
#include "isas.inc"
#undef TG_ISA
  throw Error(Status::unsupported, text("TIDEGATE_ISA=", asked, ": this processor offers ", names(here), " (the library knows ", built,
                                        "); set one of those, or unset it for the best"));
}

const Kernels& kernels() {
  if (const Kernels* chosen = forced.load(std::memory_order_acquire)) return *chosen;
  // If the choice throws, the next call tries again.
  static const Kernels& chosen = choose_kernels(std::getenv("TIDEGATE_ISA"));
  return chosen;
}

void force_kernels(const Kernels& chosen) { forced.store(&chosen, std::memory_order_release); }

const Cell* Kernels::cell(const std::string& wanted) const {
  for (int g = 0; g < cell_group_count; ++g) {
    for (int i = 0; i < cell_groups[g].count; ++i) {
      if (wanted == cell_groups[g].cells[i].name) return &cell_groups[g].cells[i];
    }
  }
  return nullptr;
}

std::vector<std::string> Kernels::cell_names() const {
  std::vector<std::string> all;
  for (int g = 0; g < cell_group_count; ++g) {
    for (int i = 0; i < cell_groups[g].count; ++i) all.emplace_back(cell_groups[g].cells[i].name);
  }
  return all;
}

const OptimizerKind* Kernels::optimizer(const std::string& wanted) const {
  for (int i = 0; i < optimizer_count; ++i) {
    if (wanted == optimizers[i]->name) return optimizers[i];
  }
  return nullptr;
}

std::vector<std::string> Kernels::optimizer_names() const {
  std::vector<std::string> all;
  for (int i = 0; i < optimizer_count; ++i) all.emplace_back(optimizers[i]->name);
  return all;
}

}  // namespace tidegate
