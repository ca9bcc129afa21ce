<?php
// A license verified with the key that a customer typed: php example.php KEY, where keyring.json and license.json are.

require __DIR__ . '/keywright.php';

$keyring = Keywright\parseKeyring(file_get_contents('keyring.json')); // ships with your app
$license = file_get_contents('license.json');
[$key, $now] = [$argv[1], new DateTimeImmutable()];
$verdict = Keywright\verifyLicense($license, $keyring, product: 'acme', key: $key, device: null, now: $now);
if ($verdict->ok) {
    echo 'licensed: ', $verdict->license->entitlements['plan'], "\n";
} else {
    echo "no license: $verdict->reason\n";
    exit(1);
}
