// Command example: a license verified with the key that a customer typed. It reads keyring.json and license.json of the
// folder it runs in, as samples/node-client has them.
package main

import (
	"fmt"
	"os"
	"time"

	"acme.example/app/keywright"
)

func main() {
	embedded, _ := os.ReadFile("keyring.json") // in a real app: go:embed
	license, _ := os.ReadFile("license.json")
	keyring, err := keywright.ParseKeyring(string(embedded))
	if err != nil {
		panic(err)
	}
	policy := keywright.LicensePolicy{Product: "acme", Key: os.Args[1], Now: time.Now()}
	verdict := keywright.VerifyLicense(string(license), keyring, policy)
	if verdict.OK {
		fmt.Println("licensed:", verdict.License.Entitlements["plan"])
	} else {
		fmt.Println("no license:", verdict.Reason)
		os.Exit(1)
	}
}
