// TIDEGATE_ISA asks for an instruction set that no processor has (ctest sets it for this program): an error, not a silent fallback.
#include <cstring>

#include "check.h"
#include "network.h"

TEST("forcing an instruction set that is not there is an error that names it and what there is") {
  for (int i = 0; i < 2; ++i) {  // and stays one
    const char* name = nullptr;
    CHECK_EQUAL(tg_isa(&name), TG_UNSUPPORTED);
    CHECK(name == nullptr);
    const std::string text = tg_last_error();
    CHECK(text.find("TIDEGATE_ISA=sve9") != std::string::npos);
    CHECK(text.find("generic") != std::string::npos);
    const char* const spec = "x = input axis=t cols=2\ny = linear x cols=3\n";
    tg_model* model = nullptr;
    CHECK_EQUAL(tg_model_create(spec, std::strlen(spec), 1, &model), TG_UNSUPPORTED);
    CHECK(model == nullptr);
    tg_model_destroy(model);
  }
}
