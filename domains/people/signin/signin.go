package signin

import (
	"net/http"

	"github.com/go-webauthn/webauthn/webauthn"

	"kakehashi/domains/people/person"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/jobs"
	"kakehashi/platform/seal"
)

// Deps is what signing in stands on.
type Deps struct {
	DB      *db.DB
	Keys    *seal.Keys
	Store   *person.Store
	Deliver *deliver.Service
	BaseURL string // of the city, without a trailing slash
	Issuers []Issuer
	Client  *http.Client // talks to the services; nil = one of our own
	Demo    bool
}

// SignIn lets persons in.
type SignIn struct {
	db       *db.DB
	keys     *seal.Keys
	store    *person.Store
	deliver  *deliver.Service
	rp       *webauthn.WebAuthn
	services []*service
	demo     bool
}

// New returns what lets persons in. It asks nothing of the network.
func New(d Deps) (_ *SignIn, err error) {
	defer fault.Wrap(&err, "signin.New(%q)", d.BaseURL)
	rp, err := relyingParty(d.BaseURL)
	if err != nil {
		return nil, err
	}
	s := &SignIn{db: d.DB, keys: d.Keys, store: d.Store, deliver: d.Deliver, rp: rp, demo: d.Demo}
	client := d.Client
	if client == nil {
		client = newClient()
	}
	for _, i := range d.Issuers {
		s.services = append(s.services, &service{Issuer: i, client: client, redirect: d.BaseURL + "/sign-in/oidc/" + i.Key() + "/callback"})
	}
	return s, nil
}

// service returns the service of the key; NotFound when there is none.
func (s *SignIn) service(key string) (*service, error) {
	for _, v := range s.services {
		if v.Key() == key {
			return v, nil
		}
	}
	return nil, fault.New(fault.NotFound, "web.error.not_found")
}

// Services lists the sign-in services.
func (s *SignIn) Services() []Issuer {
	out := make([]Issuer, len(s.services))
	for i, v := range s.services {
		out[i] = v.Issuer
	}
	return out
}

// Jobs registers what runs in the background.
func (s *SignIn) Jobs(r *jobs.Registry) {
	jobs.Work(r, s.sweep)
	r.Daily("people.sweep", 4*60+10, Sweep{})
}

// KindCode is the message that carries a code.
const KindCode = "people.code"

// codeMail is what the mail with a code says.
type codeMail struct {
	Code    string `json:"code"`
	Minutes int    `json:"minutes"`
}
