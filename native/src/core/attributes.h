// key=value pairs of a spec line or an optimizer's text, read with a type, a range and a default. Every get marks the key as known;
// reject_unknown() then names a key that nobody asked for.
#pragma once

#include <string>
#include <vector>

#include "core/real.h"

namespace tidegate {

// Whether a number of a list is whole, and from least to greatest.
inline bool is_whole(double number, index least, index greatest) {
  return number >= static_cast<double>(least) && number <= static_cast<double>(greatest) &&
         number == static_cast<double>(static_cast<index>(number));
}

class Attributes {
 public:
  // Adds a pair; throws invalid_spec if the key is there already.
  void add(const std::string& key, const std::string& value);
  bool has(const std::string& key) const;

  // All throw invalid_spec with the key, what was given and what was expected.
  std::string word(const std::string& key) const;                              // required
  std::string word(const std::string& key, const std::string& fallback) const;
  index integer(const std::string& key, index least, index greatest) const;    // required
  index integer(const std::string& key, index least, index greatest, index fallback) const;
  double number(const std::string& key, double least, double greatest) const;  // required
  double number(const std::string& key, double least, double greatest, double fallback) const;
  bool flag(const std::string& key, bool fallback) const;                      // true or false
  // One of the given words.
  std::string choice(const std::string& key, const std::vector<std::string>& words) const;  // required
  std::string choice(const std::string& key, const std::vector<std::string>& words, const std::string& fallback) const;
  std::vector<double> numbers(const std::string& key) const;                   // a,b,c; empty if the key is absent

  void reject_unknown() const;
  // " key=value ..." in the order given, without those whose value is the default that a get named.
  std::string canonical() const;

 private:
  struct Pair {
    std::string key, value;
    mutable bool asked = false, is_default = false;
  };
  const Pair* find(const std::string& key) const;
  [[noreturn]] void fail(const std::string& key, const std::string& expected) const;
  std::vector<Pair> pairs_;
  mutable std::vector<std::string> known_;
};

}  // namespace tidegate
