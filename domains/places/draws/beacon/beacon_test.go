package beacon

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// serve is a drand server as strict as the real ones: other chains, rounds that
// are not there yet and other addresses are refused.
func serve(t *testing.T, latest uint64, alter func(*value)) *Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var round uint64
		n, err := fmt.Sscanf(r.URL.Path, "/"+Quicknet.Hash+"/public/%d", &round)
		if r.Method != http.MethodGet || n != 1 || err != nil || r.URL.Path != fmt.Sprintf("/%s/public/%d", Quicknet.Hash, round) {
			http.NotFound(w, r)
			return
		}
		if round > latest {
			w.WriteHeader(http.StatusTooEarly)
			return
		}
		signature := sha256.Sum256([]byte(r.URL.Path))
		sum := sha256.Sum256(signature[:])
		v := value{Round: round, Randomness: hex.EncodeToString(sum[:]), Signature: hex.EncodeToString(signature[:])}
		if alter != nil {
			alter(&v)
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	return &Client{Base: s.URL + "/", Chain: Quicknet}
}

func TestGet(t *testing.T) {
	for name, c := range map[string]struct {
		round uint64
		alter func(*value)
		wrong string // part of the error; "" for none
	}{
		"a value":              {round: 7},
		"in capitals":          {round: 7, alter: func(v *value) { v.Randomness = strings.ToUpper(v.Randomness) }},
		"not there yet":        {round: 101, wrong: "425"},
		"another round":        {round: 7, alter: func(v *value) { v.Round = 8 }, wrong: "round 8"},
		"chosen randomness":    {round: 7, alter: func(v *value) { v.Randomness = strings.Repeat("0", 64) }, wrong: "SHA-256"},
		"without a signature":  {round: 7, alter: func(v *value) { v.Signature = "" }, wrong: "signature"},
		"a signature of words": {round: 7, alter: func(v *value) { v.Signature = "sig" }, wrong: "signature"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := serve(t, 100, c.alter).Get(t.Context(), c.round)
			switch {
			case c.wrong == "" && (err != nil || len(got) != 64 || got != strings.ToLower(got)):
				t.Errorf("%q, %v", got, err)
			case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
				t.Errorf("%q, %v; want an error with %q", got, err, c.wrong)
			}
		})
	}
}

// TestRound: the value of a round is not there before the instant it was chosen for.
func TestRound(t *testing.T) {
	for _, after := range []time.Duration{-time.Hour, 0, 1, 3 * time.Second, 4 * time.Second, 24*time.Hour + 1} {
		at := Quicknet.Genesis.Add(after)
		round := Quicknet.Round(at)
		if Quicknet.At(round).Before(at) || round > 1 && !Quicknet.At(round-1).Before(at) {
			t.Errorf("%v after genesis: round %d comes into being %v", after, round, Quicknet.At(round).Sub(Quicknet.Genesis))
		}
	}
}

func TestParse(t *testing.T) {
	other := strings.Repeat("ab", 32)
	for setting, want := range map[string]string{
		"":                     "",
		"https://api.drand.sh": Quicknet.What(1),
		"https://d.example " + other + " 1595431050 30s": "drand " + other + " round 1",
		"api.drand.sh":                              "error",
		"https://d.example " + other:                "error",
		"https://d.example zz 1 30s":                "error",
		"https://d.example " + other + " soon 30s":  "error",
		"https://d.example " + other + " 1 quickly": "error",
	} {
		c, err := Parse(setting)
		got := ""
		switch {
		case err != nil:
			got = "error"
		case c != nil:
			got = c.Chain.What(1)
		}
		if got != want {
			t.Errorf("%q: %s, %v", setting, got, err)
		}
	}
}
