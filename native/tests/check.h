// The tests' own small frame: TEST("a sentence") { ... CHECK(...); }. CHECK and CHECK_CLOSE note a failure with the values and go on;
// REQUIRE ends the test. A program runs all its tests, or those whose sentence contains its argument; main is in main.cc.
#pragma once

#include <cmath>
#include <cstdio>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace check {

struct Test {
  std::string sentence;
  std::function<void()> body;
};
inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}
struct Registered {
  Registered(const char* sentence, void (*body)()) { tests().push_back({sentence, body}); }
};

struct Stop {};  // thrown by REQUIRE

inline int& failures() {  // of the test that runs
  static int count = 0;
  return count;
}
inline std::string& where() {
  static std::string text;
  return text;
}

// Names what the checks of this scope are about; it is printed with their failures.
class About {
 public:
  explicit About(const std::string& text) : outer_(where()) { where() += (outer_.empty() ? "" : ", ") + text; }
  ~About() { where() = outer_; }
  About(const About&) = delete;

 private:
  std::string outer_;
};

inline void fail(const char* file, int line, const std::string& text) {
  constexpr int most_printed = 20;
  if (++failures() <= most_printed) {
    std::printf("    %s:%d: %s%s%s\n", file, line, where().c_str(), where().empty() ? "" : ": ", text.c_str());
  }
}

template <class A, class B>
void equal(const char* file, int line, const char* what, const A& actual, const B& expected) {
  if (actual == expected) return;
  std::ostringstream text;
  text << what << " is " << actual << ", expected " << expected;
  fail(file, line, text.str());
}

// |actual - expected| <= tolerance * max(1, |expected|); a NaN fails.
inline void close(const char* file, int line, const char* what, double actual, double expected, double tolerance) {
  if (std::abs(actual - expected) <= tolerance * std::fmax(1.0, std::abs(expected))) return;
  char text[400];
  std::snprintf(text, sizeof text, "%s is %.17g, expected %.17g within %g (it is off by %g)", what, actual, expected, tolerance,
                std::abs(actual - expected));
  fail(file, line, text);
}

inline int run(int argc, char** argv) {
  const std::string filter = argc > 1 ? argv[1] : "";
  std::vector<std::string> failing;
  int count = 0;
  for (const Test& test : tests()) {
    if (test.sentence.find(filter) == std::string::npos) continue;
    ++count;
    failures() = 0;
    where().clear();
    try {
      test.body();
    } catch (const Stop&) {
    } catch (const std::exception& e) {
      fail("exception", 0, e.what());
    }
    if (failures() > 0) {
      failing.push_back(test.sentence);
      std::printf("  FAILED: %s (%d failures)\n", test.sentence.c_str(), failures());
    }
    std::fflush(stdout);
  }
  std::printf("%d tests, %d failed\n", count, static_cast<int>(failing.size()));
  for (const auto& sentence : failing) std::printf("  %s\n", sentence.c_str());
  if (count == 0) std::printf("no test's sentence contains '%s'\n", filter.c_str());
  return failing.empty() && count > 0 ? 0 : 1;
}

}  // namespace check

#define CHECK_JOIN2(a, b) a##b
#define CHECK_JOIN(a, b) CHECK_JOIN2(a, b)
#define TEST(sentence)                                                                                              \
  static void CHECK_JOIN(test_of_line_, __LINE__)();                                                                \
  static const check::Registered CHECK_JOIN(registered_, __LINE__)(sentence, CHECK_JOIN(test_of_line_, __LINE__)); \
  static void CHECK_JOIN(test_of_line_, __LINE__)()

#define CHECK(condition) ((condition) ? void() : check::fail(__FILE__, __LINE__, "not true: " #condition))
#define CHECK_EQUAL(actual, expected) check::equal(__FILE__, __LINE__, #actual, actual, expected)
#define CHECK_CLOSE(actual, expected, tolerance) check::close(__FILE__, __LINE__, #actual, actual, expected, tolerance)
#define REQUIRE(condition) \
  ((condition) ? void() : (check::fail(__FILE__, __LINE__, "not true: " #condition), throw check::Stop()))
