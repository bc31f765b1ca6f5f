#include <cstdio>

#include "check.h"
#include "tidegate/tidegate.h"

int main(int argc, char** argv) {
  if (tg_load_openblas("libopenblas.so.0") != TG_OK) return std::printf("%s\n", tg_last_error()), 1;
  return check::run(argc, argv);
}
