/*
 * Verifies, offline, what keywright signs: responses, licenses, lists of revoked keys, updates of keyrings, and keys of
 * sealed batches. Copy keywright.h and keywright.c into your app: they need C11 and libcrypto of OpenSSL 3. C++, Swift and
 * Objective-C link them.
 *
 * Every function answers with a verdict, whatever it is given: `ok` alone opens anything, `reason` says why not, in the
 * words of keywright's docs/verify-in-your-app.md and docs/seal.md. A policy that lacks what is required, or contradicts
 * itself, is answered with "invalid_option". What is left zero in a policy demands nothing, or is missing.
 *
 * Limits: keys are compared in ASCII, for C has no NFKC. A key with other letters fits no license and no batch, and every
 * list calls it revoked. A signature whose R has a part of small order, which only the owner of the private key can make,
 * is refused. Reading JSON takes fifty times its length of memory at worst: give no file that is longer than yours can be.
 * Where memory runs out, the process ends (abort).
 */
#ifndef KEYWRIGHT_H
#define KEYWRIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes: text in UTF-8 that may hold a zero byte, or a file as it was read. Zero for none. */
typedef struct {
  const char *bytes;
  size_t length;
} kw_text;

/** Milliseconds since 1970. Zero for none. */
typedef struct {
  bool is_set;
  int64_t ms;
} kw_time;

/** Seconds. Zero for none. */
typedef struct {
  bool is_set;
  double seconds;
} kw_age;

kw_text kw_text_of(const char *text);
kw_time kw_unix_time(int64_t seconds);
kw_age kw_seconds(double seconds);

/** Reads 2026-01-31T00:00:00Z, with three digits of milliseconds or without; none for anything else. */
kw_time kw_parse_time(kw_text text);
/** Writes a time so, for the years 0 to 9999. */
void kw_format_time(int64_t ms, char into[25]);

/* ---- JSON, as payloads, entitlements and claims have it ---- */

typedef struct kw_memory kw_memory;

/** Frees what a verdict points to; NULL is none. */
void kw_free(kw_memory *memory);
kw_memory *kw_new_memory(void);

typedef enum { KW_NULL, KW_FALSE, KW_TRUE, KW_NUMBER, KW_TEXT, KW_LIST, KW_OBJECT } kw_type;

typedef struct kw_json {
  kw_type type;
  double number;
  kw_text text;
  /** Of a list or an object: how many, and each. Those of an object are in order of their names. */
  size_t count;
  const struct kw_json *const *items;
  /** Of a member: its name. */
  kw_text name;
  /** How it is spelled. */
  kw_text source;
} kw_json;

/** Reads JSON strictly: no member twice, no half surrogate pair, no deeper than that. NULL when it is none. */
const kw_json *kw_parse_json(kw_memory *memory, kw_text text, unsigned max_depth);
/** A member of an object, or NULL. */
const kw_json *kw_member(const kw_json *object, const char *name);

/* ---- Keyrings ---- */

typedef struct kw_keyring kw_keyring;

/** Reads a keyring file; NULL when it may not be used. Embed it in your app: who can change it signs their own licenses. */
kw_keyring *kw_parse_keyring(kw_text text);
void kw_free_keyring(kw_keyring *keyring);
size_t kw_keyring_size(const kw_keyring *keyring);
const char *kw_keyring_kid(const kw_keyring *keyring, size_t index);
/** active, retired or compromised */
const char *kw_keyring_status(const kw_keyring *keyring, size_t index);

/* ---- Responses ---- */

typedef struct {
  const char *role;  /* only keys of this role (product, global), and of both, may have signed */
  kw_text product;   /* the key must be this product's; required for a keyring of several */
  kw_age max_age;    /* needs now */
  kw_age max_future; /* how far ahead of now it may be signed: 300 seconds unless told */
  kw_text nonce;
  kw_time now;
} kw_response_policy;

/** Texts live as long as `memory`, which you free, and the keyring. */
typedef struct {
  bool ok;
  const char *reason;
  const char *kid;
  const char *role; /* of the key that signed; NULL where it serves both */
  const kw_json *payload;
  kw_memory *memory;
} kw_response;

/** Says who signed a response, and when. */
kw_response kw_verify_response(kw_text envelope, const kw_keyring *keyring, const kw_response_policy *policy);

/* ---- Revocations ---- */

typedef struct {
  kw_text name; /* the name that the list is published under */
  kw_text product;
  kw_time now;
  kw_text last; /* what was kept of the list before (its latest), or none */
} kw_revocations_policy;

/** A signed list of revoked keys, or why it is not to be believed. */
typedef struct {
  bool ok;
  const char *reason;
  const char *kid;
  int64_t number;
  size_t count;
  int64_t signed_at, next;
  bool is_stale;
  kw_text latest; /* what to keep, and to give as `last` the next time; ends in a zero byte */
  kw_text product, body;
  bool is_exact;
  kw_memory *memory;
} kw_revocations;

/** Reads a list, at most 64 MiB. The answer goes into a policy, whatever it is; free its memory after that. */
kw_revocations kw_open_revocations(kw_text list, const kw_keyring *keyring, const kw_revocations_policy *policy);
/** Whether a key is revoked, in whatever spelling. A key that is not ASCII counts as revoked: it cannot be told. */
bool kw_is_revoked(const kw_revocations *list, kw_text key);
/** Whether the batch that is sealed under this origin is revoked, as a whole. */
bool kw_is_origin_revoked(const kw_revocations *list, kw_text origin);

/* ---- Licenses ---- */

typedef struct {
  kw_text product; /* required */
  kw_text key;     /* what the customer typed, in whatever spelling; required, or any_key */
  bool any_key;
  kw_text device;   /* what the app calls this device; none: no license with devices allows it */
  kw_time now;      /* required: the clock is never read */
  kw_text evidence; /* what kw_add_evidence made */
  const kw_revocations *const *revocations; /* as kw_open_revocations answered, with ok or without */
  size_t revocation_count;
  kw_age max_list_age; /* without a list that is younger, and not overdue, the answer is no */
  const char *role;
  kw_age max_age;
  kw_age max_future; /* any time unless told, for clocks may be slow */
  kw_text nonce;
} kw_license_policy;

typedef struct {
  bool ok;
  const char *reason;
  const char *kid;
  const char *role;
  /* What was signed, also of some refusals whose signature holds: it allows nothing then. */
  kw_text key, product;
  kw_time valid_until, valid_from; /* none: for ever, always */
  const kw_json *devices;          /* NULL: any */
  const kw_json *entitlements;     /* NULL: none */
  const kw_json *license;          /* as it was signed */
  int64_t signed_at;
  bool clock_behind; /* more than a day behind the earliest time that it can be: tell the customer */
  bool list_stale;   /* a list of revocations is overdue: fetch it */
  kw_memory *memory;
} kw_license;

/** Says whether this product may be used with this key on this device now. Only ok opens anything. */
kw_license kw_verify_license(kw_text envelope, const kw_keyring *keyring, const kw_license_policy *policy);

/* ---- Time evidence ---- */

/**
 * The earliest time that it can be now: the latest of when the app was built, what was signed by keys that are not
 * compromised, and what the clock showed before, as long as that is at most 400 days past the other two. Evidence is the
 * text that kw_add_evidence made, or {"built":SECONDS}; whatever cannot be read of it counts as absent.
 */
int64_t kw_earliest_now(kw_text evidence, const kw_keyring *keyring);
/**
 * The evidence with what was just verified (its kid, NULL where nothing was, and when it was signed), and with the time that
 * the clock shows. Keep it, and free it: free(text).
 */
char *kw_add_evidence(kw_text evidence, const char *kid, int64_t signed_at, int64_t now, const kw_keyring *keyring);

/* ---- Updates of keyrings ---- */

/** An update, or why it is not to be believed: then go on with the keyring that is embedded. */
typedef struct {
  bool ok;
  const char *reason;
  kw_keyring *keyring; /* what to verify with from now on; free it */
  kw_text name;
  int64_t number;
  const char *kid;
  int64_t signed_at;
  kw_text state; /* what to keep beside the update itself, and to give as state the next time; ends in a zero byte */
  kw_memory *memory;
} kw_keyring_update;

/** `trusted` is the keyring that the app embeds, never one that an update brought. Give the same update at every start. */
kw_keyring_update kw_apply_keyring_update(const kw_keyring *trusted, kw_text update, kw_text state);

/* ---- Sealed batches ---- */

typedef struct {
  const kw_text *origins; /* whose seals are accepted: beginnings of origins, up to a slash, or whole ones; required */
  size_t origin_count;
  kw_text product; /* required, or any_product */
  bool any_product;
  kw_time now; /* required, or any_time: then an expired key is accepted as well */
  bool any_time;
  kw_text evidence;
  const kw_text *seals; /* that the app brings along: one of the same text stands in for the proof's own */
  size_t seal_count;
  const kw_revocations *const *revocations;
  size_t revocation_count;
  kw_age max_list_age;
} kw_seal_policy;

typedef struct {
  bool ok;
  const char *reason;
  const char *kid;
  kw_text origin; /* the name of the batch */
  int64_t index, size;
  int64_t signed_at;
  const kw_json *claims; /* what was sealed, also of some refusals: it allows nothing then */
  bool clock_behind, list_stale;
  kw_memory *memory;
} kw_proven_key;

/** Says whether the key that somebody typed stands in a sealed batch, and may be used now. */
kw_proven_key kw_verify_sealed_key(kw_text typed, kw_text proof, const kw_keyring *keyring, const kw_seal_policy *policy);

#ifdef __cplusplus
}
#endif

#endif
