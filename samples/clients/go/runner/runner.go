// Command runner judges cases of samples/clients/vectors.json: one JSON line in, one JSON line out.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"time"

	"acme.example/app/keywright"
)

type input struct {
	Text   *string
	Base64 string
}

func (from input) bytes() []byte {
	if from.Text != nil {
		return []byte(*from.Text)
	}
	bytes, err := base64.StdEncoding.DecodeString(from.Base64)
	check(err)
	return bytes
}

type list struct {
	Input         input
	Name, Product string
	Last          json.RawMessage
}

type testCase struct {
	Kind    string
	Input   input
	Keyring json.RawMessage
	Policy  struct {
		Role, Name, Nonce             string
		Product, Key, Device, Now     *string
		MaxAge, MaxFuture, MaxListAge *float64
		Evidence, Last, State         json.RawMessage
		Revocations                   []list
		Asks, Origins, Seals          []string
	}
}

type answer map[string]any

func main() {
	lines := bufio.NewReader(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	keyrings := map[string]*keywright.Keyring{} // most cases share a few
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) == 0 && err != nil {
			return
		}
		var one testCase
		check(json.Unmarshal(line, &one))
		keyring := keyrings[string(one.Keyring)]
		if keyring == nil {
			keyring, err = keywright.ParseKeyring(string(one.Keyring))
			check(err)
			keyrings[string(one.Keyring)] = keyring
		}
		check(json.NewEncoder(out).Encode(one.judge(keyring)))
	}
}

func (one testCase) judge(keyring *keywright.Keyring) answer {
	policy := one.Policy
	now, product := moment(policy.Now), textOf(policy.Product)
	var lists []*keywright.Revocations
	for _, each := range policy.Revocations {
		asked := keywright.RevocationsPolicy{Name: each.Name, Product: each.Product, Now: now, Last: keptText(each.Last)}
		lists = append(lists, keywright.OpenRevocations(each.Input.bytes(), keyring, asked))
	}
	text := string(one.Input.bytes())
	switch one.Kind {
	case "response":
		verdict := keywright.VerifyResponse(text, keyring, keywright.ResponsePolicy{Role: policy.Role, Product: product,
			MaxAge: policy.MaxAge, MaxFuture: policy.MaxFuture, Nonce: policy.Nonce, Now: now})
		return judged(verdict.OK, verdict.Reason, answer{"kid": verdict.Kid, "role": orNull(verdict.Role)})
	case "license":
		verdict := keywright.VerifyLicense(text, keyring, keywright.LicensePolicy{Product: product, Key: textOf(policy.Key),
			AnyKey: policy.Key == nil, Device: textOf(policy.Device), Now: now, Evidence: keptText(policy.Evidence),
			Revocations: lists, MaxListAge: policy.MaxListAge, Role: policy.Role, MaxAge: policy.MaxAge,
			MaxFuture: policy.MaxFuture, Nonce: policy.Nonce})
		if !verdict.OK {
			return judged(false, verdict.Reason, nil)
		}
		license := verdict.License
		var until any
		if license.ValidUntil != nil {
			until = keywright.FormatTime(*license.ValidUntil)
		}
		return judged(true, "", answer{"kid": verdict.Kid, "role": orNull(verdict.Role), "key": license.Key,
			"product": license.Product, "validUntil": until, "signedAt": keywright.FormatTime(verdict.SignedAt),
			"clockBehind": verdict.ClockBehind, "listStale": verdict.ListStale})
	case "revocations":
		asked := keywright.RevocationsPolicy{Name: policy.Name, Product: product, Now: now, Last: keptText(policy.Last)}
		opened := keywright.OpenRevocations(one.Input.bytes(), keyring, asked)
		has := []bool{}
		for _, key := range policy.Asks {
			has = append(has, opened.Has(key))
		}
		return judged(opened.OK, opened.Reason, answer{"kid": opened.Kid, "number": opened.Number,
			"issued": keywright.FormatTime(opened.SignedAt), "next": keywright.FormatTime(opened.Next), "has": has})
	case "keyring":
		update := keywright.ApplyKeyringUpdate(keyring, one.Input.bytes(), keptText(policy.State))
		if !update.OK {
			return judged(false, update.Reason, nil)
		}
		keys := [][]string{}
		for _, key := range update.Keyring.Keys {
			keys = append(keys, []string{key.Kid, key.Status})
		}
		return judged(true, "", answer{"kid": update.Kid, "name": update.Name, "number": update.Number,
			"signedAt": keywright.FormatTime(update.SignedAt), "keys": keys, "state": json.RawMessage(update.State)})
	}
	verdict := keywright.VerifySealedKey(textOf(policy.Key), text, keyring, keywright.SealPolicy{Origins: policy.Origins,
		Product: product, AnyProduct: policy.Product == nil, Now: now, AnyTime: policy.Now == nil, Evidence: keptText(policy.Evidence),
		Seals: policy.Seals, Revocations: lists, MaxListAge: policy.MaxListAge})
	return judged(verdict.OK, verdict.Reason, answer{"kid": verdict.Kid, "origin": verdict.Origin, "index": verdict.Index,
		"size": verdict.Size, "signedAt": keywright.FormatTime(verdict.SignedAt), "clockBehind": verdict.ClockBehind,
		"listStale": verdict.ListStale})
}

func judged(ok bool, reason string, told answer) answer {
	if !ok {
		return answer{"ok": false, "reason": reason}
	}
	told["ok"] = true
	return told
}

func moment(text *string) (now time.Time) {
	if text != nil {
		var err error
		now, err = time.Parse(time.RFC3339, *text)
		check(err)
	}
	return now
}

// keptText is what an app kept, a text: one of a case is it, anything else is JSON.
func keptText(kept json.RawMessage) string {
	var text string
	if json.Unmarshal(kept, &text) == nil && len(kept) > 0 && kept[0] == '"' {
		return text
	}
	return string(kept)
}

func textOf(text *string) string {
	if text == nil {
		return ""
	}
	return strings.Clone(*text)
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
