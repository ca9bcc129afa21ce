/* See keywright.h. Link with -lcrypto. */
#include "keywright.h"

#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/sha.h>

enum { PAYLOAD_BYTES = 1 << 20, PAYLOAD_DEPTH = 64, LONGEST_KEY = 4096, MODULUS_BYTES = 1024, MOST_SIGNATURES = 100, LONGEST_PATH = 53 };

/** The last second of the year 9999. */
#define LATEST_SECONDS 253402300799.0
#define SAFE_INTEGER 9007199254740991.0
#define DAY INT64_C(86400000)
/** The times that JavaScript's Date has. */
#define LATEST_DATE INT64_C(8640000000000000)

/* ---- Memory, texts ---- */

struct chunk {
  struct chunk *next;
  size_t used, size;
  max_align_t data[];
};

struct kw_memory {
  struct chunk *chunks;
};

static void *sure(void *block) {
  if (block == NULL) abort();
  return block;
}

kw_memory *kw_new_memory(void) { return sure(calloc(1, sizeof(kw_memory))); }

void kw_free(kw_memory *memory) {
  if (memory == NULL) return;
  for (struct chunk *chunk = memory->chunks, *next; chunk != NULL; chunk = next) {
    next = chunk->next;
    free(chunk);
  }
  free(memory);
}

static void *allocate(kw_memory *memory, size_t size) {
  struct chunk *chunk = memory->chunks;
  size = (size + sizeof(max_align_t)) / sizeof(max_align_t) * sizeof(max_align_t);
  if (chunk == NULL || chunk->size - chunk->used < size) {
    size_t wanted = chunk == NULL ? 4096 : chunk->size < 1 << 20 ? 2 * chunk->size : chunk->size;
    if (wanted < size) wanted = size;
    chunk = sure(malloc(sizeof(struct chunk) + wanted));
    chunk->next = memory->chunks;
    chunk->used = 0;
    chunk->size = wanted;
    memory->chunks = chunk;
  }
  void *block = (char *)chunk->data + chunk->used;
  chunk->used += size;
  return memset(block, 0, size);
}

kw_text kw_text_of(const char *text) {
  kw_text of = {text, text == NULL ? 0 : strlen(text)};
  return of;
}

kw_time kw_unix_time(int64_t seconds) {
  kw_time time = {true, seconds > LATEST_DATE / 1000 ? LATEST_DATE + 1 : seconds < -LATEST_DATE / 1000 ? -LATEST_DATE - 1 : seconds * 1000};
  return time;
}

kw_age kw_seconds(double seconds) {
  kw_age age = {true, seconds};
  return age;
}

static bool same_text(kw_text one, kw_text other) {
  return one.length == other.length && (one.length == 0 || memcmp(one.bytes, other.bytes, one.length) == 0);
}

static bool says(kw_text text, const char *word) { return same_text(text, kw_text_of(word)); }

static kw_text part(kw_text text, size_t from, size_t to) {
  kw_text of = {text.bytes == NULL ? NULL : text.bytes + from, to - from};
  return of;
}

/** A copy that ends in a zero byte. */
static kw_text copy(kw_memory *memory, kw_text text) {
  char *bytes = allocate(memory, text.length + 1);
  if (text.length > 0) memcpy(bytes, text.bytes, text.length);
  kw_text of = {bytes, text.length};
  return of;
}

static bool begins(kw_text text, const char *word) {
  size_t length = strlen(word);
  return text.length >= length && memcmp(text.bytes, word, length) == 0;
}

/** Where a byte stands, from there on; the length without one. */
static size_t find(kw_text text, char byte, size_t from) {
  while (from < text.length && text.bytes[from] != byte) from++;
  return from;
}

/** Takes the next line off a text; false when there is none. The text behind the last line feed is a line too. */
static bool next_line(kw_text *rest, kw_text *line) {
  if (rest->bytes == NULL) return false;
  size_t end = find(*rest, '\n', 0);
  *line = part(*rest, 0, end);
  kw_text none = {NULL, 0};
  *rest = end == rest->length ? none : part(*rest, end + 1, rest->length);
  return true;
}

/** A text that grows. */
struct writer {
  kw_memory *memory;
  char *bytes;
  size_t length, size;
};

static void write_bytes(struct writer *into, const char *bytes, size_t length) {
  if (into->size - into->length < length + 1) {
    size_t size = 2 * (into->length + length) + 64;
    char *more = allocate(into->memory, size);
    if (into->length > 0) memcpy(more, into->bytes, into->length);
    into->bytes = more;
    into->size = size;
  }
  if (length > 0) memcpy(into->bytes + into->length, bytes, length);
  into->length += length;
  into->bytes[into->length] = 0;
}

static void write_word(struct writer *into, const char *word) { write_bytes(into, word, strlen(word)); }

static void write_number(struct writer *into, int64_t number) {
  char digits[24];
  snprintf(digits, sizeof digits, "%" PRId64, number);
  write_word(into, digits);
}

static void write_json_text(struct writer *into, kw_text text) {
  write_word(into, "\"");
  for (size_t at = 0; at < text.length; at++) {
    unsigned char byte = (unsigned char)text.bytes[at];
    char escape[8];
    if (byte >= 0x20 && byte != '"' && byte != '\\') {
      write_bytes(into, text.bytes + at, 1);
    } else {
      snprintf(escape, sizeof escape, "\\u%04x", byte);
      write_word(into, escape);
    }
  }
  write_word(into, "\"");
}

static void sha256(const void *bytes, size_t length, unsigned char hash[32]) { SHA256(bytes, length, hash); }

/* ---- UTF-8 ---- */

/** The code point at a place, which moves behind it; -1 where the bytes are no UTF-8 (RFC 3629). */
static int32_t next_code(kw_text text, size_t *at) {
  unsigned char lead = (unsigned char)text.bytes[(*at)++];
  if (lead < 0x80) return lead;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  int more = lead > 0xef ? 3 : lead > 0xdf ? 2 : 1;
  int32_t code = lead & (63 >> more);
  for (int left = more; left > 0; left--) {
    unsigned char next = *at < text.length ? (unsigned char)text.bytes[*at] : 0;
    if (next >> 6 != 2) return -1;
    code = code << 6 | (next & 63);
    (*at)++;
  }
  bool is_longer = (more == 2 && code < 0x800) || (more == 3 && code < 0x10000);
  return is_longer || code > 0x10ffff || code >> 11 == 27 ? -1 : code;
}

/** Whether it is UTF-8 of at most so many UTF-16 units, which keywright counts. */
static bool is_utf8(kw_text text, size_t most) {
  size_t units = 0;
  for (size_t at = 0; at < text.length; units++) {
    int32_t code = next_code(text, &at);
    if (code < 0) return false;
    if (code > 0xffff) units++;
  }
  return units <= most;
}

/* ---- Base64 ---- */

static int base64_value(char symbol, bool is_url) {
  if (symbol >= 'A' && symbol <= 'Z') return symbol - 'A';
  if (symbol >= 'a' && symbol <= 'z') return symbol - 'a' + 26;
  if (symbol >= '0' && symbol <= '9') return symbol - '0' + 52;
  if (symbol == (is_url ? '-' : '+')) return 62;
  return symbol == (is_url ? '_' : '/') ? 63 : -1;
}

/** The bytes of the one spelling there is. EVP_DecodeBlock takes white space, and bits behind the end. */
static bool decode_base64(kw_memory *memory, kw_text text, bool is_url, kw_text *into) {
  size_t end = text.length;
  if (!is_url) {
    if (end % 4 != 0) return false;
    if (end > 0 && text.bytes[end - 1] == '=') end -= text.bytes[end - 2] == '=' ? 2 : 1;
  }
  if (end % 4 == 1) return false;
  char *bytes = allocate(memory, end / 4 * 3 + 4);
  size_t length = 0;
  unsigned bits = 0, pending = 0;
  for (size_t at = 0; at < end; at++) {
    int value = base64_value(text.bytes[at], is_url);
    if (value < 0) return false;
    bits = (bits << 6 | (unsigned)value) & 0xffff;
    pending += 6;
    if (pending >= 8) {
      pending -= 8;
      bytes[length++] = (char)(bits >> pending & 0xff);
    }
  }
  into->bytes = bytes;
  into->length = length;
  return (bits & ((1u << pending) - 1)) == 0;
}

static kw_text encode_base64(kw_memory *memory, const unsigned char *bytes, size_t length, bool is_url) {
  const char *symbols = is_url ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                               : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char *text = allocate(memory, length / 3 * 4 + 5);
  kw_text of = {text, 0};
  for (size_t at = 0; at < length; at += 3) {
    unsigned bits = (unsigned)bytes[at] << 16;
    if (at + 1 < length) bits |= (unsigned)bytes[at + 1] << 8;
    if (at + 2 < length) bits |= bytes[at + 2];
    size_t used = length - at < 3 ? length - at + 1 : 4;
    for (size_t index = 0; index < (is_url ? used : 4); index++) {
      text[of.length++] = index < used ? symbols[bits >> (18 - 6 * index) & 63] : '=';
    }
  }
  return of;
}

/* ---- Times ---- */

static bool is_digits(kw_text text, size_t from, size_t count) {
  for (size_t at = from; at < from + count; at++) {
    if (text.bytes[at] < '0' || text.bytes[at] > '9') return false;
  }
  return true;
}

static int64_t digits_at(kw_text text, size_t from, size_t count) {
  int64_t number = 0;
  for (size_t at = from; at < from + count; at++) number = number * 10 + (text.bytes[at] - '0');
  return number;
}

/** Days since 1970 of a date of the Gregorian calendar; March is counted as the first month. */
static int64_t days_of(int64_t year, int64_t month, int64_t day) {
  year += 399 - (month < 3) + 1;
  int64_t era = year / 400, of_era = year % 400;
  int64_t of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
  return (era - 1) * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

kw_time kw_parse_time(kw_text text) {
  kw_time none = {false, 0};
  const char *shape = "0000-00-00T00:00:00";
  if (text.length != 20 && text.length != 24) return none;
  for (size_t at = 0; at < 19; at++) {
    if (shape[at] == '0' ? !is_digits(text, at, 1) : text.bytes[at] != shape[at]) return none;
  }
  if (text.bytes[text.length - 1] != 'Z') return none;
  if (text.length == 24 && (text.bytes[19] != '.' || !is_digits(text, 20, 3))) return none;
  int64_t year = digits_at(text, 0, 4), month = digits_at(text, 5, 2), day = digits_at(text, 8, 2);
  int64_t hour = digits_at(text, 11, 2), minute = digits_at(text, 14, 2), second = digits_at(text, 17, 2);
  bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return none;
  int64_t days = month == 2 ? (is_leap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  if (day < 1 || day > days) return none;
  int64_t seconds = days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
  kw_time time = {true, seconds * 1000 + (text.length == 24 ? digits_at(text, 20, 3) : 0)};
  return time;
}

void kw_format_time(int64_t ms, char into[25]) {
  int64_t days = ms / DAY, rest = ms % DAY;
  if (rest < 0) {
    days--;
    rest += DAY;
  }
  int64_t year = 1970 + (days < 0 ? days / 365 - 1 : days / 366);
  while (days_of(year + 1, 1, 1) <= days) year++;
  int64_t month = 1;
  while (month < 12 && days_of(year, month + 1, 1) <= days) month++;
  unsigned parts[7] = {(unsigned)year % 10000, (unsigned)month % 100, (unsigned)(days - days_of(year, month, 1) + 1) % 100,
                       (unsigned)(rest / 3600000) % 100, (unsigned)(rest / 60000 % 60), (unsigned)(rest / 1000 % 60),
                       (unsigned)(rest % 1000)};
  snprintf(into, 25, "%04u-%02u-%02uT%02u:%02u:%02u", parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
  if (parts[6] == 0) strcpy(into + 19, "Z");
  else snprintf(into + 19, 6, ".%03uZ", parts[6]);
}

/* ---- JSON ---- */

struct reader {
  kw_memory *memory;
  kw_text text;
  size_t at;
  unsigned max_depth;
  const kw_json **stack; /* items of what is still open */
  size_t depth, size;
};

static void skip_space(struct reader *from) {
  while (from->at < from->text.length && from->text.bytes[from->at] != 0 && strchr(" \t\n\r", from->text.bytes[from->at])) from->at++;
}

/** Steps over a token, and says whether it is there. */
static bool take(struct reader *from, const char *token) {
  bool is_there = begins(part(from->text, from->at, from->text.length), token);
  if (is_there) from->at += strlen(token);
  return is_there;
}

static bool take_digits(struct reader *from) {
  size_t start = from->at;
  while (from->at < from->text.length && is_digits(from->text, from->at, 1)) from->at++;
  return from->at > start;
}

static bool read_number(struct reader *from, kw_json *into) {
  size_t start = from->at, dot = 0;
  take(from, "-");
  if (!take(from, "0") && !take_digits(from)) return false;
  if (take(from, ".")) {
    dot = from->at;
    if (!take_digits(from)) return false;
  }
  if (take(from, "e") || take(from, "E")) {
    if (!take(from, "+")) take(from, "-");
    if (!take_digits(from)) return false;
  }
  /* strtod wants the decimal point of the locale, whatever an app has set. One too great is infinite, as for JavaScript. */
  char few[64];
  struct writer spelled = {from->memory, few, 0, sizeof few};
  write_bytes(&spelled, from->text.bytes + start, (dot == 0 ? from->at : dot - 1) - start);
  if (dot != 0) {
    write_word(&spelled, localeconv()->decimal_point);
    write_bytes(&spelled, from->text.bytes + dot, from->at - dot);
  }
  into->type = KW_NUMBER;
  into->number = strtod(spelled.bytes, NULL);
  return true;
}

static bool read_unit(struct reader *from, int32_t *unit) {
  const char *digits = "0123456789abcdef0123456789ABCDEF";
  *unit = 0;
  for (int left = 4; left > 0; left--, from->at++) {
    char digit = from->at < from->text.length ? from->text.bytes[from->at] : 0;
    const char *place = digit == 0 ? NULL : strchr(digits, digit);
    if (place == NULL) return false;
    *unit = *unit * 16 + (int32_t)((place - digits) % 16);
  }
  return true;
}

static char *put_code(char *out, int32_t code) {
  if (code < 0x80) {
    *out++ = (char)code;
    return out;
  }
  int more = code > 0xffff ? 3 : code > 0x7ff ? 2 : 1;
  *out++ = (char)((0xff00 >> (more + 1) & 0xff) | code >> (6 * more));
  while (more-- > 0) *out++ = (char)(0x80 | (code >> (6 * more) & 63));
  return out;
}

/** Reads what stands behind a quote, up to the next. */
static bool read_text(struct reader *from, kw_text *into) {
  size_t end = from->at;
  while (end < from->text.length && from->text.bytes[end] != '"') end += from->text.bytes[end] == '\\' ? 2 : 1;
  if (end >= from->text.length) return false;
  char *text = allocate(from->memory, end - from->at + 1), *out = text;
  while (from->at < end) {
    char byte = from->text.bytes[from->at++];
    if ((unsigned char)byte < 0x20) return false;
    if (byte != '\\') {
      *out++ = byte;
      continue;
    }
    char kind = from->text.bytes[from->at++];
    const char *kinds = "\"\\/bfnrt", *place = kind == 0 ? NULL : strchr(kinds, kind);
    int32_t code, low;
    if (place != NULL) {
      *out++ = "\"\\/\b\f\n\r\t"[place - kinds];
      continue;
    }
    if (kind != 'u' || !read_unit(from, &code)) return false;
    if (code >> 11 == 27) {
      if (code > 0xdbff || !take(from, "\\u") || !read_unit(from, &low) || low >> 10 != 0xdc00 >> 10) return false;
      code = 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff));
    }
    out = put_code(out, code);
  }
  from->at = end + 1;
  into->bytes = text;
  into->length = (size_t)(out - text);
  return true;
}

static int compare_texts(kw_text one, kw_text other) {
  size_t shorter = one.length < other.length ? one.length : other.length;
  int order = shorter == 0 ? 0 : memcmp(one.bytes, other.bytes, shorter);
  return order != 0 ? order : (one.length > other.length) - (one.length < other.length);
}

static int compare_members(const void *one, const void *other) {
  const kw_json *const *left = one, *const *right = other;
  return compare_texts((*left)->name, (*right)->name);
}

static void push(struct reader *from, const kw_json *item) {
  if (from->depth == from->size) {
    from->size = 2 * from->size + 64;
    from->stack = sure(realloc(from->stack, from->size * sizeof *from->stack));
  }
  from->stack[from->depth++] = item;
}

static kw_json *read_value(struct reader *from, unsigned depth);

/** Reads the items of a list, or the members of an object, behind the bracket. */
static bool read_items(struct reader *from, kw_json *into, unsigned depth) {
  bool is_object = into->type == KW_OBJECT;
  const char *end = is_object ? "}" : "]";
  size_t bottom = from->depth;
  if (depth > from->max_depth) return false;
  skip_space(from);
  if (take(from, end)) return true;
  do {
    kw_text name = {NULL, 0};
    skip_space(from);
    if (is_object && (!take(from, "\"") || !read_text(from, &name))) return false;
    skip_space(from);
    if (is_object && !take(from, ":")) return false;
    kw_json *item = read_value(from, depth + 1);
    if (item == NULL) return false;
    item->name = name;
    push(from, item);
    skip_space(from);
  } while (take(from, ","));
  into->count = from->depth - bottom;
  const kw_json **items = allocate(from->memory, into->count * sizeof *items);
  memcpy(items, from->stack + bottom, into->count * sizeof *items);
  from->depth = bottom;
  if (is_object) {
    qsort(items, into->count, sizeof *items, compare_members);
    for (size_t index = 1; index < into->count; index++) {
      if (compare_members(&items[index - 1], &items[index]) == 0) return false; /* a name twice */
    }
  }
  into->items = items;
  return take(from, end);
}

static kw_json *read_value(struct reader *from, unsigned depth) {
  kw_json *value = allocate(from->memory, sizeof *value);
  bool is_sound = true;
  skip_space(from);
  size_t start = from->at;
  if (take(from, "null")) value->type = KW_NULL;
  else if (take(from, "true")) value->type = KW_TRUE;
  else if (take(from, "false")) value->type = KW_FALSE;
  else if (take(from, "\"")) {
    value->type = KW_TEXT;
    is_sound = read_text(from, &value->text);
  } else if (take(from, "{") || take(from, "[")) {
    value->type = from->text.bytes[from->at - 1] == '{' ? KW_OBJECT : KW_LIST;
    is_sound = read_items(from, value, depth);
  } else {
    is_sound = read_number(from, value);
  }
  value->source = part(from->text, start, from->at);
  return is_sound ? value : NULL;
}

const kw_json *kw_parse_json(kw_memory *memory, kw_text text, unsigned max_depth) {
  struct reader from = {memory, text, 0, max_depth, NULL, 0, 0};
  if (text.length == 0 || !is_utf8(text, SIZE_MAX)) return NULL;
  const kw_json *value = read_value(&from, 1);
  skip_space(&from);
  free(from.stack);
  return from.at == text.length ? value : NULL;
}

const kw_json *kw_member(const kw_json *object, const char *name) {
  if (object == NULL || object->type != KW_OBJECT) return NULL;
  for (size_t low = 0, high = object->count; low < high;) {
    size_t middle = low + (high - low) / 2;
    int order = compare_texts(object->items[middle]->name, kw_text_of(name));
    if (order == 0) return object->items[middle];
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return NULL;
}

static bool is_type(const kw_json *value, kw_type type) { return value != NULL && value->type == type; }

static bool is_word(const kw_json *value, const char *word) { return is_type(value, KW_TEXT) && says(value->text, word); }

static kw_text text_of(const kw_json *value) {
  kw_text none = {NULL, 0};
  return is_type(value, KW_TEXT) ? value->text : none;
}

static bool are_texts(const kw_json *value) {
  if (!is_type(value, KW_LIST)) return false;
  for (size_t index = 0; index < value->count; index++) {
    if (value->items[index]->type != KW_TEXT) return false;
  }
  return true;
}

/** Whether two values say the same: the order of members is free, numbers are doubles. */
static bool same_value(const kw_json *one, const kw_json *other) {
  if (one->type != other->type || one->count != other->count) return false;
  if (one->type == KW_NUMBER) return one->number == other->number;
  if (one->type == KW_TEXT) return same_text(one->text, other->text);
  for (size_t index = 0; index < one->count; index++) {
    if (!same_text(one->items[index]->name, other->items[index]->name)) return false;
    if (!same_value(one->items[index], other->items[index])) return false;
  }
  return true;
}

/** Whether a value is a whole number up to that, which a double holds exactly. */
static bool is_whole(const kw_json *value, double least, double most) {
  return is_type(value, KW_NUMBER) && value->number >= least && value->number <= most && (double)(int64_t)value->number == value->number;
}

/** Reads a time that may be absent; false where it is there, and none. */
static bool read_time(const kw_json *value, kw_time *into) {
  *into = kw_parse_time(text_of(value));
  return value == NULL || into->is_set;
}

/** A whole number from 0, below 2⁵³, in one spelling only; else -1. */
static int64_t parse_place(kw_text text) {
  if (text.length == 0 || text.length > 16 || !is_digits(text, 0, text.length)) return -1;
  if (text.length > 1 && text.bytes[0] == '0') return -1;
  int64_t place = digits_at(text, 0, text.length);
  return place <= (int64_t)SAFE_INTEGER ? place : -1;
}

/* ---- Keyrings ---- */

static const char *const STATUSES[] = {"active", "retired", "compromised"};
enum status { ACTIVE, RETIRED, COMPROMISED };
static const char *const PURPOSES[] = {"response", "license", "seal", "list", "keyring"};
enum purpose { RESPONSE, LICENSE, SEAL, LIST, KEYRING };

struct key {
  char kid[44];
  bool is_rsa;
  enum status status;
  const char *role; /* NULL: both */
  kw_text product;  /* empty: none */
  unsigned purposes;
  kw_time from, until;
  unsigned char bytes[MODULUS_BYTES]; /* the point of Ed25519, or the modulus of RSA */
  size_t length;
};

struct kw_keyring {
  kw_memory *memory;
  struct key *keys;
  size_t count;
};

struct field {
  BN_CTX *context;
  BIGNUM *prime, *order, *twice_d;
};

struct point {
  BIGNUM *x, *y, *z, *t; /* (x/z, y/z), with t = x·y/z */
};

static int add_points(struct point *sum, const struct point *p, const struct point *q, const struct field *of) {
  BN_CTX *context = of->context;
  const BIGNUM *m = of->prime;
  BN_CTX_start(context);
  BIGNUM *a = BN_CTX_get(context), *b = BN_CTX_get(context), *c = BN_CTX_get(context), *d = BN_CTX_get(context), *e = BN_CTX_get(context);
  int done = e != NULL && BN_mod_sub(a, p->y, p->x, m, context) && BN_mod_sub(b, q->y, q->x, m, context) &&
             BN_mod_mul(a, a, b, m, context) && BN_mod_add(b, p->y, p->x, m, context) && BN_mod_add(c, q->y, q->x, m, context) &&
             BN_mod_mul(b, b, c, m, context) && BN_mod_mul(c, p->t, q->t, m, context) && BN_mod_mul(c, c, of->twice_d, m, context) &&
             BN_mod_mul(d, p->z, q->z, m, context) && BN_mod_lshift1(d, d, m, context) && BN_mod_sub(e, b, a, m, context) &&
             BN_mod_add(b, b, a, m, context) && BN_mod_sub(a, d, c, m, context) && BN_mod_add(c, d, c, m, context) &&
             BN_mod_mul(sum->x, e, a, m, context) && BN_mod_mul(sum->y, c, b, m, context) && BN_mod_mul(sum->z, a, c, m, context) &&
             BN_mod_mul(sum->t, e, b, m, context);
  BN_CTX_end(context);
  return done;
}

/** Reads a point in the one spelling that RFC 8032 has for it. */
static int decode_point(const unsigned char bytes[32], struct point *p, const struct field *of) {
  BN_CTX *context = of->context;
  unsigned char plain[32];
  memcpy(plain, bytes, 32);
  plain[31] &= 127;
  bool is_negative = bytes[31] >> 7;
  BIGNUM *square = BN_CTX_get(context), *under = BN_CTX_get(context);
  if (under == NULL || BN_lebin2bn(plain, 32, p->y) == NULL || BN_cmp(p->y, of->prime) >= 0) return 0;
  /* x² = (y² - 1) / (d·y² + 1), and 2d is at hand */
  if (!BN_mod_sqr(square, p->y, of->prime, context) || !BN_mod_mul(under, square, of->twice_d, of->prime, context)) return 0;
  if (BN_is_odd(under) && !BN_add(under, under, of->prime)) return 0;
  if (!BN_rshift1(under, under) || !BN_add_word(under, 1) || !BN_sub_word(square, 1)) return 0;
  if (BN_mod_inverse(under, under, of->prime, context) == NULL) return 0;
  if (!BN_nnmod(square, square, of->prime, context) || !BN_mod_mul(square, square, under, of->prime, context)) return 0;
  if (BN_mod_sqrt(p->x, square, of->prime, context) == NULL || (BN_is_zero(p->x) && is_negative)) return 0;
  if (BN_is_odd(p->x) != is_negative && !BN_sub(p->x, of->prime, p->x)) return 0;
  return BN_one(p->z) && BN_mod_mul(p->t, p->x, p->y, of->prime, context);
}

/** Refuses keys on which engines disagree, and those that verify what nobody signed: points of the great order pass. */
static bool is_sound_point(const unsigned char bytes[32]) {
  struct field of = {BN_CTX_new(), NULL, NULL, NULL};
  if (of.context == NULL) abort();
  ERR_set_mark();
  BN_CTX_start(of.context);
  struct point p = {BN_CTX_get(of.context), BN_CTX_get(of.context), BN_CTX_get(of.context), BN_CTX_get(of.context)};
  struct point sum = {BN_CTX_get(of.context), BN_CTX_get(of.context), BN_CTX_get(of.context), BN_CTX_get(of.context)};
  int done = sum.t != NULL && BN_hex2bn(&of.prime, "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed") &&
             BN_hex2bn(&of.order, "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed") &&
             BN_hex2bn(&of.twice_d, "2406d9dc56dffce7198e80f2eef3d13000e0149a8283b156ebd69b9426b2f159") && decode_point(bytes, &p, &of);
  bool is_neutral = !done || (BN_is_zero(p.x) && BN_is_one(p.y));
  done = done && BN_copy(sum.x, p.x) && BN_copy(sum.y, p.y) && BN_copy(sum.z, p.z) && BN_copy(sum.t, p.t);
  for (int bit = done ? BN_num_bits(of.order) - 2 : -1; bit >= 0; bit--) {
    done = done && add_points(&sum, &sum, &sum, &of);
    if (BN_is_bit_set(of.order, bit)) done = done && add_points(&sum, &sum, &p, &of);
  }
  bool is_sound = done && !is_neutral && BN_is_zero(sum.x) && BN_cmp(sum.y, sum.z) == 0;
  BN_free(of.prime);
  BN_free(of.order);
  BN_free(of.twice_d);
  BN_CTX_end(of.context);
  BN_CTX_free(of.context);
  ERR_pop_to_mark();
  return is_sound;
}

static bool is_modulus(kw_text bytes) {
  if (bytes.length < 256 || bytes.length > MODULUS_BYTES || bytes.bytes[0] == 0) return false;
  bool has_bits = bytes.length > 256 || (bytes.bytes[0] & 0x80) != 0;
  return has_bits && (bytes.bytes[bytes.length - 1] & 1) != 0;
}

/** Whether a member is one of those words, or absent; `which` is the one that it is. */
static bool is_one_of(const kw_json *value, const char *const *words, size_t count, size_t *which) {
  for (*which = 0; *which < count; ++*which) {
    if (is_word(value, words[*which])) return true;
  }
  return value == NULL;
}

static bool is_name_or_absent(const kw_json *value) { return value == NULL || (value->type == KW_TEXT && value->text.length > 0); }

static bool read_key(kw_memory *memory, const kw_json *jwk, bool is_stolen, struct key *key) {
  static const char *const private_members[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
  static const char *const roles[] = {"product", "global"};
  size_t which;
  if (!is_type(jwk, KW_OBJECT)) return false;
  for (size_t index = 0; index < 8; index++) {
    if (kw_member(jwk, private_members[index]) != NULL) return false;
  }
  const kw_json *alg = kw_member(jwk, "alg"), *kid = kw_member(jwk, "kid"), *use = kw_member(jwk, "use");
  key->is_rsa = is_word(kw_member(jwk, "kty"), "RSA");
  kw_text spelled = text_of(kw_member(jwk, key->is_rsa ? "n" : "x")), bytes;
  if (!is_type(kw_member(jwk, key->is_rsa ? "n" : "x"), KW_TEXT) || !decode_base64(memory, spelled, true, &bytes)) return false;
  if (key->is_rsa) {
    if (!is_word(kw_member(jwk, "e"), "AQAB") || (alg != NULL && !is_word(alg, "RS256")) || !is_modulus(bytes)) return false;
  } else {
    if (!is_word(kw_member(jwk, "kty"), "OKP") || !is_word(kw_member(jwk, "crv"), "Ed25519")) return false;
    if (alg != NULL && !is_word(alg, "Ed25519") && !is_word(alg, "EdDSA")) return false;
    if (bytes.length != 32 || !is_sound_point((const unsigned char *)bytes.bytes)) return false;
  }
  memcpy(key->bytes, bytes.bytes, bytes.length);
  key->length = bytes.length;
  struct writer hashed = {memory, NULL, 0, 0};
  unsigned char hash[32];
  write_word(&hashed, key->is_rsa ? "{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"" : "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"");
  write_bytes(&hashed, spelled.bytes, spelled.length);
  write_word(&hashed, "\"}");
  sha256(hashed.bytes, hashed.length, hash);
  memcpy(key->kid, encode_base64(memory, hash, 32, true).bytes, 43);
  if ((kid != NULL && !is_word(kid, key->kid)) || (use != NULL && !is_word(use, "sig"))) return false;
  if (!is_one_of(kw_member(jwk, "role"), roles, 2, &which)) return false;
  key->role = which < 2 ? roles[which] : NULL;
  key->status = COMPROMISED;
  if (!is_stolen) {
    if (!is_one_of(kw_member(jwk, "status"), STATUSES, 3, &which)) return false;
    key->status = which < 3 ? (enum status)which : ACTIVE;
  }
  if (!is_name_or_absent(kw_member(jwk, "product")) || !is_name_or_absent(kw_member(jwk, "kid_given"))) return false;
  key->product = copy(memory, text_of(kw_member(jwk, "product")));
  const kw_json *purposes = kw_member(jwk, "purposes");
  key->purposes = purposes == NULL ? 1u << RESPONSE | 1u << LICENSE : 0;
  if (purposes != NULL && (purposes->type != KW_LIST || purposes->count == 0)) return false;
  for (size_t index = 0; purposes != NULL && index < purposes->count; index++) {
    if (!is_one_of(purposes->items[index], PURPOSES, 5, &which)) return false;
    key->purposes |= 1u << which;
  }
  return read_time(kw_member(jwk, "validFrom"), &key->from) && read_time(kw_member(jwk, "validUntil"), &key->until);
}

static const struct key *find_key(const kw_keyring *keyring, kw_text kid) {
  for (size_t index = 0; index < keyring->count; index++) {
    if (says(kid, keyring->keys[index].kid)) return &keyring->keys[index];
  }
  return NULL;
}

static bool read_keyring(kw_keyring *keyring, kw_text text) {
  static const char *const lists[] = {"keys", "compromised"};
  if (begins(text, "\xef\xbb\xbf")) text = part(text, 3, text.length);
  const kw_json *set = kw_parse_json(keyring->memory, text, PAYLOAD_DEPTH);
  const kw_json *schema = kw_member(set, "schema");
  if (kw_member(set, "keys") == NULL || (schema != NULL && !is_word(schema, "keywright/keyring/v1"))) return false;
  size_t most = 0;
  for (int list = 0; list < 2; list++) {
    const kw_json *items = kw_member(set, lists[list]);
    if (items != NULL && items->type != KW_LIST) return false;
    most += items == NULL ? 0 : items->count;
  }
  keyring->keys = allocate(keyring->memory, most * sizeof *keyring->keys);
  for (int list = 0; list < 2; list++) {
    const kw_json *items = kw_member(set, lists[list]);
    for (size_t index = 0; items != NULL && index < items->count; index++) {
      struct key *key = &keyring->keys[keyring->count];
      if (!read_key(keyring->memory, items->items[index], list == 1, key)) return false;
      if (find_key(keyring, kw_text_of(key->kid)) != NULL) return false;
      keyring->count++;
    }
  }
  return keyring->count > 0;
}

static kw_keyring *new_keyring(void) {
  kw_keyring *keyring = sure(calloc(1, sizeof *keyring));
  keyring->memory = kw_new_memory();
  return keyring;
}

kw_keyring *kw_parse_keyring(kw_text text) {
  kw_keyring *keyring = new_keyring();
  if (read_keyring(keyring, text)) return keyring;
  kw_free_keyring(keyring);
  return NULL;
}

void kw_free_keyring(kw_keyring *keyring) {
  if (keyring == NULL) return;
  kw_free(keyring->memory);
  free(keyring);
}

size_t kw_keyring_size(const kw_keyring *keyring) { return keyring->count; }

const char *kw_keyring_kid(const kw_keyring *keyring, size_t index) { return keyring->keys[index].kid; }

const char *kw_keyring_status(const kw_keyring *keyring, size_t index) { return STATUSES[keyring->keys[index].status]; }

static bool is_for(const struct key *key, enum purpose purpose) { return (key->purposes >> purpose & 1) != 0; }

static bool is_before_end(const struct key *key, double seconds) {
  return key->until.is_set ? seconds * 1000 < (double)key->until.ms : key->status == ACTIVE;
}

/** Judges a signed time, in Unix seconds; below zero, for none, it breaks every limit. */
static bool is_valid_at(const struct key *key, bool is_timed, double seconds) {
  if (key->from.is_set && !(is_timed && seconds * 1000 >= (double)key->from.ms)) return false;
  return key->until.is_set ? is_timed && is_before_end(key, seconds) : is_before_end(key, seconds);
}

static size_t signature_length(const struct key *key) { return key->is_rsa ? key->length : 64; }

static EVP_PKEY *platform_key(const struct key *key) {
  if (!key->is_rsa) return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->bytes, 32);
  EVP_PKEY *made = NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
  OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
  BIGNUM *modulus = BN_bin2bn(key->bytes, (int)key->length, NULL);
  OSSL_PARAM *parameters = NULL;
  if (context != NULL && builder != NULL && modulus != NULL && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) &&
      OSSL_PARAM_BLD_push_uint(builder, OSSL_PKEY_PARAM_RSA_E, 65537)) {
    parameters = OSSL_PARAM_BLD_to_param(builder);
  }
  if (parameters == NULL || EVP_PKEY_fromdata_init(context) <= 0 ||
      EVP_PKEY_fromdata(context, &made, EVP_PKEY_PUBLIC_KEY, parameters) <= 0) {
    made = NULL;
  }
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(builder);
  EVP_PKEY_CTX_free(context);
  BN_free(modulus);
  return made;
}

/** OpenSSL refuses S from L on, compares R as it is spelled, and takes no RSA signature from the modulus on. */
static bool is_signed_by(const struct key *key, kw_text message, kw_text signature) {
  if (signature.length != signature_length(key)) return false;
  ERR_set_mark();
  EVP_PKEY *made = platform_key(key);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  bool holds = made != NULL && context != NULL &&
               EVP_DigestVerifyInit(context, NULL, key->is_rsa ? EVP_sha256() : NULL, NULL, made) == 1 &&
               EVP_DigestVerify(context, (const unsigned char *)signature.bytes, signature.length,
                                (const unsigned char *)message.bytes, message.length) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(made);
  ERR_pop_to_mark();
  return holds;
}

/* ---- Responses ---- */

struct envelope_policy {
  enum purpose purpose;
  const char *role;
  kw_text product, nonce;
  kw_age max_age;
  double max_future;
  kw_time now;
};

static bool is_role(const char *role) { return role == NULL || strcmp(role, "product") == 0 || strcmp(role, "global") == 0; }

static bool is_age(kw_age age) { return !age.is_set || (age.seconds >= 0 && age.seconds <= 1.7976931348623157e308); }

static bool is_now(kw_time now) { return !now.is_set || (now.ms >= -LATEST_DATE && now.ms <= LATEST_DATE); }

/** The signed time in whole Unix seconds; false where there is none. */
static bool signed_time(const kw_json *payload, double *seconds) {
  const kw_json *time = kw_member(payload, "timestamp");
  *seconds = is_type(time, KW_NUMBER) ? time->number : 0;
  return is_whole(time, 0, SAFE_INTEGER);
}

/** Why an envelope is refused, or NULL: then the key that signed, and the payload. */
static const char *examine(kw_memory *memory, kw_text text, const kw_keyring *keyring, const struct envelope_policy *policy,
                           const struct key **signer, const kw_json **payload) {
  if (!is_utf8(text, 8 * (size_t)PAYLOAD_BYTES)) return "malformed";
  const kw_json *envelope = kw_parse_json(memory, text, PAYLOAD_DEPTH + 1), *base64 = kw_member(envelope, "response_base64");
  const kw_json *role = kw_member(envelope, "private_key_used"), *sealed = kw_member(envelope, "signature");
  const kw_json *response = kw_member(envelope, "response");
  kw_text bytes, signature;
  if (!is_type(base64, KW_TEXT) || !decode_base64(memory, base64->text, false, &bytes)) return "malformed";
  if (bytes.length > PAYLOAD_BYTES || (role != NULL && role->type != KW_TEXT)) return "malformed";
  if (sealed == NULL || sealed->type == KW_NULL || is_word(sealed, "") || is_word(sealed, "Private key not set")) return "unsigned";
  if (sealed->type != KW_TEXT || sealed->text.length > 1368) return "malformed";
  if (!decode_base64(memory, sealed->text, false, &signature)) return "malformed";
  size_t candidates = 0;
  *signer = NULL;
  for (size_t index = 0; index < keyring->count; index++) {
    const struct key *key = &keyring->keys[index];
    bool serves = key->role == NULL || policy->role == NULL || strcmp(key->role, policy->role) == 0;
    if (!is_for(key, policy->purpose) || !serves || signature_length(key) != signature.length) continue;
    candidates++;
    if (*signer == NULL && is_signed_by(key, base64->text, signature)) *signer = key;
  }
  if (candidates == 0) return "unknown_key";
  if (*signer == NULL) return "bad_signature";
  if ((*signer)->status == COMPROMISED) return "key_compromised";
  *payload = kw_parse_json(memory, bytes, PAYLOAD_DEPTH);
  if (!is_type(*payload, KW_OBJECT)) return "malformed";
  if (response != NULL && !same_value(response, *payload)) return "sibling_mismatch";
  double seconds;
  bool is_timed = signed_time(*payload, &seconds);
  if (!is_valid_at(*signer, is_timed, seconds)) return "key_retired";
  if (policy->product.length > 0 && !same_text(policy->product, (*signer)->product)) return "wrong_product";
  if (policy->now.is_set) {
    double age = (double)policy->now.ms / 1000 - seconds;
    if (is_timed && age < -policy->max_future) return "from_future";
    if (policy->max_age.is_set && !(is_timed && age <= policy->max_age.seconds)) return "stale";
  }
  const kw_json *nonce = kw_member(*payload, "nonce");
  if (policy->nonce.length > 0 && !(is_type(nonce, KW_TEXT) && same_text(nonce->text, policy->nonce))) return "nonce_mismatch";
  return NULL;
}

kw_response kw_verify_response(kw_text envelope, const kw_keyring *keyring, const kw_response_policy *policy) {
  kw_response verdict = {0};
  const kw_text *product = NULL;
  bool are_several = false;
  for (size_t index = 0; index < keyring->count; index++) {
    const kw_text *other = &keyring->keys[index].product;
    if (other->length == 0) continue;
    are_several = are_several || (product != NULL && !same_text(*product, *other));
    product = other;
  }
  bool is_aged = policy->max_age.is_set || policy->max_future.is_set;
  if ((are_several && policy->product.length == 0) || (is_aged && !policy->now.is_set) || !is_role(policy->role) ||
      !is_age(policy->max_age) || !is_age(policy->max_future) || !is_now(policy->now)) {
    verdict.reason = "invalid_option";
    return verdict;
  }
  struct envelope_policy asked = {RESPONSE, policy->role, policy->product, policy->nonce, policy->max_age,
                                  policy->max_future.is_set ? policy->max_future.seconds : 300, policy->now};
  const struct key *signer;
  verdict.memory = kw_new_memory();
  verdict.reason = examine(verdict.memory, envelope, keyring, &asked, &signer, &verdict.payload);
  verdict.ok = verdict.reason == NULL;
  if (verdict.ok) {
    verdict.kid = signer->kid;
    verdict.role = signer->role;
  } else {
    verdict.payload = NULL;
  }
  return verdict;
}

/* ---- Keys as customers type them ---- */

static bool is_ascii(kw_text text) {
  for (size_t at = 0; at < text.length; at++) {
    if ((unsigned char)text.bytes[at] >= 0x80) return false;
  }
  return true;
}

/** What two spellings of one key have in common; false for a text that is no key, or cannot be compared. */
static bool same_key_text(kw_memory *memory, kw_text key, bool is_exact, kw_text *into) {
  if (key.length > LONGEST_KEY || !is_ascii(key)) return false;
  char *form = allocate(memory, key.length + 1);
  size_t length = 0;
  for (size_t at = 0; at < key.length; at++) {
    char letter = key.bytes[at];
    if (letter != 0 && strchr("\t\n\v\f\r -_.:/", letter) != NULL) continue;
    form[length++] = letter >= 'a' && letter <= 'z' ? (char)(letter - 32) : letter;
  }
  kw_text canonical = {form, length};
  *into = is_exact ? key : canonical;
  return length > 0;
}

/* ---- Time evidence ---- */

struct evidence {
  int64_t built, seen;
  const kw_json *signed_times;
};

static int64_t evident_time(const kw_json *value) {
  bool is_time = is_type(value, KW_NUMBER) && value->number > 0 && value->number < LATEST_SECONDS + 1;
  return is_time ? (int64_t)value->number : 0;
}

static struct evidence read_evidence(kw_memory *memory, kw_text text) {
  const kw_json *kept = kw_parse_json(memory, text, PAYLOAD_DEPTH), *times = kw_member(kept, "signed");
  struct evidence read = {evident_time(kw_member(kept, "built")), evident_time(kw_member(kept, "seen")), is_type(times, KW_OBJECT) ? times : NULL};
  return read;
}

static int64_t latest_proof(struct evidence read, const kw_keyring *keyring) {
  int64_t latest = read.built;
  for (size_t index = 0; read.signed_times != NULL && index < read.signed_times->count; index++) {
    const kw_json *one = read.signed_times->items[index];
    const struct key *key = find_key(keyring, one->name);
    if ((key == NULL || key->status != COMPROMISED) && evident_time(one) > latest) latest = evident_time(one);
  }
  return latest;
}

int64_t kw_earliest_now(kw_text evidence, const kw_keyring *keyring) {
  kw_memory *memory = kw_new_memory();
  struct evidence read = read_evidence(memory, evidence);
  int64_t proven = latest_proof(read, keyring);
  if (read.seen > proven && read.seen <= proven + 400 * DAY / 1000) proven = read.seen;
  kw_free(memory);
  return proven * 1000;
}

static int64_t whole_seconds(int64_t ms) { return ms / 1000 - (ms % 1000 < 0); }

char *kw_add_evidence(kw_text evidence, const char *kid, int64_t signed_at, int64_t now, const kw_keyring *keyring) {
  kw_memory *memory = kw_new_memory();
  struct evidence read = read_evidence(memory, evidence);
  int64_t time = kid == NULL ? 0 : whole_seconds(signed_at), clock = whole_seconds(now);
  if (time < 0 || time > (int64_t)LATEST_SECONDS) time = 0;
  if (time > latest_proof(read, keyring)) read.seen = 0;
  struct writer text = {memory, NULL, 0, 0};
  write_word(&text, "{\"built\":");
  write_number(&text, read.built);
  write_word(&text, ",\"signed\":{");
  const char *separator = "";
  for (size_t index = 0; read.signed_times != NULL && index < read.signed_times->count; index++) {
    const kw_json *one = read.signed_times->items[index];
    int64_t at = evident_time(one);
    if (kid != NULL && says(one->name, kid)) {
      if (at > time) time = at;
      continue;
    }
    write_word(&text, separator);
    write_json_text(&text, one->name);
    write_word(&text, ":");
    write_number(&text, at);
    separator = ",";
  }
  if (kid != NULL) {
    write_word(&text, separator);
    write_json_text(&text, kw_text_of(kid));
    write_word(&text, ":");
    write_number(&text, time);
  }
  write_word(&text, "},\"seen\":");
  write_number(&text, clock > read.seen ? clock : read.seen);
  write_word(&text, "}");
  char *made = sure(malloc(text.length + 1));
  memcpy(made, text.bytes, text.length + 1);
  kw_free(memory);
  return made;
}

/* ---- Signed notes ---- */

struct note {
  kw_text text;
  size_t count;
  kw_text names[MOST_SIGNATURES];
  kw_text lines[MOST_SIGNATURES]; /* four bytes of key id, then the signature */
};

static bool is_white_space(int32_t code) {
  return code == 0x20 || (code >= 9 && code <= 13) || code == 0x85 || code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) ||
         code == 0x2028 || code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

/** Whether it is not empty, and has neither white space nor a plus. It is UTF-8. */
static bool is_name_word(kw_text name) {
  for (size_t at = 0; at < name.length;) {
    int32_t code = next_code(name, &at);
    if (code == '+' || is_white_space(code)) return false;
  }
  return name.length > 0;
}

/** Whether something may be published under that name. */
static bool is_note_name(kw_text name) {
  if (!is_utf8(name, 255) || !is_name_word(name)) return false;
  for (size_t at = 0; at < name.length;) {
    int32_t code = next_code(name, &at);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
  }
  return true;
}

/** Takes a note apart (C2SP signed-note), or NULL. Its text ends at the last empty line. */
static struct note *parse_note(kw_memory *memory, kw_text source) {
  if (source.length < 3 || source.bytes[source.length - 1] != '\n' || !is_utf8(source, SIZE_MAX)) return NULL;
  for (size_t at = 0; at < source.length; at++) {
    if ((unsigned char)source.bytes[at] < 0x20 && source.bytes[at] != '\n') return NULL;
  }
  size_t split = source.length - 1;
  while (split > 0 && !(source.bytes[split] == '\n' && source.bytes[split - 1] == '\n')) split--;
  if (split == 0 || split + 1 >= source.length) return NULL;
  struct note *note = allocate(memory, sizeof *note);
  note->text = part(source, 0, split);
  kw_text rest = part(source, split + 1, source.length - 1), line;
  for (; next_line(&rest, &line); note->count++) {
    if (note->count == MOST_SIGNATURES || !begins(line, "\xe2\x80\x94 ")) return NULL;
    size_t end = find(line, ' ', 4);
    kw_text name = part(line, 4, end);
    if (end == line.length || !is_name_word(name)) return NULL;
    note->names[note->count] = name;
    if (!decode_base64(memory, part(line, end + 1, line.length), false, &note->lines[note->count])) return NULL;
    if (note->lines[note->count].length <= 4) return NULL;
  }
  return note;
}

struct signers {
  size_t count;
  const struct key *keys[MOST_SIGNATURES];
};

static void add_signer(struct signers *to, const struct key *key) {
  for (size_t index = 0; index < to->count; index++) {
    if (to->keys[index] == key) return;
  }
  if (to->count < MOST_SIGNATURES) to->keys[to->count++] = key;
}

/**
 * Adds the keys that signed under a name. Lines of other names and keys are passed over; one of a known key that does not
 * hold makes it false.
 */
static bool find_signers(kw_memory *memory, const struct note *note, kw_text name, const kw_keyring *keyring, enum purpose purpose,
                         struct signers *into) {
  struct signers found = {0};
  for (size_t line = 0; line < note->count; line++) {
    if (!same_text(note->names[line], name)) continue;
    kw_text bytes = note->lines[line];
    const struct key *signer = NULL;
    bool is_known = false;
    for (size_t index = 0; index < keyring->count; index++) {
      const struct key *key = &keyring->keys[index];
      if (key->is_rsa || !is_for(key, purpose)) continue;
      struct writer hashed = {memory, NULL, 0, 0};
      unsigned char hash[32];
      write_bytes(&hashed, name.bytes, name.length);
      write_bytes(&hashed, "\n\x01", 2);
      write_bytes(&hashed, (const char *)key->bytes, 32);
      sha256(hashed.bytes, hashed.length, hash);
      if (memcmp(hash, bytes.bytes, 4) != 0) continue;
      is_known = true;
      if (signer == NULL && is_signed_by(key, note->text, part(bytes, 4, bytes.length))) signer = key;
    }
    if (is_known && signer == NULL) return false;
    if (signer != NULL) add_signer(&found, signer);
  }
  for (size_t index = 0; index < found.count; index++) add_signer(into, found.keys[index]);
  return true;
}

enum { NAME, NUMBER, ISSUED, HASH, KIND, PRODUCT, COMPARISON, NEXT, WIDTH, COUNT, LINES };
static const char *const LINE_NAMES[LINES] = {"name", "number", "issued", "sha256", "kind", "product", "comparison", "next", "width", "count"};

struct signed_body {
  kw_text body, lines[LINES];
  int64_t number;
  kw_time issued;
  struct signers signers;
};

/** Where the last empty line before `end` begins; SIZE_MAX without one. */
static size_t empty_line(kw_text source, size_t end) {
  size_t least = source.length > 1 << 16 ? source.length - (1 << 16) : 0;
  for (size_t at = end; at-- > least;) {
    if (source.bytes[at] == '\n' && (at == 0 || source.bytes[at - 1] == '\n')) return at;
  }
  return SIZE_MAX;
}

/** Why a body with its note is not believed, or NULL. It is read from its end. */
static const char *open_body(kw_memory *memory, kw_text source, enum purpose purpose, const int *names, size_t name_count,
                             const kw_keyring *keyring, struct signed_body *opened) {
  if (source.length == 0 || source.length > 1 << 26) return "malformed";
  size_t end = empty_line(source, source.length);
  size_t start = end == SIZE_MAX || end == 0 ? SIZE_MAX : empty_line(source, end - 1);
  if (start == SIZE_MAX) return "malformed";
  struct note *note = parse_note(memory, part(source, start + 1, source.length));
  if (note == NULL) return "malformed";
  opened->body = part(source, 0, start);
  kw_text rest = part(note->text, 0, note->text.length - 1), line;
  char schema[32];
  snprintf(schema, sizeof schema, "keywright/%s/v1", PURPOSES[purpose]);
  if (!next_line(&rest, &line) || !says(line, schema)) return "malformed";
  for (size_t index = 0; index < name_count; index++) {
    const char *name = LINE_NAMES[names[index]];
    size_t length = strlen(name);
    if (!next_line(&rest, &line) || !begins(line, name) || line.length <= length || line.bytes[length] != ' ') return "malformed";
    opened->lines[names[index]] = part(line, length + 1, line.length);
  }
  opened->number = parse_place(opened->lines[NUMBER]);
  opened->issued = kw_parse_time(opened->lines[ISSUED]);
  if (next_line(&rest, &line) || opened->number < 1 || !opened->issued.is_set) return "malformed";
  struct signers found = {0};
  if (!find_signers(memory, note, opened->lines[NAME], keyring, purpose, &found)) return "bad_signature";
  const char *reason = found.count == 0 ? "unknown_key" : "key_compromised";
  for (size_t index = 0; index < found.count; index++) {
    if (found.keys[index]->status == COMPROMISED) continue;
    reason = "key_retired";
    if (is_valid_at(found.keys[index], true, (double)opened->issued.ms / 1000)) add_signer(&opened->signers, found.keys[index]);
  }
  if (opened->signers.count == 0) return reason;
  unsigned char hash[32];
  sha256(opened->body.bytes, opened->body.length, hash);
  return same_text(encode_base64(memory, hash, 32, false), opened->lines[HASH]) ? NULL : "malformed";
}

/** The newest issue that one key signed. */
struct seen {
  kw_text kid, sha256, issued;
  int64_t number;
};

struct kept {
  kw_text name;
  bool is_named;
  struct seen *seen;
  size_t seen_count;
  const kw_json *called;
};

static size_t first_of_last(const kw_json *list) { return list->count > 1000 ? list->count - 1000 : 0; }

/** What was kept, as far as it can be read. */
static struct kept read_kept(kw_memory *memory, kw_text text) {
  const kw_json *state = kw_parse_json(memory, text, PAYLOAD_DEPTH), *issues = kw_member(state, "seen");
  struct kept kept = {text_of(kw_member(state, "name")), is_type(kw_member(state, "name"), KW_TEXT), NULL, 0, kw_member(state, "compromised")};
  if (!is_type(kept.called, KW_LIST)) kept.called = NULL;
  if (!is_type(issues, KW_LIST)) return kept;
  kept.seen = allocate(memory, issues->count * sizeof *kept.seen);
  for (size_t index = first_of_last(issues); index < issues->count; index++) {
    const kw_json *issue = issues->items[index], *kid = kw_member(issue, "kid"), *hash = kw_member(issue, "sha256");
    const kw_json *number = kw_member(issue, "number"), *issued = kw_member(issue, "issued");
    bool is_sound = is_type(kid, KW_TEXT) && is_type(hash, KW_TEXT) && is_whole(number, -SAFE_INTEGER, SAFE_INTEGER);
    if (!is_sound || !kw_parse_time(text_of(issued)).is_set) continue;
    struct seen one = {kid->text, hash->text, issued->text, (int64_t)number->number};
    kept.seen[kept.seen_count++] = one;
  }
  return kept;
}

static bool is_signer(const struct signed_body *opened, kw_text kid) {
  for (size_t index = 0; index < opened->signers.count; index++) {
    if (says(kid, opened->signers.keys[index]->kid)) return true;
  }
  return false;
}

/** Whether it goes back behind what was seen of the same keys: a lower number, or the same of another body. */
static bool is_rollback(const struct signed_body *opened, const struct kept *kept) {
  for (size_t index = 0; index < kept->seen_count; index++) {
    const struct seen *issue = &kept->seen[index];
    bool is_other = opened->number == issue->number && !same_text(issue->sha256, opened->lines[HASH]);
    if (is_signer(opened, issue->kid) && (opened->number < issue->number || is_other)) return true;
  }
  return false;
}

static void write_seen(struct writer *into, const char *separator, kw_text kid, int64_t number, kw_text hash, kw_text issued) {
  write_word(into, separator);
  write_word(into, "{\"kid\":");
  write_json_text(into, kid);
  write_word(into, ",\"number\":");
  write_number(into, number);
  write_word(into, ",\"sha256\":");
  write_json_text(into, hash);
  write_word(into, ",\"issued\":");
  write_json_text(into, issued);
  write_word(into, "}");
}

/** Begins the object that is kept: its name, and the newest issue of each key. */
static void write_latest(struct writer *into, const struct signed_body *opened, const struct kept *kept) {
  const char *separator = "";
  char issued[25];
  kw_format_time(opened->issued.ms, issued);
  write_word(into, "{\"name\":");
  write_json_text(into, opened->lines[NAME]);
  write_word(into, ",\"seen\":[");
  for (size_t index = 0; index < kept->seen_count; index++) {
    const struct seen *issue = &kept->seen[index];
    if (is_signer(opened, issue->kid)) continue;
    write_seen(into, separator, issue->kid, issue->number, issue->sha256, issue->issued);
    separator = ",";
  }
  for (size_t index = 0; index < opened->signers.count; index++) {
    write_seen(into, separator, kw_text_of(opened->signers.keys[index]->kid), opened->number, opened->lines[HASH], kw_text_of(issued));
    separator = ",";
  }
  write_word(into, "]");
}

/* ---- Revocations ---- */

enum { ID_LENGTH = 16, LONGEST_REASON = 32 };

static bool is_hex(char symbol) { return (symbol >= '0' && symbol <= '9') || (symbol >= 'a' && symbol <= 'f'); }

/** Counts the rows: an id in hex, then nothing or a word, in ascending order of ids, each once. */
static bool count_rows(kw_text body, size_t *count) {
  const char *before = NULL;
  *count = 0;
  for (size_t at = 0; at < body.length; ++*count) {
    size_t end = find(body, '\n', at);
    if (end == body.length || end < at + ID_LENGTH) return false;
    for (size_t index = at; index < at + ID_LENGTH; index++) {
      if (!is_hex(body.bytes[index])) return false;
    }
    size_t word = at + ID_LENGTH + 1;
    if (end > at + ID_LENGTH && (body.bytes[word - 1] != ' ' || end == word || end > word + LONGEST_REASON)) return false;
    for (size_t index = word; index < end; index++) {
      char symbol = body.bytes[index];
      if (!(symbol >= 'a' && symbol <= 'z') && !is_hex(symbol) && symbol != '-' && symbol != '_') return false;
    }
    if (before != NULL && memcmp(before, body.bytes + at, ID_LENGTH) >= 0) return false;
    before = body.bytes + at;
    at = end + 1;
  }
  return true;
}

static bool is_older(const struct signed_body *opened, const struct kept *kept, const kw_keyring *keyring) {
  for (size_t index = 0; index < kept->seen_count; index++) {
    const struct key *key = find_key(keyring, kept->seen[index].kid);
    bool is_trusted = key != NULL && key->status != COMPROMISED;
    if (is_trusted && opened->issued.ms < kw_parse_time(kept->seen[index].issued).ms) return true;
  }
  return false;
}

/**
 * Whether it was signed before what was seen of other keys. What a key signed that the keyring calls compromised is passed
 * over: a thief's date would lock the repair out.
 */
static bool is_superseded(const struct signed_body *opened, const struct kept *kept, const kw_keyring *keyring) {
  for (size_t index = 0; index < kept->seen_count; index++) {
    const struct key *key = find_key(keyring, kept->seen[index].kid);
    bool is_passed = is_signer(opened, kept->seen[index].kid) || (key != NULL && key->status == COMPROMISED);
    if (!is_passed && opened->issued.ms < kw_parse_time(kept->seen[index].issued).ms) return true;
  }
  return false;
}

kw_revocations kw_open_revocations(kw_text list, const kw_keyring *keyring, const kw_revocations_policy *policy) {
  static const int names[] = {NAME, KIND, PRODUCT, COMPARISON, NUMBER, ISSUED, NEXT, WIDTH, COUNT, HASH};
  kw_revocations answer = {0};
  answer.reason = "invalid_option";
  if (!is_note_name(policy->name) || policy->product.length == 0 || !policy->now.is_set || !is_now(policy->now)) return answer;
  answer.memory = kw_new_memory();
  answer.reason = "list_bad";
  struct signed_body opened = {0};
  if (open_body(answer.memory, list, LIST, names, 10, keyring, &opened) != NULL) return answer;
  kw_text comparison = opened.lines[COMPARISON];
  kw_time next = kw_parse_time(opened.lines[NEXT]);
  bool is_ours = same_text(opened.lines[NAME], policy->name) && same_text(opened.lines[PRODUCT], policy->product) &&
                 says(opened.lines[KIND], "revoked") && says(opened.lines[WIDTH], "8");
  if (!is_ours || (!says(comparison, "canonical") && !says(comparison, "exact"))) return answer;
  if (!next.is_set || next.ms <= opened.issued.ms || !count_rows(opened.body, &answer.count)) return answer;
  if (parse_place(opened.lines[COUNT]) != (int64_t)answer.count) return answer;
  struct kept kept = read_kept(answer.memory, policy->last);
  if (!same_text(kept.name, policy->name)) kept.seen_count = 0;
  answer.reason = "list_rollback";
  if (is_rollback(&opened, &kept) || is_older(&opened, &kept, keyring)) return answer;
  struct writer latest = {answer.memory, NULL, 0, 0};
  write_latest(&latest, &opened, &kept);
  write_word(&latest, "}");
  answer.ok = true;
  answer.reason = NULL;
  answer.kid = opened.signers.keys[0]->kid;
  answer.number = opened.number;
  answer.signed_at = opened.issued.ms;
  answer.next = next.ms;
  answer.is_stale = policy->now.ms >= next.ms;
  answer.latest.bytes = latest.bytes;
  answer.latest.length = latest.length;
  answer.product = copy(answer.memory, policy->product);
  answer.body = copy(answer.memory, opened.body);
  answer.is_exact = says(comparison, "exact");
  return answer;
}

static bool holds_id(const kw_revocations *list, kw_text text) {
  kw_memory *memory = kw_new_memory();
  struct writer hashed = {memory, NULL, 0, 0};
  unsigned char hash[32];
  char id[ID_LENGTH + 1];
  write_word(&hashed, "keywright/id/v1\n");
  write_bytes(&hashed, text.bytes, text.length);
  write_word(&hashed, "\n");
  sha256(hashed.bytes, hashed.length, hash);
  for (int index = 0; index < ID_LENGTH / 2; index++) snprintf(id + 2 * index, 3, "%02x", hash[index]);
  kw_free(memory);
  /* Rows have different lengths: the middle is some byte of one, and the row begins behind the line feed before it. */
  for (size_t low = 0, high = list->body.length; low < high;) {
    size_t start = low + (high - low) / 2;
    while (start > low && list->body.bytes[start - 1] != '\n') start--;
    int order = memcmp(list->body.bytes + start, id, ID_LENGTH);
    if (order == 0) return true;
    if (order < 0) low = find(list->body, '\n', start) + 1;
    else high = start;
  }
  return false;
}

bool kw_is_revoked(const kw_revocations *list, kw_text key) {
  if (!is_ascii(key)) return true;
  kw_memory *memory = kw_new_memory();
  kw_text text;
  bool is_revoked = same_key_text(memory, key, list->is_exact, &text) && holds_id(list, text);
  kw_free(memory);
  return is_revoked;
}

bool kw_is_origin_revoked(const kw_revocations *list, kw_text origin) { return holds_id(list, origin); }

/** What a policy says of lists. */
struct lists {
  const kw_revocations *const *lists;
  size_t count;
  kw_age max_age;
};

static bool are_of(struct lists of, kw_text product) {
  for (size_t index = 0; index < of.count; index++) {
    const kw_revocations *list = of.lists[index];
    if (list == NULL || (list->ok ? !same_text(list->product, product) : strcmp(list->reason, "invalid_option") == 0)) return false;
  }
  return is_age(of.max_age);
}

static bool is_any_stale(struct lists of, int64_t now) {
  for (size_t index = 0; index < of.count; index++) {
    if (of.lists[index]->ok && now >= of.lists[index]->next) return true;
  }
  return false;
}

/** What the lists have against a key, and an origin where one is given; or NULL. */
static const char *find_list_breach(struct lists of, bool is_exact, int64_t now, kw_text key, kw_text origin) {
  const char *reason = NULL;
  for (size_t index = 0; index < of.count; index++) {
    bool is_bad = reason != NULL && strcmp(reason, "list_bad") == 0;
    if (!of.lists[index]->ok && !is_bad) reason = of.lists[index]->reason;
  }
  if (reason != NULL) return reason;
  for (size_t index = 0; index < of.count; index++) {
    /* It may name this very key in a spelling that it does not find. */
    if (of.lists[index]->is_exact != is_exact) return "list_bad";
  }
  if (of.max_age.is_set) {
    if (of.count == 0) return "list_missing";
    double oldest = (double)now - 1000 * of.max_age.seconds;
    if (oldest > -9e15) oldest = (double)(int64_t)oldest;
    for (size_t index = 0; index < of.count; index++) {
      if ((double)of.lists[index]->signed_at < oldest) return "list_stale";
    }
    if (is_any_stale(of, now)) return "list_stale";
  }
  for (size_t index = 0; index < of.count; index++) {
    if (kw_is_revoked(of.lists[index], key)) return "revoked";
    if (origin.length > 0 && kw_is_origin_revoked(of.lists[index], origin)) return "revoked";
  }
  return NULL;
}

static const char *outside(kw_time from, kw_time until, int64_t now) {
  if (from.is_set && now < from.ms) return "not_yet_valid";
  return until.is_set && now >= until.ms ? "expired" : NULL;
}

static int64_t later(int64_t one, int64_t other) { return one < other ? other : one; }

/* ---- Licenses ---- */

static bool read_license(kw_memory *memory, const kw_json *payload, kw_license *into, bool *is_exact) {
  const kw_json *license = kw_member(payload, "license"), *comparison = kw_member(license, "comparison");
  const kw_json *key = kw_member(license, "key"), *product = kw_member(license, "product"), *until = kw_member(license, "valid_until");
  if (!is_type(license, KW_OBJECT) || !is_word(kw_member(payload, "schema"), "keywright/license/v1")) return false;
  *is_exact = is_word(comparison, "exact");
  if (comparison != NULL && !*is_exact && !is_word(comparison, "canonical")) return false;
  if (!is_type(key, KW_TEXT) || !is_type(product, KW_TEXT) || product->text.length == 0) return false;
  kw_text form;
  bool is_other = !is_ascii(key->text) && key->text.length <= LONGEST_KEY;
  if (!is_other && !same_key_text(memory, key->text, *is_exact, &form)) return false;
  into->devices = kw_member(license, "devices");
  into->entitlements = kw_member(license, "entitlements");
  if (into->devices != NULL && !are_texts(into->devices)) return false;
  if (into->entitlements != NULL && into->entitlements->type != KW_OBJECT) return false;
  if (!read_time(kw_member(license, "valid_from"), &into->valid_from)) return false;
  into->valid_until = kw_parse_time(text_of(until));
  if (!is_type(until, KW_NULL) && !into->valid_until.is_set) return false;
  if (into->valid_from.is_set && into->valid_until.is_set && into->valid_until.ms <= into->valid_from.ms) return false;
  into->license = license;
  into->key = key->text;
  into->product = product->text;
  return true;
}

static bool is_device_allowed(const kw_json *devices, kw_text device) {
  if (devices == NULL) return true;
  for (size_t index = 0; device.bytes != NULL && index < devices->count; index++) {
    if (same_text(devices->items[index]->text, device)) return true;
  }
  return false;
}

static const char *find_license_breach(kw_memory *memory, const kw_license *license, bool is_exact, const kw_license_policy *policy,
                                       struct lists of, int64_t now) {
  kw_text own, typed, none = {NULL, 0};
  if (!same_text(license->product, policy->product)) return "wrong_product";
  bool is_same = policy->any_key || (same_key_text(memory, license->key, is_exact, &own) &&
                                     same_key_text(memory, policy->key, is_exact, &typed) && same_text(own, typed));
  if (!is_same) return "wrong_key";
  if (!is_device_allowed(license->devices, policy->device)) return "wrong_device";
  const char *breach = find_list_breach(of, is_exact, now, license->key, none);
  return breach != NULL ? breach : outside(license->valid_from, license->valid_until, now);
}

kw_license kw_verify_license(kw_text envelope, const kw_keyring *keyring, const kw_license_policy *policy) {
  kw_license verdict = {0};
  struct lists of = {policy->revocations, policy->revocation_count, policy->max_list_age};
  bool is_sound = policy->product.length > 0 && policy->now.is_set && is_now(policy->now) && (policy->key.bytes != NULL) != policy->any_key &&
                  is_role(policy->role) && is_age(policy->max_age) && is_age(policy->max_future) && are_of(of, policy->product);
  if (!is_sound) {
    verdict.reason = "invalid_option";
    return verdict;
  }
  kw_memory *memory = verdict.memory = kw_new_memory();
  int64_t floor = kw_earliest_now(policy->evidence, keyring);
  kw_time now = {true, later(policy->now.ms, floor)};
  kw_text any = {NULL, 0};
  struct envelope_policy asked = {LICENSE, policy->role, any, policy->nonce, policy->max_age,
                                  policy->max_future.is_set ? policy->max_future.seconds : 1.7976931348623157e308, now};
  const struct key *signer;
  const kw_json *payload;
  bool is_exact;
  double seconds;
  verdict.reason = examine(memory, envelope, keyring, &asked, &signer, &payload);
  if (verdict.reason != NULL) return verdict;
  verdict.kid = signer->kid;
  if (!read_license(memory, payload, &verdict, &is_exact) || !signed_time(payload, &seconds) || seconds > LATEST_SECONDS) {
    kw_license refused = {.reason = "not_a_license", .kid = signer->kid, .memory = memory};
    return refused;
  }
  verdict.signed_at = (int64_t)seconds * 1000;
  int64_t latest = later(now.ms, verdict.signed_at);
  bool is_bound = signer->product.length > 0 && !same_text(signer->product, policy->product);
  verdict.reason = is_bound ? "wrong_product" : find_license_breach(memory, &verdict, is_exact, policy, of, latest);
  verdict.ok = verdict.reason == NULL;
  if (verdict.ok) {
    verdict.role = signer->role;
    verdict.clock_behind = floor - policy->now.ms > DAY;
    verdict.list_stale = is_any_stale(of, latest);
  }
  return verdict;
}

/* ---- Updates of keyrings ---- */

struct call {
  kw_text kid, by;
};

struct calls {
  struct call *calls;
  size_t count;
};

static bool is_called(struct calls calls, kw_text kid, kw_text by) {
  for (size_t index = 0; index < calls.count; index++) {
    if (same_text(calls.calls[index].kid, kid) && (by.bytes == NULL || same_text(calls.calls[index].by, by))) return true;
  }
  return false;
}

static bool is_stolen(const kw_keyring *trusted, struct calls calls, const char *kid) {
  const struct key *key = find_key(trusted, kw_text_of(kid));
  kw_text anybody = {NULL, 0};
  return (key != NULL && key->status == COMPROMISED) || is_called(calls, kw_text_of(kid), anybody);
}

/** A keyring in which stolen keys stay so, also those that an update does not list, but the app knows. */
static kw_keyring *keep_compromised(const kw_keyring *given, const kw_keyring *trusted, struct calls calls) {
  kw_keyring *kept = new_keyring();
  kept->keys = allocate(kept->memory, (given->count + trusted->count) * sizeof *kept->keys);
  for (size_t index = 0; index < given->count; index++) kept->keys[kept->count++] = given->keys[index];
  for (size_t index = 0; index < trusted->count; index++) {
    const struct key *key = &trusted->keys[index];
    if (is_stolen(trusted, calls, key->kid) && find_key(given, kw_text_of(key->kid)) == NULL) kept->keys[kept->count++] = *key;
  }
  for (size_t index = 0; index < kept->count; index++) {
    struct key *key = &kept->keys[index];
    key->product = copy(kept->memory, key->product);
    if (is_stolen(trusted, calls, key->kid)) key->status = COMPROMISED;
  }
  return kept;
}

static bool is_believed(const kw_keyring *trusted, kw_text kid) {
  const struct key *key = find_key(trusted, kid);
  return key != NULL && is_for(key, KEYRING) && key->status != COMPROMISED;
}

/** What was kept, as far as it was said by keys that the app believes. */
static struct calls believe(kw_memory *memory, const kw_keyring *trusted, struct kept *kept) {
  struct calls calls = {NULL, 0};
  size_t count = 0;
  for (size_t index = 0; kept->is_named && index < kept->seen_count; index++) {
    if (is_believed(trusted, kept->seen[index].kid)) kept->seen[count++] = kept->seen[index];
  }
  kept->seen_count = count;
  if (count == 0 || kept->called == NULL) return calls;
  calls.calls = allocate(memory, kept->called->count * sizeof *calls.calls);
  for (size_t index = first_of_last(kept->called); index < kept->called->count; index++) {
    const kw_json *kid = kw_member(kept->called->items[index], "kid"), *by = kw_member(kept->called->items[index], "by");
    if (!is_type(kid, KW_TEXT) || !is_type(by, KW_TEXT) || !is_believed(trusted, by->text)) continue;
    struct call one = {kid->text, by->text};
    calls.calls[calls.count++] = one;
  }
  return calls;
}

static void write_call(struct writer *into, const char **separator, kw_text kid, kw_text by) {
  write_word(into, *separator);
  write_word(into, "{\"kid\":");
  write_json_text(into, kid);
  write_word(into, ",\"by\":");
  write_json_text(into, by);
  write_word(into, "}");
  *separator = ",";
}

static kw_text format_state(kw_memory *memory, const struct signed_body *opened, const struct kept *kept, struct calls calls,
                            const kw_keyring *given) {
  struct writer state = {memory, NULL, 0, 0};
  const char *separator = "";
  write_latest(&state, opened, kept);
  write_word(&state, ",\"compromised\":[");
  for (size_t index = 0; index < calls.count; index++) write_call(&state, &separator, calls.calls[index].kid, calls.calls[index].by);
  for (size_t index = 0; index < given->count; index++) {
    kw_text kid = kw_text_of(given->keys[index].kid);
    for (size_t signer = 0; given->keys[index].status == COMPROMISED && signer < opened->signers.count; signer++) {
      kw_text by = kw_text_of(opened->signers.keys[signer]->kid);
      if (!is_called(calls, kid, by)) write_call(&state, &separator, kid, by);
    }
  }
  write_word(&state, "]}");
  kw_text text = {state.bytes, state.length};
  return text;
}

kw_keyring_update kw_apply_keyring_update(const kw_keyring *trusted, kw_text update, kw_text state) {
  static const int names[] = {NAME, NUMBER, ISSUED, HASH};
  kw_keyring_update answer = {0};
  kw_memory *memory = answer.memory = kw_new_memory();
  struct kept kept = read_kept(memory, state);
  struct calls calls = believe(memory, trusted, &kept);
  struct signed_body opened = {0};
  kw_keyring *checked = keep_compromised(trusted, trusted, calls), *given = NULL;
  answer.reason = open_body(memory, update, KEYRING, names, 4, checked, &opened);
  if (answer.reason == NULL && kept.seen_count > 0 && !same_text(kept.name, opened.lines[NAME])) answer.reason = "malformed";
  if (answer.reason == NULL && is_rollback(&opened, &kept)) answer.reason = "rollback";
  if (answer.reason == NULL && (given = kw_parse_keyring(opened.body)) == NULL) answer.reason = "malformed";
  if (answer.reason == NULL) {
    answer.keyring = keep_compromised(given, trusted, calls);
    if (is_superseded(&opened, &kept, answer.keyring)) answer.reason = "rollback";
  }
  if (answer.reason != NULL) {
    kw_free_keyring(answer.keyring);
    answer.keyring = NULL;
  } else {
    answer.ok = true;
    answer.name = copy(memory, opened.lines[NAME]);
    answer.number = opened.number;
    answer.kid = copy(memory, kw_text_of(opened.signers.keys[0]->kid)).bytes;
    answer.signed_at = opened.issued.ms;
    answer.state = format_state(memory, &opened, &kept, calls, given);
  }
  kw_free_keyring(checked);
  kw_free_keyring(given);
  return answer;
}

/* ---- Sealed batches ---- */

struct proof {
  bool is_exact;
  kw_text salt, claims;
  int64_t index, size;
  size_t path_length;
  kw_text path[LONGEST_PATH];
  struct note *note;
  kw_text origin, root;
};

static bool is_hash(kw_memory *memory, kw_text line, kw_text *into) { return decode_base64(memory, line, false, into) && into->length == 32; }

/** Reads what a proof tells of a leaf: all but the key, whose line is empty. */
static bool read_leaf(kw_memory *memory, kw_text rest, struct proof *into) {
  kw_text lines[5], salt;
  if (!is_utf8(rest, SIZE_MAX)) return false;
  for (int index = 0; index < 5; index++) {
    if (!next_line(&rest, &lines[index])) return false;
  }
  into->is_exact = says(lines[0], "keywright/key-exact/v1");
  into->salt = lines[2];
  into->claims = lines[3];
  bool is_leaf = into->is_exact || says(lines[0], "keywright/key/v1");
  bool is_salt = decode_base64(memory, lines[2], false, &salt) && (salt.length == 0 || salt.length == 16);
  return is_leaf && is_salt && rest.bytes == NULL && lines[1].length == 0 && lines[4].length == 0;
}

static bool is_seal_origin(kw_text origin) {
  const char *mark = "/keywright/seal/v1/";
  for (size_t at = 0; at < origin.length; at++) {
    if (origin.bytes[at] < '!' || origin.bytes[at] > '~' || origin.bytes[at] == '+') return false;
  }
  if (origin.length > 255 || begins(origin, "keywright/")) return false;
  for (size_t at = 1; at + strlen(mark) < origin.length; at++) {
    if (begins(part(origin, at, origin.length), mark)) return true;
  }
  return false;
}

static bool read_checkpoint(kw_memory *memory, kw_text rest, struct proof *into) {
  kw_text lines[4];
  for (int index = 0; index < 4; index++) {
    if (!next_line(&rest, &lines[index])) return false;
  }
  into->origin = lines[0];
  into->size = parse_place(lines[1]);
  return rest.bytes == NULL && lines[3].length == 0 && is_seal_origin(lines[0]) && into->size > 0 && is_hash(memory, lines[2], &into->root);
}

/** Reads a text of C2SP tlog-proof@v1. */
static bool parse_proof(kw_memory *memory, kw_text source, struct proof *into) {
  if (source.length == 0 || !is_utf8(source, 131072)) return false;
  size_t split = 1;
  while (split < source.length && !(source.bytes[split] == '\n' && source.bytes[split - 1] == '\n')) split++;
  if (split >= source.length) return false;
  kw_text rest = part(source, 0, split - 1), line, extra;
  if (!next_line(&rest, &line) || !says(line, "c2sp.org/tlog-proof@v1")) return false;
  if (!next_line(&rest, &line) || !begins(line, "extra ") || !decode_base64(memory, part(line, 6, line.length), false, &extra)) return false;
  if (!read_leaf(memory, extra, into) || !next_line(&rest, &line) || !begins(line, "index ")) return false;
  into->index = parse_place(part(line, 6, line.length));
  if (into->index < 0) return false;
  while (next_line(&rest, &line)) {
    if (into->path_length == LONGEST_PATH || !is_hash(memory, line, &into->path[into->path_length])) return false;
    into->path_length++;
  }
  into->note = parse_note(memory, part(source, split + 1, source.length));
  return into->note != NULL && read_checkpoint(memory, into->note->text, into);
}

static bool is_accepted(kw_text origin, const kw_seal_policy *policy) {
  for (size_t index = 0; index < policy->origin_count; index++) {
    kw_text accepted = policy->origins[index];
    if (same_text(origin, accepted)) return true;
    bool is_beginning = origin.length > accepted.length && memcmp(origin.bytes, accepted.bytes, accepted.length) == 0;
    if (is_beginning && (accepted.bytes[accepted.length - 1] == '/' || origin.bytes[accepted.length] == '/')) return true;
  }
  return false;
}

/** Finds the trusted keys that signed this seal, or one of the same text; else says why there is none. */
static const char *judge_seal(kw_memory *memory, const struct proof *proof, const kw_seal_policy *policy, const kw_keyring *keyring,
                              struct signers *sound) {
  struct signers found = {0};
  bool is_bad = !find_signers(memory, proof->note, proof->origin, keyring, SEAL, &found);
  for (size_t index = 0; index < policy->seal_count; index++) {
    struct note *brought = parse_note(memory, policy->seals[index]);
    if (brought == NULL || !same_text(brought->text, proof->note->text)) continue;
    if (!find_signers(memory, brought, proof->origin, keyring, SEAL, &found)) is_bad = true;
  }
  for (size_t index = 0; index < found.count; index++) {
    if (found.keys[index]->status != COMPROMISED) add_signer(sound, found.keys[index]);
  }
  if (sound->count > 0) return NULL;
  return found.count > 0 ? "key_compromised" : is_bad ? "bad_signature" : "unknown_key";
}

static bool is_in_batch(kw_memory *memory, kw_text typed, const struct proof *proof) {
  kw_text key;
  if (!same_key_text(memory, typed, proof->is_exact, &key)) return false;
  if (find(key, '\n', 0) < key.length || find(key, '\r', 0) < key.length) return false;
  struct writer leaf = {memory, NULL, 0, 0};
  unsigned char hash[32], node[65] = {1};
  write_bytes(&leaf, "", 1);
  write_word(&leaf, proof->is_exact ? "keywright/key-exact/v1\n" : "keywright/key/v1\n");
  write_bytes(&leaf, key.bytes, key.length);
  write_word(&leaf, "\n");
  write_bytes(&leaf, proof->salt.bytes, proof->salt.length);
  write_word(&leaf, "\n");
  write_bytes(&leaf, proof->claims.bytes, proof->claims.length);
  write_word(&leaf, "\n");
  sha256(leaf.bytes, leaf.length, hash);
  int64_t at = proof->index, last = proof->size - 1;
  if (at > last) return false;
  for (size_t level = 0; level < proof->path_length; level++) {
    if (last == 0) return false;
    /* The last of its level, without a sibling, goes up as it is until it has one. */
    for (; at == last && at % 2 == 0; at /= 2) last /= 2;
    memcpy(node + (at % 2 == 1 ? 33 : 1), hash, 32);
    memcpy(node + (at % 2 == 1 ? 1 : 33), proof->path[level].bytes, 32);
    sha256(node, sizeof node, hash);
    at /= 2;
    last /= 2;
  }
  return last == 0 && memcmp(hash, proof->root.bytes, 32) == 0;
}

struct claims {
  int64_t issued;
  kw_text product;
  kw_time from, until;
  const kw_json *sealed;
};

static bool parse_claims(kw_memory *memory, kw_text text, struct claims *into) {
  const kw_json *sealed = kw_parse_json(memory, text, PAYLOAD_DEPTH), *issued = kw_member(sealed, "issued");
  const kw_json *until = kw_member(sealed, "valid_until");
  if (!is_type(sealed, KW_OBJECT) || !is_whole(issued, 0, LATEST_SECONDS)) return false;
  into->issued = (int64_t)issued->number * 1000;
  into->sealed = sealed;
  into->product = text_of(kw_member(sealed, "product"));
  if (!is_name_or_absent(kw_member(sealed, "product")) || !read_time(kw_member(sealed, "valid_from"), &into->from)) return false;
  into->until = kw_parse_time(text_of(until));
  if (until != NULL && until->type != KW_NULL && !into->until.is_set) return false;
  return !(into->from.is_set && into->until.is_set && into->until.ms <= into->from.ms);
}

static bool is_key_of(const struct key *key, const struct claims *claims) {
  return key->product.length == 0 || same_text(key->product, claims->product);
}

static const char *find_seal_breach(kw_text typed, const struct proof *proof, const struct claims *claims, const struct key *signer,
                                    const kw_seal_policy *policy, struct lists of, int64_t now) {
  if (!is_key_of(signer, claims)) return "wrong_product";
  if (!policy->any_product && !same_text(policy->product, claims->product)) return "wrong_product";
  if (policy->any_time) return NULL;
  if (kw_member(claims->sealed, "valid_until") == NULL) return "bad_claims";
  const char *breach = find_list_breach(of, proof->is_exact, now, typed, proof->origin);
  return breach != NULL ? breach : outside(claims->from, claims->until, now);
}

static bool is_seal_policy(const kw_seal_policy *policy, struct lists of) {
  bool is_unchecked = policy->any_product || policy->any_time;
  if (policy->origin_count == 0 || (is_unchecked && (of.count > 0 || of.max_age.is_set)) || !are_of(of, policy->product)) return false;
  for (size_t index = 0; index < policy->origin_count; index++) {
    if (policy->origins[index].length == 0) return false;
  }
  for (size_t index = 0; index < policy->seal_count; index++) {
    if (policy->seals[index].length == 0) return false;
  }
  return (policy->product.length > 0) != policy->any_product && policy->now.is_set != policy->any_time && is_now(policy->now);
}

kw_proven_key kw_verify_sealed_key(kw_text typed, kw_text text, const kw_keyring *keyring, const kw_seal_policy *policy) {
  kw_proven_key verdict = {0};
  struct lists of = {policy->revocations, policy->revocation_count, policy->max_list_age};
  verdict.reason = "invalid_option";
  if (!is_seal_policy(policy, of)) return verdict;
  kw_memory *memory = verdict.memory = kw_new_memory();
  struct proof proof = {0};
  struct signers signers = {0};
  struct claims claims = {0};
  verdict.reason = "malformed";
  if (!parse_proof(memory, text, &proof)) return verdict;
  verdict.reason = "unknown_origin";
  if (!is_accepted(proof.origin, policy)) return verdict;
  verdict.reason = judge_seal(memory, &proof, policy, keyring, &signers);
  if (verdict.reason != NULL) return verdict;
  verdict.reason = "not_in_batch";
  if (!is_in_batch(memory, typed, &proof)) return verdict;
  verdict.reason = "bad_claims";
  if (!parse_claims(memory, proof.claims, &claims)) return verdict;
  verdict.claims = claims.sealed;
  const struct key *signer = NULL;
  for (size_t index = 0; signer == NULL && index < signers.count; index++) {
    /* When a key began is not asked, for a batch may be endorsed by a newer one. */
    if (is_before_end(signers.keys[index], (double)claims.issued / 1000)) signer = signers.keys[index];
  }
  for (size_t index = 0; signer != NULL && !is_key_of(signer, &claims) && index < signers.count; index++) {
    /* A batch of two products may be signed by the keys of both. */
    const struct key *other = signers.keys[index];
    if (is_key_of(other, &claims) && is_before_end(other, (double)claims.issued / 1000)) signer = other;
  }
  verdict.reason = "key_retired";
  if (signer == NULL) return verdict;
  int64_t floor = kw_earliest_now(policy->evidence, keyring);
  int64_t now = later(later(policy->now.ms, floor), claims.issued);
  verdict.kid = signer->kid;
  verdict.reason = find_seal_breach(typed, &proof, &claims, signer, policy, of, now);
  if (verdict.reason != NULL) return verdict;
  verdict.ok = true;
  verdict.origin = copy(memory, proof.origin);
  verdict.index = proof.index;
  verdict.size = proof.size;
  verdict.signed_at = claims.issued;
  verdict.clock_behind = !policy->any_time && floor - policy->now.ms > DAY;
  verdict.list_stale = !policy->any_time && is_any_stale(of, now);
  return verdict;
}
