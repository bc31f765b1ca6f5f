// The products of matrices that are not packed, and those of a training, of every instruction set, against plain loops in double.
#include <cmath>
#include <cstring>
#include <vector>

#include "check.h"
#include "internal.h"
#include "ops/products.h"

namespace tidegate {
namespace {

constexpr real kCanary = 12345;

enum class Form { nt, nn, tn };
constexpr Form kForms[] = {Form::nt, Form::nn, Form::tn};
const char* const kNames[] = {"nt", "nn", "tn"};

// Operands with room to the right, filled with numbers that nobody may read or write.
struct Case {
  Form form;
  index m, n, k, lda, ldb, ldc;
  std::vector<real> a, b, start, c;
  std::vector<double> expected;  // [m, ldc]

  Case(Form form, index m, index n, index k)
      : form(form), m(m), n(n), k(k), lda((form == Form::tn ? m : k) + 3), ldb((form == Form::nt ? k : n) + 5), ldc(n + 2) {
    a = random_numbers((form == Form::tn ? k : m) * lda + 1, 1);
    b = random_numbers((form == Form::nt ? n : k) * ldb + 1, 2);
    start = random_numbers(m * ldc + 1, 3);
    c.assign(static_cast<std::size_t>(m * ldc + 1), kCanary);
    if (form == Form::tn) {
      for (index r = 0; r < m; ++r) std::memcpy(&c[r * ldc], &start[r * ldc], static_cast<std::size_t>(n) * sizeof(real));
    }
    for (index r = 0; r < m; ++r) {
      for (index j = 0; j < ldc; ++j) expected.push_back(j < n ? element(r, j) : static_cast<double>(kCanary));
    }
  }

  MatrixProduct product(std::vector<real>& to) const { return {m, n, k, a.data(), lda, b.data(), ldb, start.data(), ldc, to.data(), ldc}; }
  double element(index r, index j) const {
    double sum = start[r * ldc + j];
    for (index i = 0; i < k; ++i) {
      sum += static_cast<double>(form == Form::tn ? a[i * lda + r] : a[r * lda + i]) *
             static_cast<double>(form == Form::nt ? b[j * ldb + i] : b[i * ldb + j]);
    }
    return sum;
  }
  void check(const std::vector<real>& got) const {
    check::About about(std::string(kNames[static_cast<int>(form)]) + " " + std::to_string(m) + " x " + std::to_string(n) + " x " + std::to_string(k));
    for (index r = 0; r < m; ++r) {
      for (index j = 0; j < ldc; ++j) CHECK_CLOSE(got[r * ldc + j], expected[static_cast<std::size_t>(r * ldc + j)], j < n ? 1e-6 * static_cast<double>(k + 1) : 0);
    }
    CHECK_EQUAL(got.back(), kCanary);
  }
};

void run(const Kernels& k, Form form, const MatrixProduct& p) {
  std::vector<real> workspace(static_cast<std::size_t>(k.products.workspace) / sizeof(real));
  switch (form) {
    case Form::nt: return k.products.nt(p);
    case Form::nn: return k.products.nn(p);
    case Form::tn: return k.products.tn(p, workspace.data());
  }
}

void run(const Workplace& at, Form form, const MatrixProduct& p) {
  switch (form) {
    case Form::nt: return product_nt(at, p);
    case Form::nn: return product_nn(at, p);
    case Form::tn: return product_tn(at, p);
  }
}

bool same(const std::vector<real>& a, const std::vector<real>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(real)) == 0;
}

struct Size {
  index m, n, k;
};

// Around the vectors, tiles and blocks of every instruction set, and where one path ends and another begins.
std::vector<Size> sizes() {
  std::vector<Size> all;
  for (index i = 1; i <= 35; ++i) all.push_back({1 + i * 5 % 17, i, 1 + i * 7 % 37}), all.push_back({i, 1 + i * 3 % 50, 1 + i * 11 % 23});
  all.insert(all.end(), {{16, 64, 15}, {15, 64, 16}, {17, 129, 128}, {3, 7, 129}, {241, 49, 130}, {9, 481, 3}, {245, 487, 5}, {40, 1, 300}, {1, 300, 40}});
  return all;
}

TEST("a product is the product, for every size around the vectors, tiles and blocks, and writes nothing else") {
  for (const Form form : kForms) {
    for (const Size& s : sizes()) {
      const Case one(form, s.m, s.n, s.k);
      for (const Kernels* kernels : available_kernels()) {
        check::About about(kernels->name);
        std::vector<real> got = one.c;
        run(*kernels, form, one.product(got));
        one.check(got);
      }
    }
  }
}

TEST("a range of rows or columns of a product has the bits of the whole") {
  for (const Kernels* kernels : available_kernels()) {
    for (const Form form : kForms) {
      check::About about(std::string(kernels->name) + " " + kNames[static_cast<int>(form)]);
      const Case one(form, 61, 137, 150);
      std::vector<real> whole = one.c, parts = one.c;
      run(*kernels, form, one.product(whole));
      for (index row = 0; row < one.m; row += 13) {
        for (index column = 0; column < one.n; column += 29) {
          MatrixProduct p = one.product(parts);
          p.m = std::min<index>(13, one.m - row);
          p.n = std::min<index>(29, one.n - column);
          p.a += form == Form::tn ? row : row * p.lda;
          p.b += form == Form::nt ? column * p.ldb : column;
          p.start += row * p.start_ld + column;
          p.c += row * p.ldc + column;
          run(*kernels, form, p);
        }
      }
      CHECK(same(whole, parts));
    }
  }
}

TEST("a training's product is the product, with the same bits on any number of threads, and leaves its scratch as it was") {
  std::vector<Size> all = sizes();
  all.insert(all.end(), {{200, 300, 700}, {1000, 2, 90}, {1000, 90, 2}, {2, 1000, 90}, {90, 1000, 700}});
  for (const Form form : kForms) {
    for (const Size& s : all) {
      const Case one(form, s.m, s.n, s.k);
      for (const Kernels* kernels : available_kernels()) {
        if (kernels->lanes == 1 && s.n * s.k == 1000 * 700) continue;  // several blocks of panels, which plain loops have not
        std::vector<real> first;
        for (const int count : {1, 2, 3}) {
          Threads threads(count);
          Scratch scratch;
          const char* before = scratch.take<char>(64);
          std::vector<real> got = one.c;
          run({*kernels, scratch, threads}, form, one.product(got));
          run({*kernels, scratch, threads}, form, one.product(got = one.c));
          const index bytes = scratch.bytes();
          run({*kernels, scratch, threads}, form, one.product(got = one.c));
          CHECK_EQUAL(scratch.bytes(), bytes);
          scratch.release();
          CHECK(before != nullptr);
          if (count == 1) one.check(got), first = got;
          CHECK(same(got, first));
        }
      }
    }
  }
}

TEST("a product of nothing is its start") {
  for (const Kernels* kernels : available_kernels()) {
    for (const Form form : kForms) {
      Threads threads;
      Scratch scratch;
      for (const Size& s : {Size{0, 5, 3}, Size{5, 0, 3}, Size{5, 4, 0}, Size{50, 40, 0}}) {
        const Case one(form, s.m, s.n, s.k);
        std::vector<real> got = one.c;
        run({*kernels, scratch, threads}, form, one.product(got));
        one.check(got);
      }
    }
  }
}

}  // namespace
}  // namespace tidegate
