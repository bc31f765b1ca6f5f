// Who may know whom: reads every include of native/src and fails on one that points up (native/README.md has the table).
#include <filesystem>
#include <fstream>
#include <map>

#include "check.h"

namespace {

namespace fs = std::filesystem;

const fs::path kSource = fs::path(TG_TEST_FOLDER) / ".." / "src";

// From the bottom up; an include may point down or stay on its floor.
const std::map<std::string, int> kFloors = {{"core", 0}, {"simd", 1}, {"cells", 2}, {"optim", 2}, {"isa", 3}, {"ops", 4}, {"graph", 5},
                                           {"api.h", 6}, {"api.cc", 6}, {"api_session.cc", 6}, {"api_streams.cc", 6}};

struct Include {
  std::string file, room, name;  // "ops/scan.cc", "ops", "core/gemm.h"
  bool system;
};

std::vector<Include> all_includes() {
  std::vector<Include> found;
  for (const auto& entry : fs::recursive_directory_iterator(kSource)) {
    if (!entry.is_regular_file()) continue;
    const std::string file = fs::relative(entry.path(), kSource).generic_string();
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) {
      const std::size_t begin = line.find_first_of("<\"");
      if (line.rfind("#include", 0) != 0 || begin == std::string::npos) continue;
      const std::size_t end = line.find_first_of(">\"", begin + 1);
      found.push_back({file, file.substr(0, file.find('/')), line.substr(begin + 1, end - begin - 1), line[begin] == '<'});
    }
  }
  return found;
}

bool starts_with(const std::string& s, const std::string& start) { return s.rfind(start, 0) == 0; }

}  // namespace

TEST("no include points up") {
  int checked = 0;
  for (const Include& include : all_includes()) {
    check::About about(include.file + " includes " + include.name);
    const auto own = kFloors.find(include.room);
    REQUIRE(own != kFloors.end());  // a new room needs its floor
    const std::size_t slash = include.name.find('/');
    if (include.system || slash == std::string::npos || starts_with(include.name, "tidegate/")) continue;
    const auto other = kFloors.find(include.name.substr(0, slash));
    REQUIRE(other != kFloors.end());
    CHECK(other->second <= own->second);
    ++checked;
  }
  CHECK(checked > 50);
}

TEST("only api.h knows the public header, only isa the intrinsics, and a stamped file includes nothing") {
  for (const Include& include : all_includes()) {
    check::About about(include.file + " includes " + include.name);
    if (starts_with(include.name, "tidegate/")) CHECK_EQUAL(include.file, std::string("api.h"));
    if (include.name.find("intrin") != std::string::npos) CHECK_EQUAL(include.room, std::string("isa"));
    if (include.file.find("-inl.h") != std::string::npos) CHECK_EQUAL(include.room, std::string("isa"));
  }
}
