package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"golang.org/x/oauth2"

	"kakehashi/domains/people/person"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Issuer is one sign-in service (OpenID Connect Core 1.0).
type Issuer struct {
	Name         string // as residents know it, such as LINE
	URL          string // its issuer identifier
	ClientID     string
	ClientSecret string
}

// Key names the service in addresses: its name in lower case.
func (i Issuer) Key() string { return strings.ToLower(i.Name) }

var issuerName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,30}$`)

// ParseIssuers reads services as the operator configures them: NAME ISSUER
// CLIENT-ID SECRET, several separated by semicolons. An empty text is none.
func ParseIssuers(s string) (out []Issuer, err error) {
	seen := make(map[string]bool)
	for part := range strings.SplitSeq(s, ";") {
		f := strings.Fields(part)
		if len(f) == 0 {
			continue
		}
		if len(f) != 4 {
			return nil, fmt.Errorf("a sign-in service is NAME ISSUER CLIENT-ID SECRET; one has %d parts", len(f))
		}
		i := Issuer{Name: f[0], URL: f[1], ClientID: f[2], ClientSecret: f[3]}
		if !issuerName.MatchString(i.Name) {
			return nil, fmt.Errorf("sign-in service %q: the name is letters, digits and hyphens", i.Name)
		}
		u, err := url.Parse(i.URL)
		if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && !loopback(u) {
			return nil, fmt.Errorf("sign-in service %s: %q is no https address", i.Name, i.URL)
		}
		if seen[i.Key()] {
			return nil, fmt.Errorf("sign-in service %s is there twice", i.Name)
		}
		seen[i.Key()] = true
		out = append(out, i)
	}
	return out, nil
}

// loopback allows plain http to a service on the same machine: tests, and a
// service behind a local proxy.
func loopback(u *url.URL) bool {
	return u.Scheme == "http" && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1")
}

// service is an Issuer with what its discovery document says, which is read
// when somebody first uses it: starting up needs no outside network.
type service struct {
	Issuer
	redirect string
	client   *http.Client

	mu       sync.Mutex
	provider *oidc.Provider
}

// discovered returns the provider, asking the service the first time. A
// failure is not kept: the next reader tries again.
func (s *service) discovered(ctx context.Context) (*oidc.Provider, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.provider != nil {
		return s.provider, nil
	}
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), s.client), s.URL)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "people.oidc.away", "service", s.Name).Because(err)
	}
	s.provider = p
	return p, nil
}

func (s *service) oauth(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: s.ClientID, ClientSecret: s.ClientSecret, Endpoint: p.Endpoint(),
		RedirectURL: s.redirect, Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}
}

// question is what we remember of a sign-in that we sent somebody off with.
type question struct {
	Service  string
	Nonce    string
	Verifier string // PKCE (RFC 7636)
	Next     string
	Person   db.ID // who links the service to themselves; 0 for a sign-in
}

// ask returns the address to send the browser to.
func (s *service) ask(ctx context.Context, state string, q question) (string, error) {
	p, err := s.discovered(ctx)
	if err != nil {
		return "", err
	}
	return s.oauth(p).AuthCodeURL(state, oidc.Nonce(q.Nonce), oauth2.S256ChallengeOption(q.Verifier)), nil
}

// claims is what a service says about somebody.
type claims struct {
	subject  string
	mail     string // "" unless verified
	name     string
	provider string // issuer
}

// redeem exchanges the code for the ID token and checks it: signature, issuer,
// audience, authorised party, time and nonce (OpenID Connect Core 1.0, section
// 3.1.3.7).
func (s *service) redeem(ctx context.Context, code string, q question) (claims, error) {
	refused := func(cause error) error {
		return fault.New(fault.Denied, "people.oidc.refused", "service", s.Name).Because(cause)
	}
	p, err := s.discovered(ctx)
	if err != nil {
		return claims{}, err
	}
	ctx = oidc.ClientContext(ctx, s.client)
	token, err := s.oauth(p).Exchange(ctx, code, oauth2.VerifierOption(q.Verifier))
	if err != nil {
		return claims{}, refused(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return claims{}, refused(errors.New("no id_token"))
	}
	id, err := s.verifier(p).Verify(ctx, raw)
	if err != nil {
		return claims{}, refused(err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(q.Nonce)) != 1 {
		return claims{}, refused(errors.New("the nonce is not ours"))
	}
	var c struct {
		Mail     string `json:"email"`
		Verified any    `json:"email_verified"`
		Name     string `json:"name"`
		Party    string `json:"azp"`
	}
	if err := id.Claims(&c); err != nil {
		return claims{}, refused(err)
	}
	if id.Subject == "" || len(id.Subject) > 255 || len(id.Audience) > 1 && c.Party != s.ClientID || c.Party != "" && c.Party != s.ClientID {
		return claims{}, refused(errors.New("the token is for somebody else"))
	}
	out := claims{subject: id.Subject, name: c.Name, provider: s.URL}
	// Some services write the boolean as a string.
	if c.Verified == true || c.Verified == "true" {
		if m, err := person.ParseMail(c.Mail); err == nil {
			out.mail = m
		}
	}
	return out, nil
}

// verifier checks ID tokens of the service. LINE Login signs those of web
// sign-ins with the channel secret (HS256), which the library leaves to us.
func (s *service) verifier(p *oidc.Provider) *oidc.IDTokenVerifier {
	var doc struct {
		Algorithms []string `json:"id_token_signing_alg_values_supported"`
		Keys       string   `json:"jwks_uri"`
	}
	if err := p.Claims(&doc); err != nil {
		return p.Verifier(&oidc.Config{ClientID: s.ClientID})
	}
	algorithms := []string{oidc.RS256, oidc.ES256, oidc.PS256, oidc.EdDSA, oidc.RS384, oidc.RS512, oidc.ES384, oidc.ES512, oidc.PS384, oidc.PS512}
	if len(s.ClientSecret) >= 32 {
		algorithms = append(algorithms, string(jose.HS256))
	}
	remote := oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), s.client), doc.Keys)
	return oidc.NewVerifier(s.URL, keySet{remote: remote, secret: []byte(s.ClientSecret)}, &oidc.Config{
		ClientID: s.ClientID, SupportedSigningAlgs: algorithms,
	})
}

// keySet checks HS256 with the client's secret and everything else with the
// keys that the service publishes. The two never mix: a published key is never
// used as a secret.
type keySet struct {
	remote oidc.KeySet
	secret []byte
}

// VerifySignature returns the payload of a token that is signed as it says.
func (k keySet) VerifySignature(ctx context.Context, raw string) ([]byte, error) {
	if signed, err := jose.ParseSigned(raw, []jose.SignatureAlgorithm{jose.HS256}); err == nil {
		return signed.Verify(k.secret)
	}
	return k.remote.VerifySignature(ctx, raw)
}

// arrive decides what a service's answer leads to: somebody who signs in, or a
// flow that waits for the first form.
func (s *SignIn) arrive(tx *db.Tx, c claims, q question) (who db.ID, welcomeToken string, err error) {
	defer fault.Wrap(&err, "signin.arrive(%s)", q.Service)
	if q.Person != 0 {
		return q.Person, "", s.link(tx, q.Person, c.provider, c.subject)
	}
	who, known, err := s.identify(tx, c.provider, c.subject)
	if err != nil {
		return 0, "", err
	}
	if !known && c.mail != "" {
		if who, known, err = s.store.ByMail(tx, c.mail); err != nil {
			return 0, "", err
		}
		if known {
			if err := s.link(tx, who, c.provider, c.subject); err != nil {
				return 0, "", err
			}
		}
	}
	if known {
		if _, err := tx.Exec(`UPDATE identities SET used = $3 WHERE issuer = $1 AND subject = $2`, c.provider, c.subject, tx.Now); err != nil {
			return 0, "", err
		}
		return who, "", s.entered(tx, who, "oidc")
	}
	token := newToken()
	return 0, token, s.keep(tx, token, []byte{}, flow{
		mail: c.mail, next: q.Next, state: stateVerified, issuer: c.provider, subject: c.subject, name: c.name,
	}, WelcomeFor)
}

// newClient returns the client that talks to sign-in services: it waits ten
// seconds at most, and follows no redirect to anywhere else.
func newClient() *http.Client {
	return &http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
