// Counter-based random numbers: a pure function of (seed, stream, counter), so that a draw depends on nothing that ran before it,
// a mask can be drawn again instead of stored, and a resumed run goes on with the same numbers.
// The mixer is SplitMix64's finaliser (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), applied
// to the counter between two keyed rounds.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>

namespace tidegate {

class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t stream) : key_(mix(mix(seed) ^ (stream * 0x9e3779b97f4a7c15u + 0x6a09e667f3bcc909u))) {}

  std::uint64_t bits(std::uint64_t counter) const { return mix(key_ + counter * 0x9e3779b97f4a7c15u); }
  // [0, 1) in steps of 2^-24, the same in float and double.
  double uniform(std::uint64_t counter) const { return static_cast<double>(bits(counter) >> 40) * 0x1p-24; }
  // Mean 0, deviation 1 (Box and Muller 1958).
  double normal(std::uint64_t counter) const {
    const double u = 1.0 - static_cast<double>(bits(2 * counter) >> 11) * 0x1p-53;
    const double v = static_cast<double>(bits(2 * counter + 1) >> 11) * 0x1p-53;
    return std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586 * v);
  }

  // A stream number for a name (FNV-1a).
  static std::uint64_t stream(const std::string& name) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
  }

 private:
  static std::uint64_t mix(std::uint64_t z) {
    z += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::uint64_t key_;
};

}  // namespace tidegate
