/*
 * A license verified with the key that a customer typed. It reads keyring.json and license.json of the folder it runs in, as
 * samples/node-client has them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "keywright.h"

static kw_text read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  char *bytes = malloc(65536);
  if (file == NULL || bytes == NULL) exit(2);
  kw_text text = {bytes, fread(bytes, 1, 65536, file)};
  fclose(file);
  return text;
}

int main(int count, char **arguments) {
  kw_text embedded = read_file("keyring.json"); /* in a real app: a constant */
  kw_text license = read_file("license.json");
  kw_keyring *keyring = kw_parse_keyring(embedded);
  if (keyring == NULL || count < 2) return 2;
  kw_license_policy policy = {.product = kw_text_of("acme"), .key = kw_text_of(arguments[1]), .now = kw_unix_time(time(NULL))};
  kw_license verdict = kw_verify_license(license, keyring, &policy);
  const kw_json *plan = kw_member(verdict.entitlements, "plan");
  if (verdict.ok) printf("licensed: %s\n", plan != NULL && plan->type == KW_TEXT ? plan->text.bytes : "");
  else printf("no license: %s\n", verdict.reason);
  bool is_licensed = verdict.ok;
  kw_free(verdict.memory);
  kw_free_keyring(keyring);
  return is_licensed ? 0 : 1;
}
