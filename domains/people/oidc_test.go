package people_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"kakehashi/domains/people/person"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web/webtest"
)

const (
	clientID = "kakehashi-test"
	secret   = "0123456789abcdef0123456789abcdef"
)

// issuer is a sign-in service that follows OpenID Connect Core 1.0 to the
// letter: codes work once, PKCE is checked, tokens are really signed.
type issuer struct {
	t     *testing.T
	key   *rsa.PrivateKey
	http  *httptest.Server
	codes map[string]url.Values // code to the question it answers

	claims map[string]any              // what the next ID token says besides the usual
	spoil  func(map[string]any)        // changes the next ID token; nil = nothing
	sign   func(payload []byte) string // signs the next token; nil = RS256 with our key
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{t: t, key: key, codes: map[string]url.Values{}, claims: map[string]any{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{
			"issuer": i.http.URL, "authorization_endpoint": i.http.URL + "/authorize", "token_endpoint": i.http.URL + "/token",
			"jwks_uri": i.http.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
			"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k1", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("POST /token", i.token)
	i.http = httptest.NewServer(mux)
	t.Cleanup(i.http.Close)
	return i
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// config is the operator's line for the service.
func (i *issuer) config() string { return "TestID " + i.http.URL + " " + clientID + " " + secret }

// consent is what the reader's browser gets from the service: it checks the
// question and answers with the address to return to.
func (i *issuer) consent(address string) string {
	i.t.Helper()
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, i.http.URL+"/authorize?") {
		i.t.Fatalf("sent to %q", address)
	}
	q := u.Query()
	for name, want := range map[string]string{"response_type": "code", "client_id": clientID, "code_challenge_method": "S256",
		"redirect_uri": baseURL + "/sign-in/oidc/testid/callback"} {
		if q.Get(name) != want {
			i.t.Errorf("%s = %q, want %q", name, q.Get(name), want)
		}
	}
	if !strings.Contains(" "+q.Get("scope")+" ", " openid ") || len(q.Get("state")) < 22 || len(q.Get("nonce")) < 22 || len(q.Get("code_challenge")) != 43 {
		i.t.Errorf("question %v", q)
	}
	code := rand.Text()
	i.codes[code] = q
	return "/sign-in/oidc/testid/callback?" + url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {i.http.URL}}.Encode()
}

func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	refuse := func(why string) {
		w.WriteHeader(http.StatusBadRequest)
		reply(w, map[string]string{"error": "invalid_grant", "error_description": why})
	}
	if err := r.ParseForm(); err != nil {
		refuse("form")
		return
	}
	id, pass, basic := r.BasicAuth()
	if !basic {
		id, pass = r.Form.Get("client_id"), r.Form.Get("client_secret")
	}
	q, known := i.codes[r.Form.Get("code")]
	delete(i.codes, r.Form.Get("code"))
	challenge := sha256.Sum256([]byte(r.Form.Get("code_verifier")))
	switch {
	case id != clientID || pass != secret:
		refuse("client")
		return
	case !known || r.Form.Get("grant_type") != "authorization_code" || r.Form.Get("redirect_uri") != q.Get("redirect_uri"):
		refuse("code")
		return
	case base64.RawURLEncoding.EncodeToString(challenge[:]) != q.Get("code_challenge"):
		refuse("verifier")
		return
	}
	now := time.Now()
	claims := map[string]any{
		"iss": i.http.URL, "sub": "subject-1", "aud": clientID, "nonce": q.Get("nonce"),
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}
	for k, v := range i.claims {
		claims[k] = v
	}
	if i.spoil != nil {
		i.spoil(claims)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		i.t.Error(err)
	}
	sign := i.sign
	if sign == nil {
		sign = func(p []byte) string { return signed(i.t, jose.RS256, i.key, p) }
	}
	reply(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": sign(payload)})
}

func signed(t *testing.T, alg jose.SignatureAlgorithm, key any, payload []byte) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "k1").WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	object, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	out, err := object.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// go through the service with a browser; the page it comes back to.
func (i *issuer) through(c *webtest.Client) *webtest.Page {
	i.t.Helper()
	return c.Get(i.consent(c.Get("/sign-in/oidc/testid?next=/me").Want(303).Location()))
}

func TestOIDC_FirstTimeThenAgain(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			i := newIssuer(t)
			i.claims = map[string]any{"name": "Ayşe Yılmaz"}
			s := serve(t, e, setup{oidc: i.config()})
			c := s.Client(t).Speak(i18n.Tr)
			c.Get("/sign-in").Want(200).Has("TestID ile giriş yap")
			page := c.Follow(i.through(c)).Want(200).Has("Hoş geldiniz")
			form := page.Form("/welcome")
			if got := form.Values.Get("name"); got != "Ayşe Yılmaz" {
				t.Errorf("the form proposes %q", got)
			}
			c.Follow(c.Submit(form)).Want(200).Has("Ayşe Yılmaz")
			again := s.Client(t)
			again.Follow(i.through(again)).Want(200).Has("Ayşe Yılmaz")
		})
	}
}

func TestOIDC_LinksByVerifiedMailOnly(t *testing.T) {
	i := newIssuer(t)
	s := serve(t, db.SQLite, setup{oidc: i.config()})
	p := s.add(person.Person{Name: "佐々木", Private: person.Private{Mail: "a@example.jp"}})
	i.claims = map[string]any{"email": "a@example.jp", "email_verified": false}
	c := s.Client(t)
	if got := i.through(c).Want(303).Location(); got != "/welcome" {
		t.Errorf("an unverified address leads to %s", got)
	}
	i.claims["email_verified"] = true
	c = s.Client(t)
	c.Follow(i.through(c)).Want(200).Has("佐々木さんのページ")
	// From now on the subject alone is enough.
	i.claims = map[string]any{}
	c = s.Client(t)
	c.Follow(i.through(c)).Want(200).Has("佐々木さんのページ")
	if !has(s.actions(p.ID), "people.identity.link") {
		t.Errorf("log has %v", s.actions(p.ID))
	}
}

func TestOIDC_LinkFromSettings(t *testing.T) {
	i := newIssuer(t)
	s := serve(t, db.SQLite, setup{oidc: i.config()})
	p := s.add(person.Person{Name: "佐々木", Private: person.Private{Mail: "a@example.jp"}})
	q := s.add(person.Person{Name: "山本", Private: person.Private{Mail: "b@example.jp"}})
	c := s.Client(t).SignIn(p.ID)
	page := c.Follow(i.through(c)).Want(200).Has("TestIDとつなぎました")
	// Nobody else can take the same account.
	i.through(s.Client(t).SignIn(q.ID)).Want(409).Has("ほかの人とつながっています")
	c.Follow(c.Submit(page.Form("/me/settings/services/remove"))).Want(200).Has("TestIDとつなぐ")
}

func TestOIDC_RefusesEveryOtherAnswer(t *testing.T) {
	i := newIssuer(t)
	s := serve(t, db.SQLite, setup{oidc: i.config()})
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := json.Marshal(jose.JSONWebKey{Key: &i.key.PublicKey})
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(){
		"another issuer":      func() { i.spoil = func(c map[string]any) { c["iss"] = "https://evil.example" } },
		"another audience":    func() { i.spoil = func(c map[string]any) { c["aud"] = "somebody" } },
		"another party":       func() { i.spoil = func(c map[string]any) { c["aud"], c["azp"] = []string{clientID, "x"}, "x" } },
		"made for another":    func() { i.spoil = func(c map[string]any) { c["azp"] = "x" } },
		"another nonce":       func() { i.spoil = func(c map[string]any) { c["nonce"] = "x" } },
		"no nonce":            func() { i.spoil = func(c map[string]any) { delete(c, "nonce") } },
		"no subject":          func() { i.spoil = func(c map[string]any) { c["sub"] = "" } },
		"expired":             func() { i.spoil = func(c map[string]any) { c["exp"] = time.Now().Add(-time.Minute).Unix() } },
		"another key":         func() { i.sign = func(p []byte) string { return signed(t, jose.RS256, other, p) } },
		"no signature":        func() { i.sign = unsigned },
		"public key as HS256": func() { i.sign = func(p []byte) string { return signed(t, jose.HS256, public, p) } },
		"a wrong secret": func() {
			i.sign = func(p []byte) string { return signed(t, jose.HS256, []byte(strings.Repeat("x", 32)), p) }
		},
	} {
		i.spoil, i.sign = nil, nil
		spoil()
		c := s.Client(t)
		if page := i.through(c); page.Status != 403 {
			t.Errorf("%s: %d %s, want 403", name, page.Status, page.Location())
		}
	}
	// LINE signs with the channel secret.
	i.spoil, i.sign = nil, func(p []byte) string { return signed(t, jose.HS256, []byte(secret), p) }
	i.through(s.Client(t)).Want(303)
}

func unsigned(payload []byte) string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"alg":"none"}`)) + "." + enc(payload) + "."
}

func TestOIDC_AnswersOnlyTheBrowserThatAsked(t *testing.T) {
	i := newIssuer(t)
	s := serve(t, db.SQLite, setup{oidc: i.config()})
	asked := s.Client(t)
	back := i.consent(asked.Get("/sign-in/oidc/testid").Want(303).Location())
	s.Client(t).Get(back).Want(403)
	asked.Get(strings.Replace(back, "state=", "state=x", 1)).Want(403)
	asked.Get(back).Want(303)
	asked.Get(back).Want(403) // once
	// Who says no comes back to the sign-in page.
	c := s.Client(t)
	u, err := url.Parse(c.Get("/sign-in/oidc/testid").Want(303).Location())
	if err != nil {
		t.Fatal(err)
	}
	c.Follow(c.Get("/sign-in/oidc/testid/callback?error=access_denied&state=" + u.Query().Get("state"))).Want(200).Has("TestIDでのログインをやめました")
	c.Get("/sign-in/oidc/unknown").Want(404)
}

func TestOIDC_AnswerCountsOnce(t *testing.T) {
	i := newIssuer(t)
	s := serve(t, db.SQLite, setup{oidc: i.config()})
	c := s.Client(t)
	back := i.consent(c.Get("/sign-in/oidc/testid").Want(303).Location())
	kept := c.Cookie("kakehashi-keep-oidc")
	c.Get(back).Want(303)
	// A browser that did not forget the question gets nowhere with it.
	c.Cookies(&http.Cookie{Name: "kakehashi-keep-oidc", Value: kept, Path: "/"})
	c.Get(back).Want(409)
}

func TestOIDC_ServiceAway(t *testing.T) {
	i := newIssuer(t)
	i.http.Close()
	s := serve(t, db.SQLite, setup{oidc: i.config()})
	s.Client(t).Get("/sign-in/oidc/testid").Want(503).Has("TestIDにつながりません")
}
