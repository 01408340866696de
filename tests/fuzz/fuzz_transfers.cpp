// libFuzzer over what changes colours under a mask: finite output, the same everywhere, and the
// background byte by byte as it was.
#include "harmonia/affine_grid.hpp"
#include "harmonia/affine_planes.hpp"
#include "harmonia/composite.hpp"
#include "harmonia/regrain.hpp"
#include "harmonia/transfer/affine.hpp"
#include "harmonia/transfer/curves.hpp"
#include "harmonia/transfer/poisson.hpp"
#include "harmonia/transfer/projections.hpp"
#include "kernel_input.hpp"

namespace {

using namespace fuzz;

struct Scene {
  Size size;
  Picture image;
  Mask mask;
  float strength;

  explicit Scene(Bytes& from)
      : size(Size::of(from, 1)),
        image(from, size, scalar_of(from), channels_of(from), Floats::unit),
        mask(from, size),
        strength(from.unit()) {}

  template <class Apply>
  void check(Bytes& from, Apply apply) const {
    require_transfer(from, image, mask, strength, apply);
  }
};

void fuzz_composite(const Scene& scene, Bytes& from) {
  const ImageView old = scene.image.in();
  const Picture fresh(from, scene.size, old.scalar, old.channels, Floats::unit);
  scene.check(from, [&](const MutableImageView& out) {
    harmonia::composite(fresh.in(), old, scene.mask.view(), scene.strength, out);
  });
}

void fuzz_affine(const Scene& scene, Bytes& from) {
  harmonia::AffineMap map{from.space(), {}, {}};
  for (double& value : map.matrix) value = std::clamp(double{from.number()}, -10.0, 10.0);
  for (double& value : map.offset) value = from.number();
  scene.check(from, [&](const MutableImageView& out) {
    harmonia::affine_transfer(scene.image.in(), scene.mask.view(), scene.strength, map, out);
  });
}

void fuzz_grid(const Scene& scene, Bytes& from) {
  harmonia::AffineGrid grid{nullptr, 1 + from.byte() % 9, 1 + from.byte() % 9, 1 + from.byte() % 9};
  std::vector<float> maps =
      numbers(from, grid.depth * grid.height * grid.width * 12, Floats::finite);
  for (float& value : maps) value = std::clamp(value, -1e6f, 1e6f);
  grid.maps = maps.data();
  std::vector<float> guide(static_cast<std::size_t>(scene.size.height * scene.size.width));
  for (float& value : guide) value = from.floating(Floats::unit);
  harmonia::GuideView along;
  if (from.flag()) along = {reinterpret_cast<std::uint8_t*>(guide.data()), scene.size.width * 4, 4};
  scene.check(from, [&](const MutableImageView& out) {
    harmonia::apply_affine_grid(scene.image.in(), scene.mask.view(), scene.strength, grid, along,
                                out);
  });
}

void fuzz_planes(const Scene& scene, Bytes& from) {
  harmonia::AffinePlanes planes{nullptr, 12 + from.byte() % 2, 1 + from.byte() % 40,
                                1 + from.byte() % 40};
  std::vector<float> values =
      numbers(from, planes.count * planes.height * planes.width, Floats::unit);
  planes.values = values.data();
  scene.check(from, [&](const MutableImageView& out) {
    harmonia::apply_affine_planes(scene.image.in(), scene.mask.view(), scene.strength, planes, out);
  });
}

void fuzz_curves(const Scene& scene, Bytes& from) {
  harmonia::Curves curves{from.space(), {}, {}, 1 + from.below(300), nullptr, from.flag()};
  const std::vector<float> values = numbers(from, 3 * curves.nodes, Floats::unit);
  curves.values = values.data();
  for (int c = 0; c < 3; ++c) {
    curves.low[c] = from.flag() ? 0.0 : from.number();
    curves.high[c] = curves.low[c] == 0.0 ? 1.0 : curves.low[c] + std::abs(from.number());
  }
  scene.check(from, [&](const MutableImageView& out) {
    harmonia::curve_transfer(scene.image.in(), scene.mask.view(), scene.strength, curves, out);
  });
}

void fuzz_projections(const Scene& scene, Bytes& from) {
  harmonia::Projections moves;
  moves.steps = from.byte() % 4;
  moves.axes = from.flag() ? 3 : 6;
  moves.nodes = 2 + from.below(300);
  const std::int64_t axes = moves.steps * moves.axes;
  for (std::int64_t i = 0; i < axes; ++i) {
    for (int c = 0; c < 3; ++c) moves.directions.push_back(i % 3 == c ? 1.0 : 0.0);
    const double low = from.number();
    moves.ranges.insert(moves.ranges.end(), {low, low + 1e-3 + std::abs(from.number())});
  }
  moves.moves = numbers(from, std::max(axes * moves.nodes, std::int64_t{1}), Floats::unit);
  moves.moves.resize(static_cast<std::size_t>(axes * moves.nodes));
  scene.check(from, [&](const MutableImageView& out) {
    harmonia::projections_transfer(scene.image.in(), scene.mask.view(), scene.strength, moves, out);
  });
}

void fuzz_regrain(const Scene& scene, Bytes& from) {
  const Picture changed(from, scene.size, Scalar::f32, 3, Floats::unit);
  const double smoothness = from.one_of({1.0, 1e-3, 1e3});
  const bool whole = from.flag();
  scene.check(from, [&](const MutableImageView& out) {
    harmonia::regrain(scene.image.in(), changed.in(), scene.mask.view(), scene.strength, smoothness,
                      whole, out);
  });
}

void fuzz_poisson(const Scene& scene, Bytes& from) {
  const Size size = Size::of(from, 1);
  const Picture reference(from, size, scalar_of(from), channels_of(from), Floats::unit);
  const Mask mask(from, size);
  const harmonia::PoissonReference source{reference.in(), mask.view()};
  const harmonia::PoissonReference* const other = from.flag() ? &source : nullptr;
  const int ring = 1 + from.byte() % 12;
  scene.check(from, [&](const MutableImageView& out) {
    harmonia::poisson(scene.image.in(), scene.mask.view(), other, ring, scene.strength, out);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes from(data, size);
  const auto check = from.one_of({fuzz_composite, fuzz_affine, fuzz_grid, fuzz_planes, fuzz_curves,
                                  fuzz_projections, fuzz_regrain, fuzz_poisson});
  const Scene scene(from);
  check(scene, from);
  return 0;
}
