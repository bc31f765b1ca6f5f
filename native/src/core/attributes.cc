// Attributes: numbers are read by from_chars, which knows no locale, and only if the whole value is a number.
#include "core/attributes.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "core/error.h"

namespace tidegate {

namespace {

template <class Number>
bool parse(const char* first, const char* last, Number* value) {
  const auto [end, error] = std::from_chars(first, last, *value);
  return error == std::errc() && end == last && first != last;
}

template <class Number>
bool parse(const std::string& s, Number* value) {
  return parse(s.data(), s.data() + s.size(), value);
}

// As a person would write it: 0.1, not 0.100000.
std::string plain(double number) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << number;
  return out.str();
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

std::string range(index least, index greatest) { return text("a whole number from ", least, " to ", greatest); }
std::string range(double least, double greatest) { return text("a number from ", plain(least), " to ", plain(greatest)); }

}  // namespace

void Attributes::add(const std::string& key, const std::string& value) {
  for (const auto& pair : pairs_) {
    if (pair.key == key) throw Error(Status::invalid_spec, text("'", key, "' is given twice: ", pair.value, " and ", value));
  }
  pairs_.push_back({key, value});
}

bool Attributes::has(const std::string& key) const { return find(key) != nullptr; }

const Attributes::Pair* Attributes::find(const std::string& key) const {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  for (const auto& pair : pairs_) {
    if (pair.key == key) {
      pair.asked = true;
      return &pair;
    }
  }
  return nullptr;
}

void Attributes::fail(const std::string& key, const std::string& expected) const {
  const Pair* pair = find(key);
  throw Error(Status::invalid_spec, pair == nullptr ? text("'", key, "=' is missing, expected ", expected)
                                                    : text("'", key, "=", pair->value, "': expected ", expected));
}

std::string Attributes::word(const std::string& key) const {
  const Pair* pair = find(key);
  if (pair == nullptr || pair->value.empty()) fail(key, "a word");
  return pair->value;
}

std::string Attributes::word(const std::string& key, const std::string& fallback) const {
  const Pair* pair = find(key);
  if (pair == nullptr) return fallback;
  pair->is_default = pair->value == fallback;
  return word(key);
}

index Attributes::integer(const std::string& key, index least, index greatest) const {
  const Pair* pair = find(key);
  index value = 0;
  if (pair == nullptr || !parse(pair->value, &value) || value < least || value > greatest) fail(key, range(least, greatest));
  return value;
}

index Attributes::integer(const std::string& key, index least, index greatest, index fallback) const {
  const Pair* pair = find(key);
  if (pair == nullptr) return fallback;
  const index value = integer(key, least, greatest);
  pair->is_default = value == fallback;
  return value;
}

double Attributes::number(const std::string& key, double least, double greatest) const {
  const Pair* pair = find(key);
  double value = 0;
  // A NaN fails both comparisons.
  if (pair == nullptr || !parse(pair->value, &value) || !(value >= least && value <= greatest)) fail(key, range(least, greatest));
  return value;
}

double Attributes::number(const std::string& key, double least, double greatest, double fallback) const {
  const Pair* pair = find(key);
  if (pair == nullptr) return fallback;
  const double value = number(key, least, greatest);
  pair->is_default = value == fallback;
  return value;
}

bool Attributes::flag(const std::string& key, bool fallback) const {
  return choice(key, {"true", "false"}, fallback ? "true" : "false") == "true";
}

std::string Attributes::choice(const std::string& key, const std::vector<std::string>& words) const {
  const Pair* pair = find(key);
  if (pair == nullptr || std::find(words.begin(), words.end(), pair->value) == words.end()) {
    fail(key, "one of: " + joined(words));
  }
  return pair->value;
}

std::string Attributes::choice(const std::string& key, const std::vector<std::string>& words, const std::string& fallback) const {
  const Pair* pair = find(key);
  if (pair == nullptr) return fallback;
  pair->is_default = pair->value == fallback;
  return choice(key, words);
}

std::vector<double> Attributes::numbers(const std::string& key) const {
  std::vector<double> values;
  const Pair* pair = find(key);
  if (pair == nullptr) return values;
  const char* first = pair->value.data();
  const char* const last = first + pair->value.size();
  while (true) {
    const char* const comma = std::find(first, last, ',');
    double value = 0;
    if (!parse(first, comma, &value) || !std::isfinite(value)) fail(key, "numbers with commas between them: 1,0.5,2");
    values.push_back(value);
    if (comma == last) return values;
    first = comma + 1;
  }
}

void Attributes::reject_unknown() const {
  for (const auto& pair : pairs_) {
    if (pair.asked) continue;
    throw Error(Status::invalid_spec, text("unknown attribute '", pair.key, "=", pair.value, "'; ",
                                           known_.empty() ? "none is expected" : "known: " + joined(known_)));
  }
}

std::string Attributes::canonical() const {
  std::string all;
  for (const auto& pair : pairs_) {
    if (!pair.is_default) all += " " + pair.key + "=" + pair.value;
  }
  return all;
}

}  // namespace tidegate
