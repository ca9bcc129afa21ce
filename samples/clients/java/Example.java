import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A license verified with the key that a customer typed. It reads keyring.json and license.json of the folder it runs in, as
 * samples/node-client has them.
 */
final class Example {
    public static void main(String[] arguments) throws IOException {
        String embedded = Files.readString(Path.of("keyring.json")); // in a real app: a resource
        byte[] license = Files.readAllBytes(Path.of("license.json"));
        Keywright.Keyring keyring = Keywright.parseKeyring(embedded);
        var policy = new Keywright.LicensePolicy("acme", arguments[0], null, Instant.now());
        Keywright.Licensed verdict = Keywright.verifyLicense(license, keyring, policy);
        if (verdict.ok()) {
            System.out.println("licensed: " + verdict.license().entitlements().get("plan"));
        } else {
            System.out.println("no license: " + verdict.reason());
            System.exit(1);
        }
    }
}
