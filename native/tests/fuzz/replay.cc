// Runs the fuzz target over every file of a folder, over the registry's examples, and over a fixed number of mutations of both: cut,
// spliced, bytes changed, lines dropped, doubled and swapped.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "examples.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

constexpr int kMutations = 60;  // of each spec

void run(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

class Mutator {
 public:
  explicit Mutator(const std::vector<std::string>& all) : all_(all) {}

  std::string mutate(std::string spec) {
    for (std::size_t rounds = 1 + below(3); rounds > 0; --rounds) spec = once(std::move(spec));
    return spec;
  }

 private:
  std::size_t below(std::size_t n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return n == 0 ? 0 : static_cast<std::size_t>(state_ >> 33) % n;
  }

  std::string once(std::string spec) {
    static const char* const words[] = {" trainable=false", " gradient=true", "=", "0", "-1", "99999999999", ".h_n", " per=sequence", "#"};
    switch (below(7)) {
      case 0: return spec.substr(0, below(spec.size() + 1));
      case 1:
        if (!spec.empty()) spec[below(spec.size())] = static_cast<char>(below(256));
        return spec;
      case 2: return spec.insert(below(spec.size() + 1), words[below(sizeof words / sizeof words[0])]);
      case 3: return spec + all_[below(all_.size())];
      case 4: return swap_words(spec);
      default: return change_lines(spec);
    }
  }

  std::string swap_words(const std::string& spec) {
    std::istringstream in(spec);
    std::vector<std::string> words;
    std::string line;
    while (std::getline(in, line)) {
      std::istringstream parts(line);
      for (std::string word; parts >> word;) words.push_back(word);
      words.push_back("\n");
    }
    if (words.size() > 1) std::swap(words[below(words.size())], words[below(words.size())]);
    std::string out;
    for (const auto& word : words) out += word + (word == "\n" ? "" : " ");
    return out;
  }

  std::string change_lines(const std::string& spec) {
    std::istringstream in(spec);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    if (lines.empty()) return spec;
    const std::size_t at = below(lines.size());
    if (below(3) == 0) {
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
    } else if (below(2) == 0) {
      lines.push_back(lines[at]);
    } else {
      std::swap(lines[at], lines[below(lines.size())]);
    }
    std::string out;
    for (const auto& line : lines) out += line + "\n";
    return out;
  }

  const std::vector<std::string>& all_;
  std::uint64_t state_ = 7;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::printf("usage: %s FOLDER\n", argv[0]);
    return 1;
  }
  std::vector<std::string> specs;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    std::ifstream file(entry.path(), std::ios::binary);
    specs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  const std::size_t files = specs.size();
  if (files == 0) {
    std::printf("%s holds no file\n", argv[1]);
    return 1;
  }
  for (const Example& example : all_examples()) specs.push_back(example.spec);
  Mutator mutator(specs);
  for (const std::string& spec : specs) {
    run(spec);
    for (int i = 0; i < kMutations; ++i) run(mutator.mutate(spec));
  }
  std::printf("%zu files, %zu examples and %zu mutations ran\n", files, specs.size() - files, specs.size() * kMutations);
  return 0;
}
