#include "harmonia/cube.hpp"

#include "harmonia/lut3d.hpp"
#include "text_lines.hpp"

namespace harmonia {

namespace {

enum Keyword {
  kTitle,
  kSize1d,
  kSize3d,
  kDomainMin,
  kDomainMax,
  kRange1d,
  kRange3d,
  kVideoIn,
  kVideoOut,
  kKeywords
};

constexpr std::string_view kNames[kKeywords] = {
    "TITLE",
    "LUT_1D_SIZE",
    "LUT_3D_SIZE",
    "DOMAIN_MIN",
    "DOMAIN_MAX",
    "LUT_1D_INPUT_RANGE",
    "LUT_3D_INPUT_RANGE",
    "LUT_IN_VIDEO_RANGE",
    "LUT_OUT_VIDEO_RANGE",
};

constexpr double kMostFloat = 3.4028234e38;

// Black and white of video are the codes 64 and 940 of 0..1023.
double full_range(double video) { return (video * 1023.0 - 64.0) / 876.0; }

struct Header {
  std::int64_t line_of[kKeywords] = {};  // 0: not there
  std::string title;
  std::int64_t size_1d = 0, size_3d = 0;
  LutBox domain, range_1d, range_3d;

  bool has(Keyword keyword) const { return line_of[keyword] != 0; }

  [[noreturn]] void fail(Keyword keyword, const std::string& said) const {
    throw LutTextError(line_of[keyword], std::string(kNames[keyword]) + " " + said);
  }
};

std::string read_title(const TextLines& lines) {
  std::string_view text = trimmed(lines.line().substr(kNames[kTitle].size()));
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  } else if (text.empty()) {
    lines.fail("TITLE \"text\"");
  }
  if (text.find('"') != std::string_view::npos) lines.fail("TITLE \"text\", no other quotes");
  if (!is_utf8(text)) lines.fail("a title in UTF-8");
  return std::string(text);
}

std::int64_t read_size(const TextLines& lines, std::string_view words, int most) {
  std::int64_t size = 0;
  if (!parse_number(next_word(words), size) || !next_word(words).empty() || size < 2 ||
      size > most) {
    lines.fail("a size from 2 to " + std::to_string(most));
  }
  return size;
}

// `count` numbers, nothing behind them.
template <class T>
bool read_numbers(std::string_view words, T* values, int count) {
  for (int i = 0; i < count; ++i) {
    if (!parse_number(next_word(words), values[i])) return false;
  }
  return next_word(words).empty();
}

void read_corner(const TextLines& lines, std::string_view words, std::array<double, 3>& corner) {
  if (!read_numbers(words, corner.data(), 3)) lines.fail("three numbers");
}

void read_range(const TextLines& lines, std::string_view words, LutBox& box) {
  double ends[2];
  if (!read_numbers(words, ends, 2)) lines.fail("two numbers");
  box.low.fill(ends[0]);
  box.high.fill(ends[1]);
}

void read_keyword(TextLines& lines, Header& header) {
  std::string_view words = lines.line();
  const std::string_view name = next_word(words);
  int keyword = 0;
  while (keyword < kKeywords && kNames[keyword] != name) ++keyword;
  if (keyword == kKeywords) lines.fail("a keyword of the format or an entry");
  std::int64_t& line_of = header.line_of[keyword];
  if (line_of != 0) {
    throw LutTextError(lines.number(),
                       std::string(name) + " comes again after line " + std::to_string(line_of));
  }
  line_of = lines.number();
  switch (static_cast<Keyword>(keyword)) {
    case kTitle: header.title = read_title(lines); break;
    case kSize1d: header.size_1d = read_size(lines, words, kMostCurveEntries); break;
    case kSize3d: header.size_3d = read_size(lines, words, kMostLutNodes); break;
    case kDomainMin: read_corner(lines, words, header.domain.low); break;
    case kDomainMax: read_corner(lines, words, header.domain.high); break;
    case kRange1d: read_range(lines, words, header.range_1d); break;
    case kRange3d: read_range(lines, words, header.range_3d); break;
    case kVideoIn:
    case kVideoOut:
      if (!next_word(words).empty()) lines.fail("nothing behind " + std::string(name));
      break;
    case kKeywords: break;
  }
}

void check_box(const Header& header, Keyword keyword, const LutBox& box) {
  for (std::size_t c = 0; c < 3; ++c) {
    // Kernels read float32, which may not tell two ends apart that differ here.
    const double low = static_cast<float>(box.low[c]), high = static_cast<float>(box.high[c]);
    const bool near = box.low[c] >= -kFarthestCorner && box.high[c] <= kFarthestCorner;
    if (!near || high - low < kNarrowestBox) {
      header.fail(keyword, "must give a low end below the high one in every channel, within +-1e6");
    }
  }
}

bool same(const LutBox& one, const LutBox& other) {
  return one.low == other.low && one.high == other.high;
}

// Where the input of one table lies, said by its range or by the domain of the whole file.
LutBox box_of(const Header& header, Keyword size, Keyword range, const LutBox& said) {
  const Keyword domain = header.has(kDomainMax) ? kDomainMax : kDomainMin;
  if (header.has(range)) {
    if (!header.has(size)) header.fail(range, "needs " + std::string(kNames[size]));
    check_box(header, range, said);
  }
  if (!header.has(domain) || !header.has(size)) return said;
  if (header.has(kSize1d) && header.has(kSize3d)) {
    header.fail(domain,
                "is ambiguous with two tables; use LUT_1D_INPUT_RANGE and "
                "LUT_3D_INPUT_RANGE");
  }
  check_box(header, domain, header.domain);
  if (header.has(range) && !same(header.domain, said)) {
    header.fail(domain, "contradicts " + std::string(kNames[range]));
  }
  return header.domain;
}

// A table for video as one for full range: what reads colours gets its box moved, what writes them
// its values.
void leave_video_range(const Header& header, LutText& lut) {
  if (header.has(kVideoIn)) {
    LutBox& box = lut.shaper_size > 0 ? lut.shaper_box : lut.box;
    for (double& end : box.low) end = full_range(end);
    for (double& end : box.high) end = full_range(end);
    check_box(header, kVideoIn, box);
  }
  if (header.has(kVideoOut)) {
    const double most = lut.size > 0 ? kMostFloat : kFarthestCorner;
    for (float& value : lut.size > 0 ? lut.nodes : lut.shaper) {
      const double full = full_range(value);
      if (full < -most || full > most)
        header.fail(kVideoOut, "leads to entries that are too large");
      value = static_cast<float>(full);
    }
  }
}

// A curve alone becomes the shaper of a table around its values, whose corners have bounds.
bool is_near(const float* entry) {
  bool near = true;
  for (int c = 0; c < 3; ++c) near &= entry[c] >= -kFarthestCorner && entry[c] <= kFarthestCorner;
  return near;
}

bool starts_entry(char c) { return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.'; }

}  // namespace

LutText parse_cube(std::string_view bytes) {
  TextLines lines(bytes);
  Header header;
  while (lines.next() && !starts_entry(lines.line()[0])) read_keyword(lines, header);
  if (!header.has(kSize1d) && !header.has(kSize3d)) {
    lines.fail("LUT_1D_SIZE or LUT_3D_SIZE before the entries");
  }
  LutText lut;
  lut.title = header.title;
  lut.shaper_box = box_of(header, kSize1d, kRange1d, header.range_1d);
  lut.box = box_of(header, kSize3d, kRange3d, header.range_3d);
  const std::int64_t n = lut.size = header.size_3d;
  lut.shaper_size = header.size_1d;
  const std::int64_t total = lut.shaper_size + n * n * n;
  // The shortest entry is "0 0 0\n". Where the bytes cannot fill the tables the entries are read
  // for the line that is wrong, and not kept.
  const bool kept = (lines.bytes_left() + 1) / 6 >= total;
  if (kept) {
    lut.shaper.resize(static_cast<std::size_t>(lut.shaper_size * 3));
    lut.nodes.resize(static_cast<std::size_t>(n * n * n * 3));
  }
  std::int64_t i = -lut.shaper_size, red = 0, green = 0, blue = 0;
  for (; !lines.ended(); lines.next()) {
    float entry[3];
    if (i == n * n * n) lines.fail("the end after " + std::to_string(total) + " entries");
    if (!read_numbers(lines.line(), entry, 3)) lines.fail("three finite numbers");
    if (n == 0 && !is_near(entry)) lines.fail("a curve within +-1e6");
    float* to = entry;
    if (kept && i < 0) to = &lut.shaper[static_cast<std::size_t>((i + lut.shaper_size) * 3)];
    if (kept && i >= 0) {
      to = &lut.nodes[static_cast<std::size_t>(((red * n + green) * n + blue) * 3)];
    }
    for (int c = 0; c < 3; ++c) to[c] = entry[c];
    if (i++ < 0) continue;
    if (++red == n) red = 0, ++green;
    if (green == n) green = 0, ++blue;
  }
  if (i < n * n * n) {
    lines.fail(std::to_string(total) + " entries in all, of which " +
               std::to_string(i + lut.shaper_size) + " came");
  }
  leave_video_range(header, lut);
  return lut;
}

namespace {

void append_line(std::string& text, std::string_view name, const double* values, int count) {
  text += name;
  for (int i = 0; i < count; ++i) {
    text += ' ';
    append_number(text, values[i]);
  }
  text += '\n';
}

void append_entry(std::string& text, const float* entry) {
  for (int c = 0; c < 3; ++c) {
    append_number(text, entry[c]);
    text += c < 2 ? ' ' : '\n';
  }
}

void append_size(std::string& text, Keyword keyword, std::int64_t size) {
  if (size > 0) text += std::string(kNames[keyword]) + ' ' + std::to_string(size) + '\n';
}

void append_range(std::string& text, Keyword keyword, const LutBox& box) {
  const double ends[2] = {box.low[0], box.high[0]};
  if (!same(box, LutBox())) append_line(text, kNames[keyword], ends, 2);
}

}  // namespace

std::string format_cube(const LutText& lut) {
  std::string text;
  text.reserve(64 + lut.title.size() + (lut.nodes.size() + lut.shaper.size()) * 11);
  if (!lut.title.empty()) text += "TITLE \"" + lut.title + "\"\n";
  append_size(text, kSize1d, lut.shaper_size);
  append_size(text, kSize3d, lut.size);
  if (lut.shaper_size > 0 && lut.size > 0) {
    append_range(text, kRange1d, lut.shaper_box);
    append_range(text, kRange3d, lut.box);
  } else {
    const LutBox& box = lut.size > 0 ? lut.box : lut.shaper_box;
    if (!same(box, LutBox())) {
      append_line(text, kNames[kDomainMin], box.low.data(), 3);
      append_line(text, kNames[kDomainMax], box.high.data(), 3);
    }
  }
  for (std::int64_t i = 0; i < lut.shaper_size; ++i) append_entry(text, &lut.shaper[i * 3]);
  const std::int64_t n = lut.size;
  for (std::int64_t blue = 0; blue < n; ++blue) {
    for (std::int64_t green = 0; green < n; ++green) {
      for (std::int64_t red = 0; red < n; ++red) {
        append_entry(text, &lut.nodes[((red * n + green) * n + blue) * 3]);
      }
    }
  }
  return text;
}

}  // namespace harmonia
