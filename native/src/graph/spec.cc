#include "graph/spec.h"

#include <set>

#include "core/error.h"

namespace tidegate {

namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxNodes = 4096;
constexpr std::size_t kMaxAttributes = 256;  // of a node

[[noreturn]] void fail(int line, const std::string& what) {
  throw Error(Status::invalid_spec, text("line ", line, ": ", what));
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name(const std::string& s) {
  if (s.empty() || !is_letter(s[0])) return false;
  for (const char c : s) {
    if (!is_letter(c) && !is_digit(c)) return false;
  }
  return true;
}

// node or node.port
bool is_reference(const std::string& s) {
  const std::size_t dot = s.find('.');
  if (dot == std::string::npos) return is_name(s);
  return is_name(s.substr(0, dot)) && is_name(s.substr(dot + 1));
}

// The first byte that is not part of a well-formed UTF-8 sequence (Unicode 15, table 3-7), or npos.
std::size_t first_ill_formed(const std::string& s) {
  const auto byte = [&](std::size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u; };
  for (std::size_t i = 0; i < s.size();) {
    const unsigned lead = byte(i);
    std::size_t more = 0;
    unsigned least = 0x80, greatest = 0xbf;  // of the second byte
    if (lead < 0x80) {
      ++i;
      continue;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
      more = 1;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      more = 2;
      if (lead == 0xe0) least = 0xa0;      // overlong
      if (lead == 0xed) greatest = 0x9f;   // surrogates
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      more = 3;
      if (lead == 0xf0) least = 0x90;      // overlong
      if (lead == 0xf4) greatest = 0x8f;   // beyond U+10FFFF
    } else {
      return i;
    }
    if (byte(i + 1) < least || byte(i + 1) > greatest) return i;
    for (std::size_t j = 2; j <= more; ++j) {
      if ((byte(i + j) & 0xc0) != 0x80) return i;
    }
    i += more + 1;
  }
  return std::string::npos;
}

std::vector<std::string> words_of(const std::string& line, int number) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    const char c = i < line.size() ? line[i] : ' ';
    if (c == '#') {
      const std::size_t bad = first_ill_formed(line.substr(i));
      if (bad != std::string::npos) fail(number, text("the comment is not UTF-8 at byte ", i + bad + 1, " of the line"));
      if (!word.empty()) words.push_back(word);
      return words;
    }
    if (c == ' ' || c == '\t' || c == '\r') {
      if (!word.empty()) words.push_back(word);
      word.clear();
      continue;
    }
    if (c < 0x21 || c > 0x7e) fail(number, text("byte ", static_cast<int>(static_cast<unsigned char>(c)), " is not printable ASCII"));
    word += c;
  }
  return words;
}

}  // namespace

std::vector<NodeLine> parse_spec(const std::string& spec) {
  if (spec.size() > kMaxBytes) throw Error(Status::invalid_spec, text("the spec has ", spec.size(), " bytes; at most ", kMaxBytes));
  std::vector<NodeLine> nodes;
  std::set<std::string> names;
  int number = 0;
  for (std::size_t begin = 0; begin <= spec.size();) {
    std::size_t end = spec.find('\n', begin);
    if (end == std::string::npos) end = spec.size();
    const std::vector<std::string> words = words_of(spec.substr(begin, end - begin), ++number);
    begin = end + 1;
    if (words.empty()) continue;
    if (words.size() < 3 || words[1] != "=") {
      fail(number, text("expected 'name = op input... key=value...', got '", words[0], words.size() > 1 ? " " + words[1] : "", "'"));
    }
    NodeLine node{number, words[0], words[2], {}, {}};
    if (!is_name(node.name)) fail(number, text("'", node.name, "' is no name: letters, digits and _, not starting with a digit"));
    if (!names.insert(node.name).second) fail(number, text("node '", node.name, "' is defined twice"));
    for (std::size_t i = 3; i < words.size(); ++i) {
      const std::size_t equals = words[i].find('=');
      if (equals == std::string::npos) {
        if (!is_reference(words[i])) fail(number, text("node '", node.name, "': '", words[i], "' is neither a node nor key=value"));
        if (!node.attributes.empty()) fail(number, text("node '", node.name, "': input '", words[i], "' must stand before the attributes"));
        node.inputs.push_back(words[i]);
        continue;
      }
      const std::string key = words[i].substr(0, equals), value = words[i].substr(equals + 1);
      if (!is_name(key) || value.empty()) fail(number, text("node '", node.name, "': '", words[i], "' is no key=value"));
      node.attributes.emplace_back(key, value);
      if (node.attributes.size() > kMaxAttributes) fail(number, text("node '", node.name, "': more than ", kMaxAttributes, " attributes"));
    }
    nodes.push_back(node);
    if (nodes.size() > kMaxNodes) fail(number, text("more than ", kMaxNodes, " nodes"));
  }
  if (nodes.empty()) throw Error(Status::invalid_spec, "the spec is empty: it needs at least one line 'name = op ...'");
  return nodes;
}

}  // namespace tidegate
