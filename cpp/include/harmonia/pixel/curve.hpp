// Curves through evenly spaced nodes, and the bins around such nodes.
#pragma once

#include "harmonia/pixel/pixel.hpp"

namespace harmonia::pixel {

// Where values lie among evenly spaced nodes 0 .. last.
struct Axis {
  float low, scale, last;
};

inline Axis axis_of(double low, double high, std::int64_t nodes) {
  const auto last = static_cast<double>(nodes - 1);
  const double scale = high > low ? last / (high - low) : 0.0;
  return {static_cast<float>(low), static_cast<float>(scale), static_cast<float>(last)};
}

HARMONIA_HD float position_on(const Axis& axis, float value) {
  return clamp((value - axis.low) * axis.scale, 0.0f, axis.last);
}

HARMONIA_HD std::int32_t nearest_node(const Axis& axis, float value) {
  return static_cast<std::int32_t>(position_on(axis, value) + 0.5f);
}

// The last node is there twice, so that the one behind any position can be read.
HARMONIA_HD float interpolate(const Axis& axis, const float* nodes, float value) {
  const float position = position_on(axis, value);
  const std::int32_t i = static_cast<std::int32_t>(position);
  const float t = position - static_cast<float>(i);
  return nodes[i] + t * (nodes[i + 1] - nodes[i]);
}

// A curve for every channel: [3][stride] nodes.
struct Curves {
  Axis axes[3];
  const float* nodes;
  std::int64_t stride;
  bool nearest;
};

HARMONIA_HD float apply(const Curves& curves, int channel, float value) {
  const float* const nodes = curves.nodes + channel * curves.stride;
  const Axis& axis = curves.axes[channel];
  return curves.nearest ? nodes[nearest_node(axis, value)] : interpolate(axis, nodes, value);
}

HARMONIA_HD Color apply(const Curves& curves, Color c) {
  return {apply(curves, 0, c.x), apply(curves, 1, c.y), apply(curves, 2, c.z)};
}

}  // namespace harmonia::pixel
