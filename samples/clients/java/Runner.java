import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Judges cases of samples/clients/vectors.json: one JSON line in, one JSON line out. */
final class Runner {
    private final Map<String, Object> policy;
    private final byte[] input;
    private final Keywright.Keyring keyring;

    private Runner(Map<String, Object> one, Keywright.Keyring keyring) {
        policy = Keywright.object(one.get("policy"));
        input = bytes(one.get("input"));
        this.keyring = keyring;
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        PrintStream out = new PrintStream(System.out, false, UTF_8);
        Map<String, Keywright.Keyring> keyrings = new HashMap<>(); // most cases share a few
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Map<String, Object> one = Keywright.object(Keywright.Json.parse(line, 200).value);
            Keywright.Keyring keyring = keyrings.computeIfAbsent(Keywright.Json.write(one.get("keyring")), Keywright::parseKeyring);
            out.println(Keywright.Json.write(new Runner(one, keyring).answer(Keywright.text(one.get("kind")))));
        }
        out.flush();
    }

    private Map<String, Object> answer(String kind) {
        try {
            return judge(kind);
        } catch (IllegalArgumentException misuse) {
            return refused("invalid_option");
        }
    }

    private Map<String, Object> judge(String kind) {
        return switch (kind) {
            case "response" -> response();
            case "license" -> license();
            case "revocations" -> revocations();
            case "keyring" -> keyring();
            default -> proof();
        };
    }

    private Map<String, Object> response() {
        Keywright.ResponsePolicy asked = new Keywright.ResponsePolicy();
        asked.role = text("role");
        asked.product = text("product");
        asked.maxAge = number("maxAge");
        asked.maxFuture = number("maxFuture");
        asked.nonce = text("nonce");
        asked.now = now();
        Keywright.Response verdict = Keywright.verifyResponse(input, keyring, asked);
        return verdict.ok() ? answer("kid", verdict.kid(), "role", verdict.role()) : refused(verdict.reason());
    }

    private Map<String, Object> license() {
        Keywright.LicensePolicy asked = new Keywright.LicensePolicy(text("product"), text("key"), text("device"), now());
        asked.evidence = kept("evidence");
        asked.revocations = lists();
        asked.maxListAge = number("maxListAge");
        asked.role = text("role");
        asked.maxAge = number("maxAge");
        asked.maxFuture = number("maxFuture");
        asked.nonce = text("nonce");
        Keywright.Licensed verdict = Keywright.verifyLicense(input, keyring, asked);
        if (!verdict.ok()) return refused(verdict.reason());
        Keywright.License license = verdict.license();
        return answer("kid", verdict.kid(), "role", verdict.role(), "key", license.key(), "product", license.product(),
            "validUntil", license.validUntil() == null ? null : Keywright.formatTime(license.validUntil()),
            "signedAt", Keywright.formatTime(verdict.signedAt()), "clockBehind", verdict.clockBehind(), "listStale", verdict.listStale());
    }

    private Map<String, Object> revocations() {
        Keywright.Revocations list = Keywright.openRevocations(input, keyring, text("name"), text("product"), now(), kept("last"));
        if (!list.ok) return refused(list.reason);
        List<Object> has = new ArrayList<>();
        for (String key : texts("asks")) has.add(list.has(key));
        return answer("kid", list.kid, "number", list.number, "issued", Keywright.formatTime(list.signedAt),
            "next", Keywright.formatTime(list.next), "has", has);
    }

    private Map<String, Object> keyring() {
        Keywright.KeyringUpdate update = Keywright.applyKeyringUpdate(keyring, input, kept("state"));
        if (!update.ok()) return refused(update.reason());
        List<Object> keys = new ArrayList<>();
        for (Keywright.Key key : update.keyring().keys) keys.add(List.of(key.kid(), key.status()));
        return answer("kid", update.kid(), "name", update.name(), "number", update.number(),
            "signedAt", Keywright.formatTime(update.signedAt()), "keys", keys, "state", Keywright.Json.parse(update.state(), 64).value);
    }

    private Map<String, Object> proof() {
        Keywright.SealPolicy asked = new Keywright.SealPolicy(texts("origins"), text("product"), now());
        asked.evidence = kept("evidence");
        asked.seals = texts("seals");
        asked.revocations = lists();
        asked.maxListAge = number("maxListAge");
        Keywright.ProvenKey verdict = Keywright.verifySealedKey(text("key"), input, keyring, asked);
        if (!verdict.ok()) return refused(verdict.reason());
        return answer("kid", verdict.kid(), "origin", verdict.origin(), "index", verdict.index(), "size", verdict.size(),
            "signedAt", Keywright.formatTime(verdict.signedAt()), "clockBehind", verdict.clockBehind(), "listStale", verdict.listStale());
    }

    private static Map<String, Object> refused(String reason) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ok", false);
        answer.put("reason", reason);
        return answer;
    }

    private static Map<String, Object> answer(Object... members) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ok", true);
        for (int index = 0; index < members.length; index += 2) answer.put((String) members[index], members[index + 1]);
        return answer;
    }

    private List<Keywright.Revocations> lists() {
        List<Keywright.Revocations> lists = new ArrayList<>();
        if (!(policy.get("revocations") instanceof List<?> items)) return lists;
        for (Object item : items) {
            Map<String, Object> one = Keywright.object(item);
            String last = keptIn(one, "last");
            String name = Keywright.text(one.get("name")), product = Keywright.text(one.get("product"));
            lists.add(Keywright.openRevocations(bytes(one.get("input")), keyring, name, product, now(), last));
        }
        return lists;
    }

    private static byte[] bytes(Object input) {
        Map<String, Object> given = Keywright.object(input);
        String text = Keywright.text(given.get("text"));
        return text != null ? text.getBytes(UTF_8) : Base64.getDecoder().decode(Keywright.text(given.get("base64")));
    }

    private String text(String name) {
        return Keywright.text(policy.get(name));
    }

    private List<String> texts(String name) {
        return policy.containsKey(name) ? Keywright.texts(policy.get(name)) : List.of();
    }

    private Double number(String name) {
        return (Double) policy.get(name);
    }

    private Instant now() {
        return text("now") == null ? null : Instant.parse(text("now"));
    }

    private String kept(String name) {
        return keptIn(policy, name);
    }

    /** What an app kept is a text: one of a case is it, anything else is written as JSON. */
    private static String keptIn(Map<String, Object> policy, String name) {
        if (!policy.containsKey(name)) return null;
        return policy.get(name) instanceof String text ? text : Keywright.Json.write(policy.get(name));
    }
}
