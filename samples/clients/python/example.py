"""A license verified with the key that a customer typed: python3 example.py KEY, where keyring.json and license.json are."""

import sys
from datetime import datetime, timezone
from pathlib import Path

import keywright

keyring = keywright.parse_keyring(Path("keyring.json").read_text("utf-8"))  # ships with your app
license_file = Path("license.json").read_bytes()
now = datetime.now(timezone.utc)
verdict = keywright.verify_license(license_file, keyring, product="acme", key=sys.argv[1], device=None, now=now)
if verdict.ok:
    print("licensed:", verdict.license.entitlements["plan"])
else:
    print("no license:", verdict.reason)
    sys.exit(1)
