"""Judges cases of samples/clients/vectors.json: one JSON line in, one JSON line out."""

import base64
import json
import sys
from datetime import datetime

import keywright


def bytes_of(given):
    return given["text"].encode() if "text" in given else base64.b64decode(given["base64"])


def options_of(policy):
    """The policy in Python's spelling: its times as datetimes, its lists opened by the caller."""
    names = {"maxAge": "max_age", "maxFuture": "max_future", "maxListAge": "max_list_age"}
    options = {names.get(name, name): value for name, value in policy.items()}
    if isinstance(options.get("now"), str):
        options["now"] = datetime.fromisoformat(options["now"].replace("Z", "+00:00"))
    return options


def with_lists(policy, keyring):
    options = options_of(policy)
    lists = [{**each, "now": policy["now"]} for each in policy.get("revocations", [])]
    opened = [keywright.open_revocations(bytes_of(each.pop("input")), keyring, **options_of(each)) for each in lists]
    return {**options, "revocations": opened}


def judge(kind, data, keyring, policy):
    if kind == "response":
        verdict = keywright.verify_response(data, keyring, **options_of(policy))
        return verdict, lambda: {"kid": verdict.kid, "role": verdict.role}
    if kind == "license":
        verdict = keywright.verify_license(data, keyring, **with_lists(policy, keyring))
        return verdict, lambda: licensed(verdict)
    if kind == "revocations":
        asks = policy.pop("asks", [])
        verdict = keywright.open_revocations(data, keyring, **options_of(policy))
        return verdict, lambda: {
            "kid": verdict.kid,
            "number": verdict.number,
            "issued": keywright.format_time(verdict.signed_at),
            "next": keywright.format_time(verdict.next),
            "has": [verdict.has(key) for key in asks],
        }
    if kind == "keyring":
        verdict = keywright.apply_keyring_update(keyring, data, policy.get("state"))
        return verdict, lambda: {
            "kid": verdict.kid,
            "name": verdict.name,
            "number": verdict.number,
            "signedAt": keywright.format_time(verdict.signed_at),
            "keys": [[key.kid, key.status] for key in verdict.keyring.keys],
            "state": verdict.state,
        }
    verdict = keywright.verify_sealed_key(policy.pop("key"), data, keyring, **with_lists(policy, keyring))
    return verdict, lambda: {
        "kid": verdict.kid,
        "origin": verdict.origin,
        "index": verdict.index,
        "size": verdict.size,
        **judged_at(verdict),
    }


def licensed(verdict):
    until = verdict.license.valid_until
    return {
        "kid": verdict.kid,
        "role": verdict.role,
        "key": verdict.license.key,
        "product": verdict.license.product,
        "validUntil": None if until is None else keywright.format_time(until),
        **judged_at(verdict),
    }


def judged_at(verdict):
    signed_at = keywright.format_time(verdict.signed_at)
    return {"signedAt": signed_at, "clockBehind": verdict.clock_behind, "listStale": verdict.list_stale}


def main():
    keyrings = {}  # most cases share a few
    for line in sys.stdin.buffer:
        case = json.loads(line)
        text = json.dumps(case["keyring"])
        if text not in keyrings:
            keyrings[text] = keywright.parse_keyring(text)
        try:
            verdict, told = judge(case["kind"], bytes_of(case["input"]), keyrings[text], case["policy"])
        except keywright.InvalidOption:
            verdict, told = keywright.Refused("invalid_option"), dict
        answer = {"ok": True, **told()} if verdict.ok else {"ok": False, "reason": verdict.reason}
        print(json.dumps(answer))


main()
