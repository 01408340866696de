#include "harmonia/threedl.hpp"

#include "harmonia/lut3d.hpp"
#include "text_lines.hpp"

namespace harmonia {

namespace {

constexpr int kMeshBits = 10;  // of the mesh we write

std::int64_t greatest(int bits) { return (std::int64_t{1} << bits) - 1; }

int log2_of(std::int64_t number) {
  int log = 0;
  while (number >> (log + 1) != 0) ++log;
  return log;
}

std::int64_t mesh_point(std::int64_t i, std::int64_t size, int bits) {
  return (2 * i * greatest(bits) + size - 1) / (2 * (size - 1));  // halves go up
}

// Mesh 4 12; gives the first number, sets the bits of the entries.
std::int64_t read_depths(const TextLines& lines, std::string_view words, int& bits) {
  std::int64_t in = 0, out = 0;
  if (!parse_number(next_word(words), in) || !parse_number(next_word(words), out) ||
      !next_word(words).empty() || in > 7 || out < 8 || out > 16) {
    lines.fail("Mesh with log2(nodes - 1), 0 to 7, and the bits of the entries, 8 to 16");
  }
  bits = static_cast<int>(out);
  return in;
}

// Gives the number of nodes along an axis.
std::int64_t read_mesh(const TextLines& lines) {
  std::int64_t points[kMostLutNodes], size = 0;
  std::string_view words = lines.line();
  for (std::string_view word = next_word(words); !word.empty(); word = next_word(words)) {
    if (size == kMostLutNodes || !parse_number(word, points[size])) {
      lines.fail("the mesh, 2 to " + std::to_string(kMostLutNodes) + " whole numbers");
    }
    ++size;
  }
  const int bits = size >= kFewestLutNodes ? threedl_bits(points[size - 1]) : 0;
  for (std::int64_t i = 0; i < size; ++i) {
    const std::int64_t off = bits != 0 ? points[i] - mesh_point(i, size, bits) : 2;
    if (off < -1 || off > 1 || (i > 0 && points[i] <= points[i - 1])) {
      lines.fail("a mesh that rises in even steps from 0 to 255, 1023, 4095 or 65535");
    }
  }
  return size;
}

void read_ending(TextLines& lines) {
  bool depth = false, gamma = false;
  for (; !lines.ended(); lines.next()) {
    std::string_view words = lines.line();
    const std::string_view name = next_word(words);
    if (name.substr(0, 3) == "LUT" && !depth) {
      std::int64_t bits = 0;
      depth = parse_number(name.substr(3), bits) && bits <= 16 && next_word(words).empty();
      if (depth) continue;
    }
    if (name == "gamma" && !gamma) {
      double value = 0;
      gamma = parse_number(next_word(words), value) && value == 1 && next_word(words).empty();
      if (gamma) continue;
    }
    lines.fail("the end, LUT8 or gamma 1.0 after the entries");
  }
}

}  // namespace

int threedl_bits(std::int64_t most) {
  if (most < 128) return 0;
  for (const int bits : {8, 10, 12}) {
    if (most < std::int64_t{2} << bits) return bits;
  }
  return most < std::int64_t{2} << 16 ? 16 : 0;
}

LutText parse_threedl(std::string_view bytes) {
  TextLines lines(bytes);
  LutText lut;
  lines.next();
  if (lines.line() == "3DMESH") lines.next();
  std::string_view words = lines.line();
  const std::int64_t declared_at = next_word(words) == "Mesh" ? lines.number() : 0;
  std::int64_t log_size = 0;
  if (declared_at != 0) {
    log_size = read_depths(lines, words, lut.bits);
    lines.next();
  }
  if (lines.ended()) lines.fail("the mesh");
  const std::int64_t n = lut.size = read_mesh(lines);
  if (declared_at != 0 && log_size != log2_of(n - 1)) {
    throw LutTextError(declared_at, "Mesh must begin with " + std::to_string(log2_of(n - 1)) +
                                        " for " + std::to_string(n) + " nodes an axis, got " +
                                        std::to_string(log_size));
  }
  lines.next();
  const std::int64_t total = n * n * n;
  // The shortest entry is "0 0 0\n". Where the bytes cannot fill the table the entries are read for
  // the line that is wrong, and not kept.
  const bool kept = (lines.bytes_left() + 1) / 6 >= total;
  if (kept) lut.nodes.resize(static_cast<std::size_t>(total * 3));
  const std::int64_t limit = lut.bits != 0 ? greatest(lut.bits) : 2 * greatest(16) + 1;
  std::int64_t most = 0, i = 0;
  for (; i < total && !lines.ended(); ++i, lines.next()) {
    words = lines.line();
    for (int c = 0; c < 3; ++c) {
      std::int64_t code = 0;
      if (!parse_number(next_word(words), code) || code > limit) {
        lines.fail("three whole numbers from 0 to " + std::to_string(limit));
      }
      most = code > most ? code : most;
      if (kept) lut.nodes[static_cast<std::size_t>(i * 3 + c)] = static_cast<float>(code);
    }
    if (!next_word(words).empty()) lines.fail("three whole numbers");
  }
  if (i < total) {
    lines.fail(std::to_string(total) + " entries, of which " + std::to_string(i) + " came");
  }
  if (lut.bits == 0) lut.bits = threedl_bits(most);
  if (lut.bits == 0) {
    throw LutTextError(lines.number(), "no depth fits entries of at most " + std::to_string(most) +
                                           "; a line Mesh with the bits must say it");
  }
  read_ending(lines);
  for (float& value : lut.nodes) value /= static_cast<float>(greatest(lut.bits));
  return lut;
}

std::string format_threedl(const LutText& lut, int bits) {
  std::string text = "3DMESH\nMesh ";
  text.reserve(1024 + lut.nodes.size() * 6);
  text += std::to_string(log2_of(lut.size - 1)) + ' ' + std::to_string(bits) + '\n';
  for (std::int64_t i = 0; i < lut.size; ++i) {
    append_number(text, mesh_point(i, lut.size, kMeshBits));
    text += i + 1 < lut.size ? ' ' : '\n';
  }
  const double scale = static_cast<double>(greatest(bits));
  for (std::size_t i = 0; i < lut.nodes.size(); ++i) {
    append_number(text, static_cast<std::int64_t>(lut.nodes[i] * scale + 0.5));
    text += i % 3 < 2 ? ' ' : '\n';
  }
  return text + "\nLUT8\ngamma 1.0\n";
}

}  // namespace harmonia
