// A text file line by line, and the words and numbers on a line. No locale, no allocation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harmonia/lut_text.hpp"

namespace harmonia {

class TextLines {
 public:
  // A mark of UTF-8 before the first line is skipped.
  explicit TextLines(std::string_view bytes);

  // To the next line that is neither blank nor a comment; false at the end. Lines end in LF or
  // CRLF. Throws for control characters and for lines beyond kMostLineBytes.
  bool next();

  bool ended() const { return ended_; }
  std::string_view line() const { return line_; }
  std::int64_t number() const { return number_; }

  // Bytes from the start of this line to the end of the file.
  std::int64_t bytes_left() const { return bytes_left_; }

  // What was wanted where this line, or the end, came.
  [[noreturn]] void fail(const std::string& wanted) const;

 private:
  std::string_view rest_, line_;
  std::int64_t number_ = 0, bytes_left_ = 0;
  bool ended_ = false;
};

// Takes the first word off a line; empty at its end.
std::string_view next_word(std::string_view& line);

// What surrounds the words of a line is dropped.
std::string_view trimmed(std::string_view line);

// The whole word as a finite number, rounded once; false if it is none. NaN, infinity, hexadecimal
// and numbers beyond the type are none.
bool parse_number(std::string_view word, float& value);
bool parse_number(std::string_view word, double& value);
// Decimal digits alone, up to 999,999,999.
bool parse_number(std::string_view word, std::int64_t& value);

// In quotes, as ASCII, and cut where it is long.
std::string quoted(std::string_view text);

bool is_utf8(std::string_view text);

// The shortest digits that read back to the same bits.
void append_number(std::string& text, float value);
void append_number(std::string& text, double value);
void append_number(std::string& text, std::int64_t value);

}  // namespace harmonia
