/* Judges cases of samples/clients/vectors.json: one JSON line in, one JSON line out. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keywright.h"

enum { MOST = 16 };

static kw_text none;

static void fail(const char *what) {
  fprintf(stderr, "runner: %s\n", what);
  exit(3);
}

static kw_text read_all(FILE *file) {
  size_t length = 0, size = 1 << 16;
  char *bytes = malloc(size);
  for (size_t read; bytes != NULL && (read = fread(bytes + length, 1, size - length, file)) > 0;) {
    length += read;
    if (length == size) bytes = realloc(bytes, size *= 2);
  }
  if (bytes == NULL) fail("no memory");
  kw_text all = {bytes, length};
  return all;
}

static kw_text text_of(const kw_json *value) { return value != NULL && value->type == KW_TEXT ? value->text : none; }

/** What an app kept is a text: one of a case is it, anything else is JSON. */
static kw_text kept_of(const kw_json *value) {
  if (value == NULL) return none;
  return value->type == KW_TEXT ? value->text : value->source;
}

static kw_age age_of(const kw_json *value) { return value == NULL ? (kw_age){false, 0} : kw_seconds(value->number); }

static char *decode(kw_text base64, size_t *length) {
  const char *symbols = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char *bytes = malloc(base64.length + 1);
  unsigned bits = 0, pending = 0;
  if (bytes == NULL) fail("no memory");
  *length = 0;
  for (size_t at = 0; at < base64.length && base64.bytes[at] != '='; at++) {
    const char *place = strchr(symbols, base64.bytes[at]);
    if (place == NULL) fail("no base64");
    bits = bits << 6 | (unsigned)(place - symbols);
    if ((pending += 6) >= 8) bytes[(*length)++] = (char)(bits >> (pending -= 8));
  }
  return bytes;
}

/** The bytes of an input; `owned` is to be freed. */
static kw_text bytes_of(const kw_json *input, char **owned) {
  const kw_json *text = kw_member(input, "text");
  *owned = NULL;
  if (text != NULL) return text->text;
  size_t length;
  *owned = decode(text_of(kw_member(input, "base64")), &length);
  kw_text bytes = {*owned, length};
  return bytes;
}

static void print_text(kw_text text) {
  putchar('"');
  for (size_t at = 0; at < text.length; at++) {
    unsigned char byte = (unsigned char)text.bytes[at];
    if (byte < 0x20 || byte == '"' || byte == '\\') printf("\\u%04x", byte);
    else putchar(byte);
  }
  putchar('"');
}

static void print_word(const char *name, const char *word) {
  printf(",\"%s\":", name);
  if (word == NULL) printf("null");
  else print_text(kw_text_of(word));
}

static void print_time(const char *name, int64_t ms) {
  char text[25];
  kw_format_time(ms, text);
  print_word(name, text);
}

static void print_truth(const char *name, bool truth) { printf(",\"%s\":%s", name, truth ? "true" : "false"); }

static void print_number(const char *name, int64_t number) { printf(",\"%s\":%" PRId64, name, number); }

static bool print_refused(bool ok, const char *reason) {
  printf(ok ? "{\"ok\":true" : "{\"ok\":false");
  if (!ok) print_word("reason", reason);
  return !ok;
}

static void judge_response(kw_text input, const kw_keyring *keyring, const kw_json *policy) {
  char role[8] = "";
  kw_text asked = text_of(kw_member(policy, "role"));
  if (asked.length > 0 && asked.length < sizeof role) memcpy(role, asked.bytes, asked.length);
  kw_response_policy with = {asked.length > 0 ? role : NULL, text_of(kw_member(policy, "product")), age_of(kw_member(policy, "maxAge")),
                             age_of(kw_member(policy, "maxFuture")), text_of(kw_member(policy, "nonce")),
                             kw_parse_time(text_of(kw_member(policy, "now")))};
  kw_response verdict = kw_verify_response(input, keyring, &with);
  if (!print_refused(verdict.ok, verdict.reason)) {
    print_word("kid", verdict.kid);
    print_word("role", verdict.role);
  }
  kw_free(verdict.memory);
}

struct opened {
  kw_revocations lists[MOST];
  const kw_revocations *pointers[MOST];
  size_t count;
};

static void open_lists(struct opened *into, const kw_keyring *keyring, const kw_json *policy) {
  const kw_json *lists = kw_member(policy, "revocations");
  into->count = lists == NULL ? 0 : lists->count;
  if (into->count > MOST) fail("too many lists");
  for (size_t index = 0; index < into->count; index++) {
    const kw_json *one = lists->items[index];
    kw_revocations_policy with = {text_of(kw_member(one, "name")), text_of(kw_member(one, "product")),
                                  kw_parse_time(text_of(kw_member(policy, "now"))), kept_of(kw_member(one, "last"))};
    char *owned;
    into->lists[index] = kw_open_revocations(bytes_of(kw_member(one, "input"), &owned), keyring, &with);
    into->pointers[index] = &into->lists[index];
    free(owned);
  }
}

static void free_lists(struct opened *opened) {
  for (size_t index = 0; index < opened->count; index++) kw_free(opened->lists[index].memory);
}

static void judge_license(kw_text input, const kw_keyring *keyring, const kw_json *policy) {
  struct opened opened;
  char role[8] = "";
  kw_text asked = text_of(kw_member(policy, "role"));
  if (asked.length > 0 && asked.length < sizeof role) memcpy(role, asked.bytes, asked.length);
  open_lists(&opened, keyring, policy);
  kw_license_policy with = {.product = text_of(kw_member(policy, "product")), .key = text_of(kw_member(policy, "key")),
                            .device = text_of(kw_member(policy, "device")), .now = kw_parse_time(text_of(kw_member(policy, "now"))),
                            .evidence = kept_of(kw_member(policy, "evidence")), .revocations = opened.pointers,
                            .revocation_count = opened.count, .max_list_age = age_of(kw_member(policy, "maxListAge")),
                            .role = asked.length > 0 ? role : NULL, .max_age = age_of(kw_member(policy, "maxAge")),
                            .max_future = age_of(kw_member(policy, "maxFuture")), .nonce = text_of(kw_member(policy, "nonce"))};
  with.any_key = with.key.bytes == NULL;
  kw_license verdict = kw_verify_license(input, keyring, &with);
  if (!print_refused(verdict.ok, verdict.reason)) {
    print_word("kid", verdict.kid);
    print_word("role", verdict.role);
    printf(",\"key\":");
    print_text(verdict.key);
    printf(",\"product\":");
    print_text(verdict.product);
    if (verdict.valid_until.is_set) print_time("validUntil", verdict.valid_until.ms);
    else print_word("validUntil", NULL);
    print_time("signedAt", verdict.signed_at);
    print_truth("clockBehind", verdict.clock_behind);
    print_truth("listStale", verdict.list_stale);
  }
  kw_free(verdict.memory);
  free_lists(&opened);
}

static void judge_revocations(kw_text input, const kw_keyring *keyring, const kw_json *policy) {
  kw_revocations_policy with = {text_of(kw_member(policy, "name")), text_of(kw_member(policy, "product")),
                                kw_parse_time(text_of(kw_member(policy, "now"))), kept_of(kw_member(policy, "last"))};
  kw_revocations list = kw_open_revocations(input, keyring, &with);
  const kw_json *asks = kw_member(policy, "asks");
  if (!print_refused(list.ok, list.reason)) {
    print_word("kid", list.kid);
    print_number("number", list.number);
    print_time("issued", list.signed_at);
    print_time("next", list.next);
    printf(",\"has\":[");
    for (size_t index = 0; asks != NULL && index < asks->count; index++) {
      printf("%s%s", index == 0 ? "" : ",", kw_is_revoked(&list, asks->items[index]->text) ? "true" : "false");
    }
    putchar(']');
  }
  kw_free(list.memory);
}

static void judge_keyring(kw_text input, const kw_keyring *keyring, const kw_json *policy) {
  kw_keyring_update update = kw_apply_keyring_update(keyring, input, kept_of(kw_member(policy, "state")));
  if (!print_refused(update.ok, update.reason)) {
    print_word("kid", update.kid);
    printf(",\"name\":");
    print_text(update.name);
    print_number("number", update.number);
    print_time("signedAt", update.signed_at);
    printf(",\"keys\":[");
    for (size_t index = 0; index < kw_keyring_size(update.keyring); index++) {
      printf("%s[\"%s\",\"%s\"]", index == 0 ? "" : ",", kw_keyring_kid(update.keyring, index), kw_keyring_status(update.keyring, index));
    }
    printf("],\"state\":%s", update.state.bytes);
  }
  kw_free_keyring(update.keyring);
  kw_free(update.memory);
}

static size_t texts_of(const kw_json *list, kw_text into[MOST]) {
  if (list != NULL && list->count > MOST) fail("too many texts");
  for (size_t index = 0; list != NULL && index < list->count; index++) into[index] = list->items[index]->text;
  return list == NULL ? 0 : list->count;
}

static void judge_proof(kw_text input, const kw_keyring *keyring, const kw_json *policy) {
  struct opened opened;
  kw_text origins[MOST], seals[MOST];
  open_lists(&opened, keyring, policy);
  kw_seal_policy with = {.origins = origins, .origin_count = texts_of(kw_member(policy, "origins"), origins),
                         .product = text_of(kw_member(policy, "product")), .now = kw_parse_time(text_of(kw_member(policy, "now"))),
                         .evidence = kept_of(kw_member(policy, "evidence")), .seals = seals,
                         .seal_count = texts_of(kw_member(policy, "seals"), seals), .revocations = opened.pointers,
                         .revocation_count = opened.count, .max_list_age = age_of(kw_member(policy, "maxListAge"))};
  with.any_product = with.product.bytes == NULL;
  with.any_time = !with.now.is_set;
  kw_proven_key verdict = kw_verify_sealed_key(text_of(kw_member(policy, "key")), input, keyring, &with);
  if (!print_refused(verdict.ok, verdict.reason)) {
    print_word("kid", verdict.kid);
    printf(",\"origin\":");
    print_text(verdict.origin);
    print_number("index", verdict.index);
    print_number("size", verdict.size);
    print_time("signedAt", verdict.signed_at);
    print_truth("clockBehind", verdict.clock_behind);
    print_truth("listStale", verdict.list_stale);
  }
  kw_free(verdict.memory);
  free_lists(&opened);
}

static void judge(const kw_json *one, const kw_keyring *keyring) {
  static const char *const kinds[] = {"response", "license", "revocations", "keyring", "proof"};
  static void (*const judges[])(kw_text, const kw_keyring *, const kw_json *) = {judge_response, judge_license, judge_revocations,
                                                                                judge_keyring, judge_proof};
  char *owned;
  kw_text input = bytes_of(kw_member(one, "input"), &owned), kind = text_of(kw_member(one, "kind"));
  for (size_t index = 0; index < 5; index++) {
    bool is_it = kind.length == strlen(kinds[index]) && memcmp(kind.bytes, kinds[index], kind.length) == 0;
    if (is_it) judges[index](input, keyring, kw_member(one, "policy"));
  }
  free(owned);
  puts("}");
}

int main(void) {
  kw_text all = read_all(stdin), last_keyring = {NULL, 0};
  kw_keyring *keyring = NULL;
  for (size_t at = 0, end; at < all.length; at = end + 1) {
    for (end = at; end < all.length && all.bytes[end] != '\n';) end++;
    kw_memory *memory = kw_new_memory();
    kw_text line = {all.bytes + at, end - at};
    const kw_json *one = kw_parse_json(memory, line, 200);
    const kw_json *given = kw_member(one, "keyring");
    kw_text spelled = given == NULL ? none : given->source;
    /* Cases of one keyring stand together, mostly. */
    if (spelled.length != last_keyring.length || memcmp(spelled.bytes, last_keyring.bytes, spelled.length) != 0) {
      kw_free_keyring(keyring);
      keyring = kw_parse_keyring(spelled);
      last_keyring = spelled;
    }
    if (keyring == NULL) fail("a keyring that may not be used");
    judge(one, keyring);
    kw_free(memory);
  }
  kw_free_keyring(keyring);
  free((char *)all.bytes);
  return 0;
}
