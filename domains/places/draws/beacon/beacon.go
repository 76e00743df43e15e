// Package beacon fetches public randomness from drand over HTTP, as a seed that
// nobody could know beforehand.
//
// A chain gives one value a round; round 1 came into being at Genesis, each
// further one a Period later. Get believes a value only when its round is the
// one asked for and its randomness is the SHA-256 of its signature, as the drand
// specification has it (https://docs.drand.love/docs/specification). It does not
// verify the BLS signature itself: whoever doubts compares the value with what
// other drand servers publish for the round, which the proof names.
package beacon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kakehashi/platform/fault"
)

// Chain is one beacon, by what never changes of it.
type Chain struct {
	Hash    string // in hexadecimal, as addresses have it
	Genesis time.Time
	Period  time.Duration
}

// Quicknet is the chain of the League of Entropy with a value every three
// seconds.
var Quicknet = Chain{
	Hash:    "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
	Genesis: time.Unix(1692803367, 0).UTC(), Period: 3 * time.Second,
}

// Round returns the first round that comes into being at the instant or later;
// 1 for those before Genesis.
func (c Chain) Round(at time.Time) uint64 {
	since := at.Sub(c.Genesis)
	if since <= 0 {
		return 1
	}
	return uint64((since+c.Period-1)/c.Period) + 1
}

// At returns when the round comes into being.
func (c Chain) At(round uint64) time.Time {
	return c.Genesis.Add(time.Duration(round-1) * c.Period)
}

// What names a round so that nobody can choose it afterwards.
func (c Chain) What(round uint64) string { return fmt.Sprintf("drand %s round %d", c.Hash, round) }

// Client asks one server of a chain.
type Client struct {
	Base  string // "https://api.drand.sh"
	Chain Chain
	HTTP  *http.Client // nil: one that waits ten seconds
}

// Parse reads an operator's setting: the address of a server and, for another
// chain than Quicknet, its hash in hexadecimal, its genesis in seconds since 1970
// and its period ("30s"), separated by spaces. "" is none: nil.
func Parse(setting string) (_ *Client, err error) {
	defer fault.Wrap(&err, "beacon %q", setting)
	part := strings.Fields(setting)
	if len(part) == 0 {
		return nil, nil
	}
	u, err := url.Parse(part[0])
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, errors.New("the address must begin with https:// or http://")
	}
	c := &Client{Base: part[0], Chain: Quicknet}
	if len(part) == 1 {
		return c, nil
	}
	if len(part) != 4 {
		return nil, errors.New("want ADDRESS, or ADDRESS HASH GENESIS PERIOD")
	}
	hash, err := hex.DecodeString(part[1])
	if err != nil || len(hash) != sha256.Size {
		return nil, errors.New("the chain's hash has 64 hexadecimal digits")
	}
	genesis, err := strconv.ParseInt(part[2], 10, 64)
	if err != nil || genesis <= 0 {
		return nil, errors.New("the genesis is a number of seconds since 1970")
	}
	period, err := time.ParseDuration(part[3])
	if err != nil || period < time.Second {
		return nil, errors.New("the period is a duration of a second or more")
	}
	c.Chain = Chain{Hash: strings.ToLower(part[1]), Genesis: time.Unix(genesis, 0).UTC(), Period: period}
	return c, nil
}

// most is how many bytes an answer may have; a value has some 400.
const most = 64 << 10

// value is drand's answer to /{chain}/public/{round}.
type value struct {
	Round      uint64 `json:"round"`
	Randomness string `json:"randomness"`
	Signature  string `json:"signature"`
}

// Get returns the randomness of the round in lower-case hexadecimal. It fails
// while the round is not there yet, and on every answer that does not hold.
func (c *Client) Get(ctx context.Context, round uint64) (_ string, err error) {
	defer fault.Wrap(&err, "beacon.Get(%d)", round)
	address := fmt.Sprintf("%s/%s/public/%d", strings.TrimSuffix(c.Base, "/"), c.Chain.Hash, round)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	client := c.HTTP
	if client == nil {
		client = &http.Client{Timeout: 10 * time.Second}
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the beacon answers %s", resp.Status)
	}
	var v value
	if err := json.NewDecoder(io.LimitReader(resp.Body, most)).Decode(&v); err != nil {
		return "", err
	}
	return v.check(round)
}

// check returns the randomness of the value, if it holds.
func (v value) check(round uint64) (string, error) {
	if v.Round != round {
		return "", fmt.Errorf("the beacon answers with round %d", v.Round)
	}
	signature, err := hex.DecodeString(v.Signature)
	if err != nil || len(signature) == 0 {
		return "", fmt.Errorf("the beacon's signature is none")
	}
	sum := sha256.Sum256(signature)
	if hex.EncodeToString(sum[:]) != strings.ToLower(v.Randomness) {
		return "", fmt.Errorf("the beacon's randomness is not the SHA-256 of its signature")
	}
	return strings.ToLower(v.Randomness), nil
}
