// Opens a seal and checks a proof as Go's checksum database does: open-seal VKEY PROOF KEY, the key as it is compared.
package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	verifier, err := note.NewVerifier(os.Args[1])
	check(err)
	text, err := os.ReadFile(os.Args[2])
	check(err)
	head, seal, _ := strings.Cut(string(text), "\n\n")
	opened, err := note.Open([]byte(seal), note.VerifierList(verifier))
	check(err)
	checkpoint := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(checkpoint[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(checkpoint[2])
	check(err)
	lines := strings.Split(head, "\n")
	data, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	check(err)
	leaf := bytes.Replace(data, []byte("\n\n"), []byte("\n"+os.Args[3]+"\n"), 1)
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	check(err)
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		check(err)
		proof = append(proof, hash)
	}
	check(tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(leaf)))
	fmt.Println(checkpoint[0], index)
}
