#include "text_lines.hpp"

#include <charconv>
#include <system_error>

namespace harmonia {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_hex(std::string& text, unsigned char byte) {
  constexpr char kDigits[] = "0123456789abcdef";
  text += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
}

// A number as the format has it: no spelled-out infinity, no hexadecimal, at most one sign.
bool starts_number(std::string_view& word) {
  std::string_view digits = word;
  if (!digits.empty() && (digits[0] == '+' || digits[0] == '-')) digits.remove_prefix(1);
  if (digits.empty() || !(is_digit(digits[0]) || digits[0] == '.')) return false;
  if (word[0] == '+') word = digits;  // from_chars knows no plus
  return true;
}

template <class T>
std::errc read_all(std::string_view word, T& value) {
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, value);
  return stop == end ? error : std::errc::invalid_argument;
}

template <class T>
void append_shortest(std::string& text, T value) {
  char digits[32];  // the longest double has 24 characters
  text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

}  // namespace

TextLines::TextLines(std::string_view bytes) : rest_(bytes) {
  if (rest_.substr(0, 3) == "\xef\xbb\xbf") rest_.remove_prefix(3);
}

bool TextLines::next() {
  while (!rest_.empty()) {
    ++number_;
    bytes_left_ = static_cast<std::int64_t>(rest_.size());
    const std::size_t end = rest_.find('\n');
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line_.size() > kMostLineBytes) {
      fail("a line of at most " + std::to_string(kMostLineBytes) + " bytes");
    }
    if (!line_.empty() && line_.back() == '\r') line_.remove_suffix(1);
    int controls = 0;
    for (const char c : line_) controls |= is_control(c);
    if (controls != 0) fail("text without control characters");
    line_ = trimmed(line_);
    if (!line_.empty() && line_[0] != '#') return true;
  }
  line_ = {};
  bytes_left_ = 0;
  ended_ = true;
  return false;
}

void TextLines::fail(const std::string& wanted) const {
  const std::string came = ended_ ? "the end of the file" : quoted(line_);
  throw LutTextError(number_ > 0 ? number_ : 1, "expected " + wanted + ", got " + came);
}

std::string_view next_word(std::string_view& line) {
  std::size_t start = 0;
  while (start < line.size() && is_space(line[start])) ++start;
  std::size_t stop = start;
  while (stop < line.size() && !is_space(line[stop])) ++stop;
  const std::string_view word = line.substr(start, stop - start);
  line.remove_prefix(stop);
  return word;
}

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
  while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
  return line;
}

bool parse_number(std::string_view word, float& value) {
  if (!starts_number(word)) return false;
  const std::errc error = read_all(word, value);
  if (error != std::errc::result_out_of_range) return error == std::errc();
  // Some libraries tell too small a number from zero, others do not; to us it is zero.
  double wide = 0;
  if (read_all(word, wide) != std::errc() || wide <= -1 || wide >= 1) return false;
  value = static_cast<float>(wide);
  return true;
}

bool parse_number(std::string_view word, double& value) {
  return starts_number(word) && read_all(word, value) == std::errc();
}

bool parse_number(std::string_view word, std::int64_t& value) {
  if (word.empty() || word.size() > 9 || !is_digit(word[0])) return false;
  return read_all(word, value) == std::errc();
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 40;
  std::string out = "'";
  for (const char c : text.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      out += c;
    } else {
      append_hex(out, byte);
    }
  }
  return out + (text.size() > kShown ? "...'" : "'");
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i++]);
    if (first < 0x80) continue;
    const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4) return false;
    std::uint32_t code = first & (0x3fu >> more);
    for (int k = 0; k < more; ++k) {
      if (i == text.size()) return false;
      const auto byte = static_cast<unsigned char>(text[i++]);
      if ((byte & 0xc0) != 0x80) return false;
      code = code << 6 | (byte & 0x3fu);
    }
    constexpr std::uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
    if (code < kLeast[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
  }
  return true;
}

void append_number(std::string& text, float value) { append_shortest(text, value); }
void append_number(std::string& text, double value) { append_shortest(text, value); }
void append_number(std::string& text, std::int64_t value) { append_shortest(text, value); }

}  // namespace harmonia
