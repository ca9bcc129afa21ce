import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.text.Normalizer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Verifies, offline, what keywright signs: responses, licenses, lists of revoked keys, updates of keyrings, and keys of
 * sealed batches. Copy this file into your app: it needs Java 17, or Kotlin on it, and the standard library.
 *
 * Every function answers with a verdict, whatever it is given: {@code ok} alone opens anything, {@code reason} says why not,
 * in the words of keywright's docs/verify-in-your-app.md and docs/seal.md. IllegalArgumentException is for misuse alone: a
 * policy that lacks what is required or contradicts itself, or a keyring that may not be used.
 *
 * Limits: the Unicode of NFKC is that of the Java it runs on. A signature whose R has a part of small order, which only the
 * owner of the private key can make, is refused.
 */
public final class Keywright {
    private Keywright() {}

    // ---- Keyrings ----

    /** What a keyring says about one public key; role and product are null where none is named. */
    public record Key(String kid, String alg, String status, String role, String product, List<String> purposes,
                      Instant validFrom, Instant validUntil, byte[] bytes, PublicKey publicKey) {
        Key withStatus(String other) {
            return new Key(kid, alg, other, role, product, purposes, validFrom, validUntil, bytes, publicKey);
        }

        boolean isFor(String purpose) {
            return purposes.contains(purpose);
        }

        boolean serves(String asked) {
            return role == null || asked == null || role.equals(asked);
        }

        boolean isCompromised() {
            return status.equals("compromised");
        }

        /** Judges a signed time, in Unix seconds. NaN, for none, breaks every limit. */
        boolean isValidAt(double seconds) {
            if (validFrom != null && !(seconds * 1000 >= validFrom.toEpochMilli())) return false;
            return isBeforeEnd(seconds);
        }

        boolean isBeforeEnd(double seconds) {
            if (validUntil == null) return status.equals("active");
            return seconds * 1000 < validUntil.toEpochMilli();
        }

        int signatureLength() {
            return alg.equals("RS256") ? bytes.length : 64;
        }

        boolean verify(byte[] message, byte[] signature) {
            if (signature.length != signatureLength()) return false;
            if (alg.equals("RS256")) return isRsaSignature(message, signature, new BigInteger(1, bytes));
            // The JDK refuses S from the order on, and R that is no canonical point.
            try {
                Signature verifier = Signature.getInstance("Ed25519");
                verifier.initVerify(publicKey);
                verifier.update(message);
                return verifier.verify(signature);
            } catch (GeneralSecurityException | RuntimeException fault) {
                return false;
            }
        }
    }

    /** A set of public keys. {@link #parseKeyring} makes it. */
    public static final class Keyring {
        public final List<Key> keys;

        private Keyring(List<Key> keys) {
            if (keys.isEmpty()) throw new IllegalArgumentException("the keyring holds no key");
            Set<String> kids = new HashSet<>();
            for (Key key : keys) {
                if (!kids.add(key.kid)) throw new IllegalArgumentException("the keyring holds a key twice");
            }
            this.keys = List.copyOf(keys);
        }

        Key find(String kid) {
            for (Key key : keys) if (key.kid.equals(kid)) return key;
            return null;
        }

        List<Key> noteKeys(String purpose) {
            return keys.stream().filter(key -> key.alg.equals("Ed25519") && key.isFor(purpose)).toList();
        }
    }

    /** Reads a keyring file. Embed it in your app: who can change it signs their own licenses. */
    public static Keyring parseKeyring(String text) {
        Json reading = Json.parse(text.startsWith("\ufeff") ? text.substring(1) : text, PAYLOAD_DEPTH);
        Map<String, Object> set = reading == null ? null : object(reading.value);
        if (set == null || !set.containsKey("keys")) throw new IllegalArgumentException("the keyring is no JWKS");
        if (!isOneOf(set, "schema", "keywright/keyring/v1")) {
            throw new IllegalArgumentException("the keyring is not of keywright/keyring/v1");
        }
        List<Key> keys = new ArrayList<>();
        for (String list : List.of("keys", "compromised")) {
            if (!set.containsKey(list)) continue;
            if (!(set.get(list) instanceof List<?> items)) throw new IllegalArgumentException("the keyring has no list of " + list);
            for (Object item : items) keys.add(readKey(object(item), list));
        }
        return new Keyring(keys);
    }

    private static Key readKey(Map<String, Object> jwk, String list) {
        IllegalArgumentException refusal = new IllegalArgumentException("the keyring has a key that may not be used");
        if (jwk == null) throw refusal;
        for (String name : List.of("d", "p", "q", "dp", "dq", "qi", "oth", "k")) if (jwk.containsKey(name)) throw refusal;
        boolean isRsa = "RSA".equals(jwk.get("kty"));
        String member = text(jwk.get(isRsa ? "n" : "x"));
        byte[] bytes = member == null ? null : decodeBase64(member, true);
        if (bytes == null) throw refusal;
        boolean isKnown = isRsa
            ? "AQAB".equals(jwk.get("e")) && isOneOf(jwk, "alg", "RS256") && isModulus(bytes)
            : "OKP".equals(jwk.get("kty")) && "Ed25519".equals(jwk.get("crv")) && isOneOf(jwk, "alg", "Ed25519", "EdDSA") && isSoundPoint(bytes);
        if (!isKnown) throw refusal;
        String hashed = isRsa ? "{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"" : "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"";
        String kid = Base64.getUrlEncoder().withoutPadding().encodeToString(sha256((hashed + member + "\"}").getBytes(UTF_8)));
        String status = "compromised";
        boolean isSound = isOneOf(jwk, "kid", kid) && isOneOf(jwk, "use", "sig") && isOneOf(jwk, "role", "product", "global");
        if (list.equals("keys")) {
            isSound = isSound && isOneOf(jwk, "status", "active", "retired", "compromised");
            status = jwk.containsKey("status") ? text(jwk.get("status")) : "active";
        }
        for (String name : List.of("product", "kid_given")) {
            String given = text(jwk.get(name));
            isSound = isSound && (!jwk.containsKey(name) || (given != null && !given.isEmpty()));
        }
        List<String> purposes = jwk.containsKey("purposes") ? texts(jwk.get("purposes")) : List.of("response", "license");
        isSound = isSound && purposes != null && !purposes.isEmpty()
            && List.of("response", "license", "seal", "list", "keyring").containsAll(purposes);
        for (String name : List.of("validFrom", "validUntil")) {
            isSound = isSound && (!jwk.containsKey(name) || parseTime(jwk.get(name)) != null);
        }
        if (!isSound) throw refusal;
        return new Key(kid, isRsa ? "RS256" : "Ed25519", status, text(jwk.get("role")), text(jwk.get("product")), purposes,
            parseTime(jwk.get("validFrom")), parseTime(jwk.get("validUntil")), bytes, isRsa ? null : platformKey(bytes));
    }

    /**
     * RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2.2), by making what should be signed and comparing: SHA256withRSA of
     * the JDK also takes a digest whose NULL is left out.
     */
    private static boolean isRsaSignature(byte[] message, byte[] signature, BigInteger modulus) {
        BigInteger number = new BigInteger(1, signature);
        if (number.compareTo(modulus) >= 0) return false;
        byte[] head = HexFormat.of().parseHex("003031300d060960864801650304020105000420");
        byte[] expected = new byte[signature.length];
        Arrays.fill(expected, (byte) 0xff);
        expected[0] = 0;
        expected[1] = 1;
        System.arraycopy(join(head, sha256(message)), 0, expected, expected.length - head.length - 32, head.length + 32);
        return number.modPow(BigInteger.valueOf(65537), modulus).equals(new BigInteger(1, expected));
    }

    private static PublicKey platformKey(byte[] bytes) {
        try {
            byte[] head = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(join(head, bytes)));
        } catch (GeneralSecurityException fault) {
            throw new IllegalArgumentException("this Java cannot verify with a key of the keyring", fault);
        }
    }

    /** Whether a member is one of those texts, or absent. */
    private static boolean isOneOf(Map<String, Object> object, String name, String... allowed) {
        return !object.containsKey(name) || Arrays.asList(allowed).contains(object.get(name));
    }

    // ---- Curve 25519 ----

    private static final BigInteger PRIME = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger ORDER = BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    private static final BigInteger D = BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(PRIME)).mod(PRIME);

    private static BigInteger littleEndian(byte[] bytes) {
        byte[] reversed = new byte[32];
        for (int index = 0; index < 32; index++) reversed[31 - index] = bytes[index];
        reversed[0] &= 127; // the sign of x
        return new BigInteger(1, reversed);
    }

    /** (x/z, y/z), with t = x·y/z. */
    private record Point(BigInteger x, BigInteger y, BigInteger z, BigInteger t) {
        /** The point in the one spelling that RFC 8032 has for it; else null. */
        static Point decode(byte[] bytes) {
            if (bytes.length != 32) return null;
            BigInteger y = littleEndian(bytes);
            if (y.compareTo(PRIME) >= 0) return null;
            BigInteger square = y.multiply(y).mod(PRIME);
            BigInteger under = D.multiply(square).add(BigInteger.ONE).modInverse(PRIME);
            BigInteger xx = square.subtract(BigInteger.ONE).multiply(under).mod(PRIME);
            BigInteger x = xx.modPow(PRIME.add(BigInteger.valueOf(3)).shiftRight(3), PRIME);
            if (!x.multiply(x).mod(PRIME).equals(xx)) {
                x = x.multiply(BigInteger.TWO.modPow(PRIME.shiftRight(2), PRIME)).mod(PRIME);
            }
            boolean isNegative = bytes[31] < 0;
            if (!x.multiply(x).mod(PRIME).equals(xx) || (x.signum() == 0 && isNegative)) return null;
            if (x.testBit(0) != isNegative) x = PRIME.subtract(x);
            return new Point(x, y, BigInteger.ONE, x.multiply(y).mod(PRIME));
        }

        Point add(Point other) {
            BigInteger a = y.subtract(x).multiply(other.y.subtract(other.x)).mod(PRIME);
            BigInteger b = y.add(x).multiply(other.y.add(other.x)).mod(PRIME);
            BigInteger c = t.multiply(other.t).mod(PRIME).multiply(D).shiftLeft(1).mod(PRIME);
            BigInteger d = z.multiply(other.z).shiftLeft(1).mod(PRIME);
            BigInteger e = b.subtract(a), f = d.subtract(c), g = d.add(c), h = b.add(a);
            return new Point(e.multiply(f).mod(PRIME), g.multiply(h).mod(PRIME), f.multiply(g).mod(PRIME), e.multiply(h).mod(PRIME));
        }

        boolean isNeutral() {
            return x.signum() == 0 && y.equals(z);
        }
    }

    /** Refuses keys on which engines disagree, and those that verify what nobody signed: points of the great order pass. */
    private static boolean isSoundPoint(byte[] bytes) {
        Point point = Point.decode(bytes);
        if (point == null || point.isNeutral()) return false;
        Point sum = point;
        for (int bit = ORDER.bitLength() - 2; bit >= 0; bit--) {
            sum = sum.add(sum);
            if (ORDER.testBit(bit)) sum = sum.add(point);
        }
        return sum.isNeutral();
    }

    private static boolean isModulus(byte[] modulus) {
        int bits = new BigInteger(1, modulus).bitLength();
        return bits >= 2048 && bits <= 8192 && modulus[0] != 0 && modulus[modulus.length - 1] % 2 != 0;
    }

    // ---- Responses ----

    private static final int PAYLOAD_BYTES = 1 << 20;
    private static final int PAYLOAD_DEPTH = 64;
    /** The last second of the year 9999. */
    private static final double LATEST_SECONDS = 253402300799.0;
    private static final double SAFE_INTEGER = 9007199254740991.0;
    private static final long DAY = 86_400_000;

    /** What a response must satisfy besides being signed. What is null demands nothing. */
    public static final class ResponsePolicy {
        /** Only keys of this role, and of both, may have signed. */
        public String role;
        /** The key must be this product's. Required for a keyring of several. */
        public String product;
        /** Seconds; needs now. */
        public Double maxAge;
        /** How far ahead of now it may be signed, in seconds; null is 300. */
        public Double maxFuture;
        public String nonce;
        public Instant now;
    }

    /** The verdict about a response. Numbers of the payload are doubles; role is null where the key serves both. */
    public record Response(boolean ok, String reason, String kid, String role, Map<String, Object> payload) {}

    /** Says who signed a response, and when. The envelope is its bytes, JSON in UTF-8. */
    public static Response verifyResponse(byte[] envelope, Keyring keyring, ResponsePolicy policy) {
        demand(policy.now != null || (policy.maxAge == null && policy.maxFuture == null), "now is missing");
        long products = keyring.keys.stream().map(Key::product).filter(product -> product != null).distinct().count();
        demand(policy.product != null || products < 2, "product is missing: name one of those in the keyring");
        demand(isText(policy.product) && isText(policy.nonce), "a text is empty");
        demandRoleAndAges(policy.role, policy.maxAge, policy.maxFuture);
        double maxFuture = policy.maxFuture == null ? 300 : policy.maxFuture;
        Double now = policy.now == null ? null : (double) milliseconds(policy.now);
        return examine(envelope, keyring, "response", policy.role, policy.product, policy.maxAge, maxFuture, policy.nonce, now);
    }

    private static void demand(boolean holds, String otherwise) {
        if (!holds) throw new IllegalArgumentException(otherwise);
    }

    private static boolean isText(String text) {
        return text == null || !text.isEmpty();
    }

    private static void demandRoleAndAges(String role, Double... ages) {
        demand(role == null || role.equals("product") || role.equals("global"), "role is neither product nor global");
        for (Double age : ages) demand(age == null || (age >= 0 && age <= Double.MAX_VALUE), "an age is no number of seconds");
    }

    private static long milliseconds(Instant time) {
        try {
            return time.toEpochMilli();
        } catch (ArithmeticException fault) {
            throw new IllegalArgumentException("now is out of range", fault);
        }
    }

    private static Response examine(byte[] bytes, Keyring keyring, String purpose, String role, String product, Double maxAge,
                                    double maxFuture, String nonce, Double now) {
        String text = decodeUtf8(bytes);
        Json reading = text == null || text.length() > 8 * PAYLOAD_BYTES ? null : Json.parse(text, PAYLOAD_DEPTH + 1);
        Map<String, Object> envelope = reading == null ? null : object(reading.value);
        String base64 = envelope == null ? null : text(envelope.get("response_base64"));
        byte[] signed = base64 == null ? null : decodeBase64(base64, false);
        if (signed == null || signed.length > PAYLOAD_BYTES) return refused("malformed");
        if (envelope.containsKey("private_key_used") && text(envelope.get("private_key_used")) == null) return refused("malformed");
        Object sealed = envelope.get("signature");
        if (sealed == null || sealed.equals("") || sealed.equals("Private key not set")) return refused("unsigned");
        String spelled = text(sealed);
        byte[] signature = spelled == null || spelled.length() > 1368 ? null : decodeBase64(spelled, false);
        if (signature == null) return refused("malformed");
        List<Key> candidates = keyring.keys.stream()
            .filter(key -> key.isFor(purpose) && key.serves(role) && key.signatureLength() == signature.length).toList();
        if (candidates.isEmpty()) return refused("unknown_key");
        byte[] message = base64.getBytes(UTF_8);
        Key key = candidates.stream().filter(each -> each.verify(message, signature)).findFirst().orElse(null);
        if (key == null) return refused("bad_signature");
        if (key.isCompromised()) return refused("key_compromised");
        String payloadText = decodeUtf8(signed);
        Json payloadReading = payloadText == null ? null : Json.parse(payloadText, PAYLOAD_DEPTH);
        Map<String, Object> payload = payloadReading == null ? null : object(payloadReading.value);
        if (payload == null) return refused("malformed");
        if (envelope.containsKey("response") && !isSame(envelope.get("response"), payload)) return refused("sibling_mismatch");
        double seconds = signedTime(payload);
        if (!key.isValidAt(seconds)) return refused("key_retired");
        if (product != null && !product.equals(key.product)) return refused("wrong_product");
        if (now != null) {
            // Without a time the age is NaN: not from the future, and not young enough either.
            double age = now / 1000 - seconds;
            if (age < -maxFuture) return refused("from_future");
            if (maxAge != null && !(age <= maxAge)) return refused("stale");
        }
        if (nonce != null && !nonce.equals(payload.get("nonce"))) return refused("nonce_mismatch");
        return new Response(true, null, key.kid, key.role, payload);
    }

    private static Response refused(String reason) {
        return new Response(false, reason, null, null, null);
    }

    /** NaN unless it is a whole number of seconds that a double holds exactly. */
    private static double signedTime(Map<String, Object> payload) {
        return payload.get("timestamp") instanceof Double seconds && seconds >= 0 && seconds <= SAFE_INTEGER && seconds == Math.rint(seconds)
            ? seconds : Double.NaN;
    }

    /** Whether two JSON values say the same: the order of members is free. Equals alone would tell 0 from minus 0. */
    private static boolean isSame(Object one, Object other) {
        if (one instanceof Map<?, ?> left && other instanceof Map<?, ?> right) {
            if (left.size() != right.size()) return false;
            for (Map.Entry<?, ?> member : left.entrySet()) {
                if (!right.containsKey(member.getKey()) || !isSame(member.getValue(), right.get(member.getKey()))) return false;
            }
            return true;
        }
        if (one instanceof List<?> left && other instanceof List<?> right) {
            if (left.size() != right.size()) return false;
            for (int index = 0; index < left.size(); index++) if (!isSame(left.get(index), right.get(index))) return false;
            return true;
        }
        if (one instanceof Double left && other instanceof Double right) return left.doubleValue() == right.doubleValue();
        return one == null ? other == null : one.equals(other);
    }

    // ---- Licenses ----

    /** What a license must satisfy besides being signed. */
    public static final class LicensePolicy {
        public final String product;
        public final String key;
        public final String device;
        public final Instant now;
        /** What {@link #addEvidence} made. */
        public String evidence;
        /** As {@link #openRevocations} answered, with ok or without. */
        public List<Revocations> revocations = List.of();
        /** Seconds; without a list that is younger, and not overdue, the answer is no. */
        public Double maxListAge;
        public String role;
        public Double maxAge;
        /** Null: any time, for clocks may be slow. */
        public Double maxFuture;
        public String nonce;

        /** The key as the customer typed it, or null: unchecked. Device null is none, which no license with devices allows. */
        public LicensePolicy(String product, String key, String device, Instant now) {
            demand(product != null && !product.isEmpty() && now != null, "product or now is missing");
            this.product = product;
            this.key = key;
            this.device = device;
            this.now = now;
        }
    }

    /** What a signed payload says about one license key; validUntil null is for ever, devices null any. */
    public record License(String key, String product, Instant validUntil, Instant validFrom, List<String> devices,
                          Map<String, Object> entitlements, String comparison, Map<String, Object> signed) {}

    /**
     * The verdict about a license. The license stands there with some refusals, too, where the signature holds: it allows
     * nothing then. Tell the customer when clockBehind, and fetch the list when listStale.
     */
    public record Licensed(boolean ok, String reason, String kid, String role, License license, Instant signedAt,
                           boolean clockBehind, boolean listStale) {}

    /** Says whether this product may be used with this key on this device now. Only ok opens anything. */
    public static Licensed verifyLicense(byte[] envelope, Keyring keyring, LicensePolicy policy) {
        demandRoleAndAges(policy.role, policy.maxAge, policy.maxFuture, policy.maxListAge);
        demand(isText(policy.nonce), "the nonce is empty");
        demandListsOf(policy.revocations, policy.product);
        long clock = milliseconds(policy.now);
        long floor = earliestNow(policy.evidence, keyring).toEpochMilli();
        long now = Math.max(clock, floor);
        double maxFuture = policy.maxFuture == null ? Double.MAX_VALUE : policy.maxFuture;
        Response response = examine(envelope, keyring, "license", policy.role, null, policy.maxAge, maxFuture, policy.nonce, (double) now);
        if (!response.ok) return refusedLicense(response.reason, null, null);
        double seconds = signedTime(response.payload);
        License license = readLicense(response.payload);
        if (license == null || !(seconds <= LATEST_SECONDS)) return refusedLicense("not_a_license", response.kid, null);
        Instant signedAt = Instant.ofEpochSecond((long) seconds);
        long latest = Math.max(now, signedAt.toEpochMilli());
        String bound = keyring.find(response.kid).product;
        String reason = bound == null || bound.equals(policy.product) ? findBreach(license, policy, latest) : "wrong_product";
        if (reason != null) return refusedLicense(reason, response.kid, license);
        return new Licensed(true, null, response.kid, response.role, license, signedAt, floor - clock > DAY,
            isAnyStale(policy.revocations, latest));
    }

    private static Licensed refusedLicense(String reason, String kid, License license) {
        return new Licensed(false, reason, kid, null, license, null, false, false);
    }

    private static License readLicense(Map<String, Object> payload) {
        Map<String, Object> signed = object(payload.get("license"));
        if (signed == null || !"keywright/license/v1".equals(payload.get("schema"))) return null;
        if (!isOneOf(signed, "comparison", "canonical", "exact")) return null;
        String comparison = signed.containsKey("comparison") ? text(signed.get("comparison")) : "canonical";
        String key = text(signed.get("key")), product = text(signed.get("product"));
        if (key == null || sameKeyText(key, comparison) == null || product == null || product.isEmpty()) return null;
        Map<String, Object> entitlements = signed.containsKey("entitlements") ? object(signed.get("entitlements")) : Map.of();
        List<String> devices = signed.containsKey("devices") ? texts(signed.get("devices")) : null;
        if (entitlements == null || (devices == null && signed.containsKey("devices"))) return null;
        Instant until = parseTime(signed.get("valid_until")), from = parseTime(signed.get("valid_from"));
        boolean isForEver = signed.containsKey("valid_until") && signed.get("valid_until") == null;
        if ((from == null && signed.containsKey("valid_from")) || (until == null && !isForEver) || isEmptySpan(from, until)) return null;
        return new License(key, product, until, from, devices, entitlements, comparison, signed);
    }

    private static boolean isEmptySpan(Instant from, Instant until) {
        return from != null && until != null && !from.isBefore(until);
    }

    private static String findBreach(License license, LicensePolicy policy, long now) {
        String comparison = license.comparison;
        if (!license.product.equals(policy.product)) return "wrong_product";
        if (policy.key != null && !sameKeyText(license.key, comparison).equals(sameKeyText(policy.key, comparison))) return "wrong_key";
        if (license.devices != null && (policy.device == null || !license.devices.contains(policy.device))) return "wrong_device";
        String breach = findListBreach(comparison, policy.revocations, policy.maxListAge, now, list -> list.has(license.key));
        return breach != null ? breach : outside(license.validFrom, license.validUntil, now);
    }

    private static String outside(Instant from, Instant until, long now) {
        if (from != null && now < from.toEpochMilli()) return "not_yet_valid";
        return until != null && now >= until.toEpochMilli() ? "expired" : null;
    }

    private static final Pattern DROPPED = Pattern.compile("[\\p{Cf}\\p{IsWhite_Space}\\p{Pd}\\u2212_.:/]");
    private static final Pattern TOO_MANY_MARKS = Pattern.compile("\\p{M}{31}");

    /** What two spellings of one key have in common; null for a text that is no key. */
    private static String sameKeyText(String key, String comparison) {
        byte[] bytes = encodeUtf8(key);
        if (bytes == null || bytes.length > 4096 || TOO_MANY_MARKS.matcher(key).find()) return null;
        // Dropping can bring a letter and a mark together, and an upper-case letter may compose with one: so three times.
        String bare = DROPPED.matcher(nfkc(key)).replaceAll("");
        if (TOO_MANY_MARKS.matcher(bare).find()) return null;
        StringBuilder upper = new StringBuilder(nfkc(bare));
        for (int index = 0; index < upper.length(); index++) {
            char letter = upper.charAt(index);
            if (letter >= 'a' && letter <= 'z') upper.setCharAt(index, (char) (letter - 32));
        }
        String form = nfkc(upper.toString());
        return form.isEmpty() ? null : comparison.equals("exact") ? key : form;
    }

    private static String nfkc(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC);
    }

    // ---- Time evidence ----

    private record Evidence(long built, Map<String, Long> signed, long seen) {
        static Evidence read(String text) {
            Json reading = text == null ? null : Json.parse(text, PAYLOAD_DEPTH);
            Map<String, Object> kept = reading == null ? null : object(reading.value);
            if (kept == null) return new Evidence(0, new LinkedHashMap<>(), 0);
            Map<String, Long> signed = new LinkedHashMap<>();
            Map<String, Object> times = object(kept.get("signed"));
            if (times != null) times.forEach((kid, at) -> signed.put(kid, time(at)));
            return new Evidence(time(kept.get("built")), signed, time(kept.get("seen")));
        }

        static long time(Object value) {
            return value instanceof Double seconds && seconds > 0 && seconds < LATEST_SECONDS + 1 ? seconds.longValue() : 0;
        }

        long latestProof(Keyring keyring) {
            long latest = built;
            for (Map.Entry<String, Long> one : signed.entrySet()) {
                Key key = keyring.find(one.getKey());
                if (key == null || !key.isCompromised()) latest = Math.max(latest, one.getValue());
            }
            return latest;
        }
    }

    /**
     * The earliest time that it can be now: the latest of when the app was built, what was signed by keys that are not
     * compromised, and what the clock showed before, as long as that is at most 400 days past the other two. Evidence is the
     * text that {@link #addEvidence} made, or {"built":SECONDS}; whatever cannot be read of it counts as absent.
     */
    public static Instant earliestNow(String evidence, Keyring keyring) {
        Evidence read = Evidence.read(evidence);
        long proven = read.latestProof(keyring);
        return Instant.ofEpochSecond(read.seen > proven && read.seen <= proven + 400 * 86_400 ? read.seen : proven);
    }

    /**
     * The evidence with what was just verified (its kid, null where nothing was, and when it was signed), and with the time
     * that the clock shows. Keep it.
     */
    public static String addEvidence(String evidence, String kid, Instant signedAt, Instant now, Keyring keyring) {
        Evidence read = Evidence.read(evidence);
        long seen = read.seen;
        if (kid != null) {
            long seconds = Evidence.time((double) Math.floorDiv(milliseconds(signedAt), 1000L));
            if (seconds > read.latestProof(keyring)) seen = 0;
            read.signed.merge(kid, seconds, Math::max);
        }
        Map<String, Object> kept = new LinkedHashMap<>();
        kept.put("built", read.built);
        kept.put("signed", read.signed);
        kept.put("seen", Math.max(seen, Math.floorDiv(milliseconds(now), 1000L)));
        return Json.write(kept);
    }

    // ---- Signed notes ----

    private record NoteLine(String name, byte[] bytes) {}

    private record Note(String text, List<NoteLine> lines) {
        private static final Pattern LINE = Pattern.compile("\u2014 ([^\\p{IsWhite_Space}+]+) ([A-Za-z0-9+/]+=*)");

        /** Takes a note apart (C2SP signed-note), or null. Its text ends at the last empty line. */
        static Note parse(String source) {
            int split = source.lastIndexOf("\n\n");
            boolean isPlain = source.chars().allMatch(unit -> unit >= 0x20 || unit == '\n');
            if (split < 0 || !isPlain || !source.endsWith("\n") || split + 2 >= source.length()) return null;
            String[] lines = source.substring(split + 2, source.length() - 1).split("\n", -1);
            List<NoteLine> read = new ArrayList<>();
            for (String line : lines) {
                Matcher matcher = LINE.matcher(line);
                byte[] bytes = matcher.matches() ? decodeBase64(matcher.group(2), false) : null;
                if (lines.length > 100 || bytes == null || bytes.length <= 4) return null;
                read.add(new NoteLine(matcher.group(1), bytes));
            }
            return new Note(source.substring(0, split + 1), read);
        }

        /**
         * The keys that signed under a name. Lines of other names and keys are passed over; one of a known key that does not
         * hold makes it null.
         */
        List<Key> signers(String name, List<Key> keys) {
            byte[] message = text.getBytes(UTF_8);
            List<Key> signers = new ArrayList<>();
            for (NoteLine line : lines) {
                if (!line.name.equals(name)) continue;
                byte[] id = Arrays.copyOf(line.bytes, 4), signature = Arrays.copyOfRange(line.bytes, 4, line.bytes.length);
                List<Key> known = keys.stream().filter(key -> Arrays.equals(noteKeyId(name, key), id)).toList();
                Key signer = known.stream().filter(key -> key.verify(message, signature)).findFirst().orElse(null);
                if (signer == null && !known.isEmpty()) return null;
                if (signer != null && !signers.contains(signer)) signers.add(signer);
            }
            return signers;
        }

        static byte[] noteKeyId(String name, Key key) {
            return Arrays.copyOf(sha256(join((name + "\n\u0001").getBytes(UTF_8), key.bytes)), 4);
        }
    }

    private static final class SignedBody {
        String reason;
        byte[] body;
        final Map<String, String> lines = new HashMap<>();
        long number;
        Instant issued;
        List<Key> signers = List.of();

        /** Reads a body, an empty line, and a note that tells about it, from its end. A reason says why it is not believed. */
        static SignedBody open(byte[] source, String purpose, List<String> names, Keyring keyring) {
            SignedBody opened = new SignedBody();
            opened.reason = opened.read(source, purpose, names, keyring);
            return opened;
        }

        private String read(byte[] source, String purpose, List<String> names, Keyring keyring) {
            int end = source.length > 1 << 26 ? -1 : emptyLine(source, source.length);
            int start = end < 0 ? -1 : emptyLine(source, end - 1);
            String text = start < 0 ? null : decodeUtf8(Arrays.copyOfRange(source, start + 1, source.length));
            Note note = text == null ? null : Note.parse(text);
            if (note == null) return "malformed";
            body = Arrays.copyOf(source, start);
            String[] given = note.text.substring(0, note.text.length() - 1).split("\n", -1);
            if (!given[0].equals("keywright/" + purpose + "/v1") || given.length != 1 + names.size()) return "malformed";
            for (int index = 0; index < names.size(); index++) {
                String name = names.get(index), line = given[1 + index];
                if (!line.startsWith(name + " ")) return "malformed";
                lines.put(name, line.substring(name.length() + 1));
            }
            number = parsePlace(lines.get("number"));
            issued = parseTime(lines.get("issued"));
            if (number < 1 || issued == null) return "malformed";
            List<Key> signed = note.signers(lines.get("name"), keyring.noteKeys(purpose));
            if (signed == null) return "bad_signature";
            List<Key> sound = signed.stream().filter(key -> !key.isCompromised()).toList();
            signers = sound.stream().filter(key -> key.isValidAt(issued.toEpochMilli() / 1000.0)).toList();
            if (signers.isEmpty()) return !sound.isEmpty() ? "key_retired" : signed.isEmpty() ? "unknown_key" : "key_compromised";
            return Base64.getEncoder().encodeToString(sha256(body)).equals(lines.get("sha256")) ? null : "malformed";
        }

        /** Where the last empty line before end begins, or -1. */
        private static int emptyLine(byte[] source, int end) {
            for (int at = end - 1; at >= Math.max(0, source.length - (1 << 16)); at--) {
                if (source[at] == '\n' && (at == 0 || source[at - 1] == '\n')) return at;
            }
            return -1;
        }

        boolean isSignedBy(String kid) {
            return signers.stream().anyMatch(key -> key.kid.equals(kid));
        }

        /** Whether it goes back behind what was seen of the same keys: a lower number, or the same of another body. */
        boolean isRollback(List<Seen> seen) {
            return seen.stream().anyMatch(issue -> isSignedBy(issue.kid)
                && (number < issue.number || (number == issue.number && !issue.sha256.equals(lines.get("sha256")))));
        }

        List<Object> keepLatest(List<Seen> seen) {
            List<Object> latest = new ArrayList<>();
            for (Seen issue : seen) if (!isSignedBy(issue.kid)) latest.add(issue.toJson());
            for (Key key : signers) latest.add(new Seen(key.kid, number, lines.get("sha256"), formatTime(issued)).toJson());
            return latest;
        }
    }

    /** The newest issue that one key signed. */
    private record Seen(String kid, long number, String sha256, String issued) {
        Map<String, Object> toJson() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("kid", kid);
            json.put("number", number);
            json.put("sha256", sha256);
            json.put("issued", issued);
            return json;
        }
    }

    private record Called(String kid, String by) {}

    /** What was kept, as far as it can be read. */
    private record Kept(String name, List<Seen> seen, List<Called> compromised) {
        static Kept read(String text) {
            Json reading = text == null ? null : Json.parse(text, PAYLOAD_DEPTH);
            Map<String, Object> kept = reading == null ? null : object(reading.value);
            List<Seen> seen = new ArrayList<>();
            List<Called> compromised = new ArrayList<>();
            if (kept == null) return new Kept(null, seen, compromised);
            for (Map<String, Object> issue : lastObjects(kept.get("seen"))) {
                String kid = text(issue.get("kid")), hash = text(issue.get("sha256")), issued = text(issue.get("issued"));
                boolean isWhole = issue.get("number") instanceof Double number && Math.abs(number) <= SAFE_INTEGER && number == Math.rint(number);
                if (kid == null || hash == null || !isWhole || parseTime(issued) == null) continue;
                seen.add(new Seen(kid, ((Double) issue.get("number")).longValue(), hash, issued));
            }
            for (Map<String, Object> one : lastObjects(kept.get("compromised"))) {
                String kid = text(one.get("kid")), by = text(one.get("by"));
                if (kid != null && by != null) compromised.add(new Called(kid, by));
            }
            return new Kept(text(kept.get("name")), seen, compromised);
        }

        private static List<Map<String, Object>> lastObjects(Object value) {
            List<Map<String, Object>> objects = new ArrayList<>();
            if (!(value instanceof List<?> items)) return objects;
            for (Object item : items.subList(Math.max(0, items.size() - 1000), items.size())) {
                if (object(item) != null) objects.add(object(item));
            }
            return objects;
        }
    }

    // ---- Revocations ----

    /** A signed list of revoked keys, or why it is not to be believed. {@link #openRevocations} makes it. */
    public static final class Revocations {
        public final boolean ok;
        public final String reason;
        public String product, comparison, kid;
        public long number;
        public int count;
        public Instant signedAt, next;
        public boolean isStale;
        /** What to keep, and to give as last the next time. */
        public String latest;
        private byte[] body = {};

        private Revocations(String reason) {
            this.ok = reason == null;
            this.reason = reason;
        }

        /** Whether a key is revoked, in whatever spelling. */
        public boolean has(String key) {
            String text = ok ? sameKeyText(key, comparison) : null;
            return text != null && holds(text);
        }

        /** Whether the batch that is sealed under this origin is revoked, as a whole. */
        public boolean hasOrigin(String origin) {
            return holds(origin);
        }

        private boolean holds(String text) {
            StringBuilder id = new StringBuilder();
            byte[] hash = sha256(("keywright/id/v1\n" + text + "\n").getBytes(UTF_8));
            for (int index = 0; index < 8; index++) id.append(String.format(Locale.ROOT, "%02x", hash[index]));
            byte[] wanted = id.toString().getBytes(UTF_8);
            // Rows have different lengths: the middle is some byte of one, and the row begins behind the line feed before it.
            int low = 0, high = body.length;
            while (low < high) {
                int start = (low + high) >>> 1;
                while (start > low && body[start - 1] != '\n') start--;
                int order = Arrays.compare(body, start, start + 16, wanted, 0, 16);
                if (order == 0) return true;
                if (order > 0) high = start;
                else for (low = start; body[low++] != '\n'; ) continue;
            }
            return false;
        }

        /** How many rows there are (an id in hex, then nothing or a word, in ascending order of ids, each once), or -1. */
        private static int countRows(byte[] body) {
            int count = 0, before = -1;
            for (int at = 0; at < body.length; count++) {
                int end = at;
                while (end < body.length && body[end] != '\n') end++;
                if (end == body.length || end < at + 16) return -1;
                for (int index = at; index < at + 16; index++) if ("0123456789abcdef".indexOf(body[index]) < 0) return -1;
                int word = end - at - 17;
                if (word >= 0 && (body[at + 16] != ' ' || word < 1 || word > 32)) return -1;
                for (int index = at + 17; index < end; index++) {
                    if ("abcdefghijklmnopqrstuvwxyz0123456789-_".indexOf(body[index]) < 0) return -1;
                }
                if (before >= 0 && Arrays.compare(body, before, before + 16, body, at, at + 16) >= 0) return -1;
                before = at;
                at = end + 1;
            }
            return count;
        }
    }

    private static final Pattern NOTE_NAME = Pattern.compile("[^\\p{C}\\p{IsWhite_Space}+]+");

    /**
     * Reads a signed list of revoked keys, at most 64 MiB: published under that name, for that product. Last is what was kept
     * of the list before, its latest, or null. The answer goes into a policy, whatever it is.
     */
    public static Revocations openRevocations(byte[] list, Keyring keyring, String name, String product, Instant now, String last) {
        demand(name != null && name.length() <= 255 && NOTE_NAME.matcher(name).matches(), "name is no name of a list");
        demand(product != null && !product.isEmpty() && now != null, "product or now is missing");
        long clock = milliseconds(now);
        List<String> names = List.of("name", "kind", "product", "comparison", "number", "issued", "next", "width", "count", "sha256");
        SignedBody opened = SignedBody.open(list, "list", names, keyring);
        if (opened.reason != null) return new Revocations("list_bad");
        Map<String, String> lines = opened.lines;
        String comparison = lines.get("comparison");
        Instant next = parseTime(lines.get("next"));
        int count = Revocations.countRows(opened.body);
        boolean isOurs = lines.get("name").equals(name) && lines.get("product").equals(product)
            && lines.get("kind").equals("revoked") && lines.get("width").equals("8");
        boolean isCompared = comparison.equals("canonical") || comparison.equals("exact");
        boolean isWhole = next != null && next.isAfter(opened.issued) && lines.get("count").equals(String.valueOf(count));
        if (!isOurs || !isCompared || !isWhole || count < 0) return new Revocations("list_bad");
        Kept kept = Kept.read(last);
        List<Seen> seen = name.equals(kept.name) ? kept.seen : List.of();
        boolean isOlder = seen.stream().anyMatch(issue -> opened.issued.isBefore(parseTime(issue.issued))
            && keyring.find(issue.kid) != null && !keyring.find(issue.kid).isCompromised());
        if (isOlder || opened.isRollback(seen)) return new Revocations("list_rollback");
        Revocations revocations = new Revocations(null);
        revocations.product = product;
        revocations.comparison = comparison;
        revocations.kid = opened.signers.get(0).kid;
        revocations.number = opened.number;
        revocations.count = count;
        revocations.signedAt = opened.issued;
        revocations.next = next;
        revocations.isStale = clock >= next.toEpochMilli();
        Map<String, Object> latest = new LinkedHashMap<>();
        latest.put("name", name);
        latest.put("seen", opened.keepLatest(seen));
        revocations.latest = Json.write(latest);
        revocations.body = opened.body;
        return revocations;
    }

    private static void demandListsOf(List<Revocations> lists, String product) {
        for (Revocations list : lists) demand(!list.ok || list.product.equals(product), "revocations are of another product");
    }

    private static boolean isAnyStale(List<Revocations> lists, long now) {
        return lists.stream().anyMatch(list -> list.ok && now >= list.next.toEpochMilli());
    }

    private static String findListBreach(String comparison, List<Revocations> lists, Double maxAge, long now, Predicate<Revocations> isRevoked) {
        List<Revocations> refused = lists.stream().filter(list -> !list.ok).toList();
        if (!refused.isEmpty()) return refused.stream().anyMatch(list -> list.reason.equals("list_bad")) ? "list_bad" : "list_rollback";
        // A list that compares otherwise may name this very key in a spelling that it does not find.
        if (lists.stream().anyMatch(list -> !list.comparison.equals(comparison))) return "list_bad";
        if (maxAge != null) {
            if (lists.isEmpty()) return "list_missing";
            double exact = now - 1000 * maxAge;
            double oldest = exact < 0 ? Math.ceil(exact) : Math.floor(exact);
            if (lists.stream().anyMatch(list -> list.signedAt.toEpochMilli() < oldest) || isAnyStale(lists, now)) return "list_stale";
        }
        return lists.stream().anyMatch(isRevoked) ? "revoked" : null;
    }

    // ---- Updates of keyrings ----

    /**
     * An update, or why it is not to be believed: then go on with the keyring that is embedded. Else verify with its keyring,
     * and keep its state beside the update itself, to give it the next time.
     */
    public record KeyringUpdate(boolean ok, String reason, Keyring keyring, String name, long number, String kid, Instant signedAt,
                                String state) {}

    /**
     * Takes an update of a keyring. Trusted is the keyring that the app embeds, never one that an update brought. Give the
     * same update again at every start. State is what was kept of updates before, or null.
     */
    public static KeyringUpdate applyKeyringUpdate(Keyring trusted, byte[] update, String state) {
        Predicate<String> isBelieved = kid -> {
            Key key = trusted.find(kid);
            return key != null && key.isFor("keyring") && !key.isCompromised();
        };
        Kept kept = Kept.read(state);
        List<Seen> seen = kept.name == null ? List.of() : kept.seen.stream().filter(issue -> isBelieved.test(issue.kid)).toList();
        List<Called> called = seen.isEmpty() ? List.of() : kept.compromised.stream().filter(one -> isBelieved.test(one.by)).toList();
        List<String> names = List.of("name", "number", "issued", "sha256");
        SignedBody opened = SignedBody.open(update, "keyring", names, keepCompromised(trusted, trusted, called));
        if (opened.reason != null) return refusedUpdate(opened.reason);
        String name = opened.lines.get("name");
        if (!seen.isEmpty() && !kept.name.equals(name)) return refusedUpdate("malformed");
        if (opened.isRollback(seen)) return refusedUpdate("rollback");
        Keyring given;
        try {
            String text = decodeUtf8(opened.body);
            given = parseKeyring(text == null ? "" : text);
        } catch (IllegalArgumentException fault) {
            return refusedUpdate("malformed");
        }
        Keyring keyring = keepCompromised(given, trusted, called);
        // What a key signed that the update calls compromised is passed over: a thief's date would lock the repair out.
        boolean isSuperseded = seen.stream().anyMatch(issue -> opened.issued.isBefore(parseTime(issue.issued))
            && opened.signers.stream().noneMatch(signer -> signer.kid.equals(issue.kid))
            && (keyring.find(issue.kid) == null || !keyring.find(issue.kid).isCompromised()));
        if (isSuperseded) return refusedUpdate("rollback");
        Set<Called> calls = new java.util.LinkedHashSet<>(called);
        for (Key key : given.keys) {
            for (Key signer : opened.signers) if (key.isCompromised()) calls.add(new Called(key.kid, signer.kid));
        }
        List<Object> compromised = new ArrayList<>();
        for (Called one : calls) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("kid", one.kid);
            json.put("by", one.by);
            compromised.add(json);
        }
        Map<String, Object> next = new LinkedHashMap<>();
        next.put("name", name);
        next.put("seen", opened.keepLatest(seen));
        next.put("compromised", compromised);
        return new KeyringUpdate(true, null, keepCompromised(given, trusted, called), name, opened.number, opened.signers.get(0).kid,
            opened.issued, Json.write(next));
    }

    private static KeyringUpdate refusedUpdate(String reason) {
        return new KeyringUpdate(false, reason, null, null, 0, null, null, null);
    }

    /** Keeps stolen keys so, also those that an update does not list, but the app knows. */
    private static Keyring keepCompromised(Keyring given, Keyring trusted, List<Called> called) {
        Set<String> stolen = new HashSet<>();
        for (Called one : called) stolen.add(one.kid);
        for (Key key : trusted.keys) if (key.isCompromised()) stolen.add(key.kid);
        List<Key> all = new ArrayList<>(given.keys);
        for (Key key : trusted.keys) if (stolen.contains(key.kid) && given.find(key.kid) == null) all.add(key);
        all.replaceAll(key -> stolen.contains(key.kid) ? key.withStatus("compromised") : key);
        return new Keyring(all);
    }

    // ---- Sealed batches ----

    /** What a sealed key must satisfy besides standing in a sealed batch. */
    public static final class SealPolicy {
        public final List<String> origins;
        public final String product;
        public final Instant now;
        public String evidence;
        /** Seals that the app brings along: one of the same text stands in for the proof's own, when keys were changed. */
        public List<String> seals = List.of();
        public List<Revocations> revocations = List.of();
        public Double maxListAge;

        /**
         * Origins say whose seals are accepted: beginnings of origins, up to a slash, or whole ones. A product of null is
         * unchecked; so is the time where now is null, and then an expired key is accepted as well.
         */
        public SealPolicy(List<String> origins, String product, Instant now) {
            demand(!origins.isEmpty() && !origins.contains(""), "origins are missing");
            demand(isText(product), "the product is empty");
            this.origins = List.copyOf(origins);
            this.product = product;
            this.now = now;
        }
    }

    /** The verdict about a key of a sealed batch. Claims stand there with some refusals, too: they allow nothing then. */
    public record ProvenKey(boolean ok, String reason, String kid, String origin, long index, long size, Instant signedAt,
                            Map<String, Object> claims, boolean clockBehind, boolean listStale) {}

    /** Says whether the key that somebody typed stands in a sealed batch, and may be used now. */
    public static ProvenKey verifySealedKey(String typed, byte[] proof, Keyring keyring, SealPolicy policy) {
        boolean isUnchecked = policy.product == null || policy.now == null;
        demand(!isUnchecked || (policy.revocations.isEmpty() && policy.maxListAge == null), "revocations need product and now");
        demandRoleAndAges(null, policy.maxListAge);
        demandListsOf(policy.revocations, policy.product);
        demand(!policy.seals.contains(""), "a seal is empty");
        long clock = policy.now == null ? 0 : milliseconds(policy.now);
        Proof read = Proof.parse(decodeUtf8(proof));
        if (read == null) return refusedProof("malformed", null, null);
        if (policy.origins.stream().noneMatch(read::isWithin)) return refusedProof("unknown_origin", null, null);
        List<Key> signers = new ArrayList<>();
        String reason = read.judgeSeal(policy.seals, keyring, signers);
        if (reason != null) return refusedProof(reason, null, null);
        if (!read.isInBatch(typed)) return refusedProof("not_in_batch", null, null);
        Claims claims = Claims.parse(read.claims);
        if (claims == null) return refusedProof("bad_claims", null, null);
        // Its validFrom is not asked, for a batch may be endorsed by a newer key.
        double seconds = claims.issued.getEpochSecond();
        List<Key> timely = signers.stream().filter(key -> key.isBeforeEnd(seconds)).toList();
        // A batch of two products may be signed by the keys of both.
        Key signer = timely.stream().filter(key -> key.product == null || key.product.equals(claims.product)).findFirst()
            .orElse(timely.isEmpty() ? null : timely.get(0));
        if (signer == null) return refusedProof("key_retired", null, claims);
        long floor = earliestNow(policy.evidence, keyring).toEpochMilli();
        long now = Math.max(Math.max(clock, floor), claims.issued.toEpochMilli());
        reason = findSealBreach(typed, read, claims, signer, policy, now);
        if (reason != null) return refusedProof(reason, signer.kid, claims);
        return new ProvenKey(true, null, signer.kid, read.origin, read.index, read.size, claims.issued, claims.sealed,
            policy.now != null && floor - clock > DAY, policy.now != null && isAnyStale(policy.revocations, now));
    }

    private static ProvenKey refusedProof(String reason, String kid, Claims claims) {
        return new ProvenKey(false, reason, kid, null, 0, 0, null, claims == null ? null : claims.sealed, false, false);
    }

    private static String findSealBreach(String typed, Proof read, Claims claims, Key signer, SealPolicy policy, long now) {
        for (String product : Arrays.asList(signer.product, policy.product)) {
            if (product != null && !product.equals(claims.product)) return "wrong_product";
        }
        if (policy.now == null) return null;
        if (!claims.sealed.containsKey("valid_until")) return "bad_claims";
        Predicate<Revocations> isRevoked = list -> list.has(typed) || list.hasOrigin(read.origin);
        String breach = findListBreach(read.comparison, policy.revocations, policy.maxListAge, now, isRevoked);
        return breach != null ? breach : outside(claims.from, claims.until, now);
    }

    private record Proof(String comparison, String salt, String claims, long index, List<byte[]> path, Note note, String origin,
                         long size, byte[] root) {
        private static final Map<String, String> LEAVES = Map.of("keywright/key/v1", "canonical", "keywright/key-exact/v1", "exact");
        private static final Pattern ORIGIN = Pattern.compile("(?!keywright/)[!-*,-~]+/keywright/seal/v1/[!-*,-~]+");

        /** Reads a text of C2SP tlog-proof@v1, or null. */
        static Proof parse(String source) {
            int split = source == null || source.length() > 131_072 ? -1 : source.indexOf("\n\n");
            if (split < 0) return null;
            String[] lines = source.substring(0, split).split("\n", -1);
            if (lines.length < 3 || lines.length > 3 + 53 || !lines[0].equals("c2sp.org/tlog-proof@v1")) return null;
            if (!lines[1].startsWith("extra ") || !lines[2].startsWith("index ")) return null;
            byte[] extra = decodeBase64(lines[1].substring(6), false);
            String leafText = extra == null ? null : decodeUtf8(extra);
            // All but the key, whose line is empty.
            String[] leaf = leafText == null ? new String[0] : leafText.split("\n", -1);
            if (leaf.length != 5 || !leaf[1].isEmpty() || !leaf[4].isEmpty() || !LEAVES.containsKey(leaf[0])) return null;
            byte[] salt = decodeBase64(leaf[2], false);
            long index = parsePlace(lines[2].substring(6));
            if (salt == null || (salt.length != 0 && salt.length != 16) || index < 0) return null;
            List<byte[]> path = new ArrayList<>();
            for (int at = 3; at < lines.length; at++) {
                byte[] hash = decodeBase64(lines[at], false);
                if (hash == null || hash.length != 32) return null;
                path.add(hash);
            }
            Note note = Note.parse(source.substring(split + 2));
            String[] checkpoint = note == null ? new String[0] : note.text.split("\n", -1);
            if (checkpoint.length != 4 || !checkpoint[3].isEmpty()) return null;
            String origin = checkpoint[0];
            long size = parsePlace(checkpoint[1]);
            byte[] root = decodeBase64(checkpoint[2], false);
            if (origin.length() > 255 || !ORIGIN.matcher(origin).matches() || size < 1 || root == null || root.length != 32) return null;
            return new Proof(LEAVES.get(leaf[0]), leaf[2], leaf[3], index, path, note, origin, size, root);
        }

        boolean isWithin(String accepted) {
            return origin.equals(accepted) || origin.startsWith(accepted.endsWith("/") ? accepted : accepted + "/");
        }

        /** Adds the trusted keys that signed this seal, or one of the same text; else says why there is none. */
        String judgeSeal(List<String> seals, Keyring keyring, List<Key> sound) {
            List<Note> notes = new ArrayList<>(List.of(note));
            for (String seal : seals) {
                Note brought = Note.parse(seal);
                if (brought != null && brought.text.equals(note.text)) notes.add(brought);
            }
            boolean isBad = false, isSigned = false;
            for (Note each : notes) {
                List<Key> signers = each.signers(origin, keyring.noteKeys("seal"));
                isBad = isBad || signers == null;
                if (signers == null) continue;
                isSigned = isSigned || !signers.isEmpty();
                for (Key key : signers) if (!key.isCompromised() && !sound.contains(key)) sound.add(key);
            }
            if (!sound.isEmpty()) return null;
            return isSigned ? "key_compromised" : isBad ? "bad_signature" : "unknown_key";
        }

        boolean isInBatch(String typed) {
            String text = sameKeyText(typed, comparison);
            if (text == null || text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) return false;
            String first = comparison.equals("exact") ? "keywright/key-exact/v1" : "keywright/key/v1";
            byte[] hash = sha256(("\0" + first + "\n" + text + "\n" + salt + "\n" + claims + "\n").getBytes(UTF_8));
            long at = index, last = size - 1;
            if (at > last) return false;
            for (byte[] beside : path) {
                if (last == 0) return false;
                // The last of its level, without a sibling, goes up as it is until it has one.
                for (; at == last && at % 2 == 0; at /= 2) last /= 2;
                byte[] node = {1};
                hash = sha256(at % 2 == 1 ? join(node, join(beside, hash)) : join(node, join(hash, beside)));
                at /= 2;
                last /= 2;
            }
            return last == 0 && Arrays.equals(hash, root);
        }
    }

    private record Claims(Instant issued, String product, Instant from, Instant until, Map<String, Object> sealed) {
        static Claims parse(String text) {
            Json reading = Json.parse(text, PAYLOAD_DEPTH);
            Map<String, Object> sealed = reading == null ? null : object(reading.value);
            boolean isTimed = sealed != null && sealed.get("issued") instanceof Double seconds && seconds >= 0 && seconds <= LATEST_SECONDS
                && seconds == Math.rint(seconds);
            if (!isTimed) return null;
            String product = text(sealed.get("product"));
            if (sealed.containsKey("product") && (product == null || product.isEmpty())) return null;
            Instant from = parseTime(sealed.get("valid_from")), until = parseTime(sealed.get("valid_until"));
            if (from == null && sealed.containsKey("valid_from")) return null;
            if ((until == null && sealed.get("valid_until") != null) || isEmptySpan(from, until)) return null;
            return new Claims(Instant.ofEpochSecond(((Double) sealed.get("issued")).longValue()), product, from, until, sealed);
        }
    }

    /** A whole number from 0, below 2⁵³, in one spelling only; else -1. */
    private static long parsePlace(String text) {
        if (!text.matches("0|[1-9][0-9]{0,15}")) return -1;
        long place = Long.parseLong(text);
        return place <= SAFE_INTEGER ? place : -1;
    }

    // ---- Times, base64, UTF-8 ----

    private static final Pattern TIME = Pattern.compile("(\\d{4})-(\\d\\d)-(\\d\\d)T(\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d{3}))?Z");

    /**
     * The moment of 2026-01-31T00:00:00Z, with three digits of milliseconds or without; null for anything else. Instant.parse
     * would take 24:00, and a second 60.
     */
    private static Instant parseTime(Object value) {
        Matcher matcher = TIME.matcher(value instanceof String text ? text : "");
        if (!matcher.matches()) return null;
        int[] parts = new int[8];
        for (int index = 1; index < 8; index++) parts[index] = matcher.group(index) == null ? 0 : Integer.parseInt(matcher.group(index));
        try {
            return LocalDateTime.of(parts[1], parts[2], parts[3], parts[4], parts[5], parts[6], parts[7] * 1_000_000).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException fault) {
            return null; // February 30
        }
    }

    /** The time as RFC 3339 writes it in UTC; without its milliseconds where they are zero. */
    public static String formatTime(Instant time) {
        LocalDateTime at = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        String text = String.format(Locale.ROOT, "%04d-%02d-%02dT%02d:%02d:%02d", at.getYear(), at.getMonthValue(), at.getDayOfMonth(),
            at.getHour(), at.getMinute(), at.getSecond());
        int milliseconds = at.getNano() / 1_000_000;
        return milliseconds == 0 ? text + "Z" : text + String.format(Locale.ROOT, ".%03dZ", milliseconds);
    }

    /** The bytes of the one spelling there is; else null. The decoder alone takes missing padding, and bits behind the end. */
    private static byte[] decodeBase64(String text, boolean isUrl) {
        try {
            byte[] bytes = (isUrl ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(text);
            Base64.Encoder encoder = isUrl ? Base64.getUrlEncoder().withoutPadding() : Base64.getEncoder();
            return encoder.encodeToString(bytes).equals(text) ? bytes : null;
        } catch (IllegalArgumentException fault) {
            return null;
        }
    }

    /** The text of UTF-8, or null. (new String would put U+FFFD where bytes are none.) */
    private static String decodeUtf8(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException fault) {
            return null;
        }
    }

    /** The bytes of a text, or null where it holds half a surrogate pair. */
    private static byte[] encodeUtf8(String text) {
        try {
            ByteBuffer buffer = UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(text));
            return Arrays.copyOf(buffer.array(), buffer.limit());
        } catch (CharacterCodingException fault) {
            return null;
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException fault) {
            throw new IllegalStateException(fault); // every Java has it
        }
    }

    private static byte[] join(byte[] one, byte[] other) {
        byte[] joined = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, joined, one.length, other.length);
        return joined;
    }

    @SuppressWarnings("unchecked") // the reader below makes no other maps
    static Map<String, Object> object(Object value) {
        return value instanceof Map<?, ?> ? (Map<String, Object>) value : null;
    }

    static String text(Object value) {
        return value instanceof String text ? text : null;
    }

    static List<String> texts(Object value) {
        if (!(value instanceof List<?> items) || !items.stream().allMatch(item -> item instanceof String)) return null;
        return items.stream().map(item -> (String) item).toList();
    }

    // ---- JSON ----

    /**
     * Strict JSON: no member twice, no half surrogate pair, no byte order mark, no deeper than allowed. Values are null,
     * Boolean, Double, String, List and Map.
     */
    static final class Json {
        private final String source;
        private final int maxDepth;
        private int at;
        Object value;

        private Json(String source, int maxDepth) {
            this.source = source;
            this.maxDepth = maxDepth;
        }

        /** What the text says, or null when it is no such JSON. */
        static Json parse(String text, int maxDepth) {
            Json json = new Json(text, maxDepth);
            try {
                json.value = json.readValue(1);
                json.skipSpace();
                return json.at == text.length() ? json : null;
            } catch (Fault fault) {
                return null;
            }
        }

        private static final class Fault extends Exception {
            private static final long serialVersionUID = 1;

            Fault() {
                super(null, null, false, false);
            }
        }

        private void skipSpace() {
            while (at < source.length() && " \t\n\r".indexOf(source.charAt(at)) >= 0) at++;
        }

        /** Steps over a token, and says whether it is there. */
        private boolean take(String token) {
            boolean isThere = source.startsWith(token, at);
            if (isThere) at += token.length();
            return isThere;
        }

        private void expect(String token) throws Fault {
            if (!take(token)) throw new Fault();
        }

        private Object readValue(int depth) throws Fault {
            skipSpace();
            if (take("null")) return null;
            if (take("true")) return true;
            if (take("false")) return false;
            if (take("\"")) return readString();
            if (take("{")) return readObject(depth);
            return take("[") ? readList(depth) : readNumber();
        }

        private Map<String, Object> readObject(int depth) throws Fault {
            if (depth > maxDepth) throw new Fault();
            Map<String, Object> object = new LinkedHashMap<>();
            skipSpace();
            if (take("}")) return object;
            do {
                skipSpace();
                expect("\"");
                String name = readString();
                skipSpace();
                expect(":");
                if (object.containsKey(name)) throw new Fault();
                object.put(name, readValue(depth + 1));
                skipSpace();
            } while (take(","));
            expect("}");
            return object;
        }

        private List<Object> readList(int depth) throws Fault {
            if (depth > maxDepth) throw new Fault();
            List<Object> list = new ArrayList<>();
            skipSpace();
            if (take("]")) return list;
            do {
                list.add(readValue(depth + 1));
                skipSpace();
            } while (take(","));
            expect("]");
            return list;
        }

        private void digits() throws Fault {
            int start = at;
            while (at < source.length() && source.charAt(at) >= '0' && source.charAt(at) <= '9') at++;
            if (at == start) throw new Fault();
        }

        private Double readNumber() throws Fault {
            int start = at;
            take("-");
            if (!take("0")) digits();
            if (take(".")) digits();
            if (take("e") || take("E")) {
                if (!take("+")) take("-");
                digits();
            }
            // A number that is too great is infinite, as it is for JavaScript.
            return Double.valueOf(source.substring(start, at));
        }

        /** Reads what stands behind a quote, up to the next. */
        private String readString() throws Fault {
            StringBuilder read = new StringBuilder();
            while (at < source.length()) {
                char unit = source.charAt(at++);
                if (unit == '"') {
                    String text = read.toString();
                    if (text.codePoints().anyMatch(code -> code >= 0xd800 && code <= 0xdfff)) throw new Fault();
                    return text;
                }
                if (unit < 0x20) throw new Fault();
                read.append(unit == '\\' ? readEscape() : unit);
            }
            throw new Fault();
        }

        private char readEscape() throws Fault {
            if (at == source.length()) throw new Fault();
            char kind = source.charAt(at++);
            if (kind != 'u') {
                int which = "\"\\/bfnrt".indexOf(kind);
                if (which < 0) throw new Fault();
                return "\"\\/\b\f\n\r\t".charAt(which);
            }
            int unit = 0;
            for (int end = at + 4; at < end; at++) {
                // Character.digit alone takes digits of other scripts.
                int digit = at < source.length() && source.charAt(at) < 128 ? Character.digit(source.charAt(at), 16) : -1;
                if (digit < 0) throw new Fault();
                unit = unit * 16 + digit;
            }
            return (char) unit;
        }

        /** The text of a value: null, Boolean, a number, String, List or Map. */
        static String write(Object value) {
            StringBuilder written = new StringBuilder();
            write(value, written);
            return written.toString();
        }

        private static void write(Object value, StringBuilder into) {
            if (value instanceof Map<?, ?> map) {
                String separator = "{";
                for (Map.Entry<?, ?> member : map.entrySet()) {
                    into.append(separator);
                    write(member.getKey(), into);
                    into.append(':');
                    write(member.getValue(), into);
                    separator = ",";
                }
                into.append(map.isEmpty() ? "{}" : "}");
            } else if (value instanceof List<?> list) {
                String separator = "[";
                for (Object item : list) {
                    into.append(separator);
                    write(item, into);
                    separator = ",";
                }
                into.append(list.isEmpty() ? "[]" : "]");
            } else if (value instanceof String text) {
                into.append('"');
                for (char unit : text.toCharArray()) {
                    if (unit == '"' || unit == '\\') into.append('\\').append(unit);
                    else if (unit < 0x20) into.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                    else into.append(unit);
                }
                into.append('"');
            } else if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) <= SAFE_INTEGER) {
                into.append(number.longValue());
            } else {
                into.append(value);
            }
        }
    }
}
