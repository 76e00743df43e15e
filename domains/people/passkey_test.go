package people_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"

	"kakehashi/domains/people/person"
	"kakehashi/platform/db"
	"kakehashi/platform/web/webtest"
)

var relyingParty = virtualwebauthn.RelyingParty{ID: "kakehashi.example.jp", Name: "Kakehashi", Origin: baseURL}

// device is a phone with an authenticator: what the page's script would do.
type device struct {
	t      *testing.T
	client *webtest.Client
	auth   virtualwebauthn.Authenticator
	rp     virtualwebauthn.RelyingParty
}

func (d *device) post(path, body string) *webtest.Page {
	d.t.Helper()
	d.client.Header.Set("Accept", "application/json")
	defer d.client.Header.Set("Accept", "text/html")
	return d.client.Do(http.MethodPost, path, "application/json", strings.NewReader(body))
}

// question fetches what the authenticator is asked.
func (d *device) question(path string) string {
	d.t.Helper()
	var q struct {
		PublicKey json.RawMessage `json:"publicKey"`
	}
	d.post(path, "{}").Want(200).JSON(&q)
	return string(q.PublicKey)
}

// register makes a passkey in settings.
func (d *device) register(holder db.ID) (*webtest.Page, virtualwebauthn.Credential) {
	d.t.Helper()
	options, err := virtualwebauthn.ParseAttestationOptions(d.question("/me/settings/passkeys/begin"))
	if err != nil {
		d.t.Fatal(err)
	}
	cred := newKey()
	d.auth.Options.UserHandle = []byte(holder.String())
	reply := d.post("/me/settings/passkeys", virtualwebauthn.CreateAttestationResponse(d.rp, d.auth, cred, *options))
	d.auth.AddCredential(cred)
	return reply, cred
}

// answer answers the question of the sign-in page.
func (d *device) answer(cred virtualwebauthn.Credential) string {
	d.t.Helper()
	options, err := virtualwebauthn.ParseAssertionOptions(d.question("/sign-in/passkey/begin"))
	if err != nil {
		d.t.Fatal(err)
	}
	if len(options.AllowCredentials) != 0 {
		d.t.Error("the question names credentials, so it tells who is known")
	}
	return virtualwebauthn.CreateAssertionResponse(d.rp, d.auth, cred, *options)
}

func newDevice(t *testing.T, s *site) *device {
	return &device{t: t, client: s.Client(t), auth: virtualwebauthn.NewAuthenticator(), rp: relyingParty}
}

func TestPasskey_RegisterThenSignIn(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			s := serve(t, e, setup{})
			p := s.add(person.Person{Name: "佐々木", Private: person.Private{Mail: "a@example.jp"}})
			d := newDevice(t, s)
			d.client.SignIn(p.ID)
			reply, cred := d.register(p.ID)
			reply.Want(200)
			d.client.Get("/me/settings/passkeys").Want(200).Has("パスキー")

			fresh := &device{t: t, client: s.Client(t), auth: d.auth, rp: d.rp}
			fresh.client.Get("/sign-in/passkey").Want(200).Has("パスキーを使う")
			cred.Counter = 1
			answer := fresh.answer(cred)
			fresh.post("/sign-in/passkey", answer).Want(200)
			fresh.client.Get("/me").Want(200).Has("佐々木さんのページ")
			if !has(s.actions(p.ID), "people.passkey.add") || !has(s.actions(p.ID), "people.signin") {
				t.Errorf("log has %v", s.actions(p.ID))
			}
			// The same answer does not work twice.
			replay := &device{t: t, client: s.Client(t), auth: d.auth, rp: d.rp}
			replay.question("/sign-in/passkey/begin")
			replay.post("/sign-in/passkey", answer).Want(403)
		})
	}
}

func TestPasskey_RefusesWhatIsNotOurs(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	p := s.add(person.Person{Name: "佐々木", Private: person.Private{Mail: "a@example.jp"}})
	q := s.add(person.Person{Name: "山本", Private: person.Private{Mail: "b@example.jp"}})
	d := newDevice(t, s)
	d.client.SignIn(p.ID)
	reply, cred := d.register(p.ID)
	reply.Want(200)

	try := func(name string, spoil func(d *device, c *virtualwebauthn.Credential)) {
		fresh := &device{t: t, client: s.Client(t), auth: d.auth, rp: d.rp}
		c := cred
		spoil(fresh, &c)
		if got := fresh.post("/sign-in/passkey", fresh.answer(c)); got.Status != 403 {
			t.Errorf("%s: %d, want 403", name, got.Status)
		}
	}
	try("another city's origin", func(d *device, _ *virtualwebauthn.Credential) { d.rp.Origin = "https://evil.example" })
	try("another relying party", func(d *device, _ *virtualwebauthn.Credential) { d.rp.ID = "evil.example" })
	try("somebody else's handle", func(d *device, _ *virtualwebauthn.Credential) { d.auth.Options.UserHandle = []byte(q.ID.String()) })
	try("no check of the person", func(d *device, _ *virtualwebauthn.Credential) { d.auth.Options.UserNotVerified = true })
	try("an unknown key", func(_ *device, c *virtualwebauthn.Credential) {
		*c = newKey()
	})
	try("another key under a known name", func(_ *device, c *virtualwebauthn.Credential) {
		forged := newKey()
		forged.ID = c.ID
		*c = forged
	})
	for _, body := range []string{"", "{}", "null", strings.Repeat("x", 40<<10)} {
		fresh := newDevice(t, s)
		fresh.question("/sign-in/passkey/begin")
		if got := fresh.post("/sign-in/passkey", body); got.Status != 403 {
			t.Errorf("body of %d bytes: %d, want 403", len(body), got.Status)
		}
	}
	// Without a question there is no answer.
	if got := newDevice(t, s).post("/sign-in/passkey", "{}"); got.Status != 409 {
		t.Errorf("an answer without a question: %d, want 409", got.Status)
	}
}

func TestPasskey_AnswerCountsOnce(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	p := s.add(person.Person{Name: "佐々木", Private: person.Private{Mail: "a@example.jp"}})
	d := newDevice(t, s)
	d.client.SignIn(p.ID)
	reply, cred := d.register(p.ID)
	reply.Want(200)
	fresh := &device{t: t, client: s.Client(t), auth: d.auth, rp: d.rp}
	answer := fresh.answer(cred)
	kept := fresh.client.Cookie("kakehashi-keep-passkey")
	fresh.post("/sign-in/passkey", answer).Want(200)
	// A browser that did not forget the question gets nowhere with it.
	thief := &device{t: t, client: s.Client(t), auth: d.auth, rp: d.rp}
	thief.client.Cookies(&http.Cookie{Name: "kakehashi-keep-passkey", Value: kept, Path: "/"})
	thief.post("/sign-in/passkey", answer).Want(409)
}

func TestPasskey_NeedsTheDevicesOwnCheck(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	p := s.add(person.Person{Name: "佐々木", Private: person.Private{Mail: "a@example.jp"}})
	d := newDevice(t, s)
	d.client.SignIn(p.ID)
	d.auth.Options.UserNotVerified = true
	reply, _ := d.register(p.ID)
	reply.Want(422)
}

func TestPasskey_NoticesACopy(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	p := s.add(person.Person{Name: "佐々木", Private: person.Private{Mail: "a@example.jp"}})
	d := newDevice(t, s)
	d.client.SignIn(p.ID)
	reply, cred := d.register(p.ID)
	reply.Want(200)
	sign := func(counter uint32) int {
		fresh := &device{t: t, client: s.Client(t), auth: d.auth, rp: d.rp}
		c := cred
		c.Counter = counter
		return fresh.post("/sign-in/passkey", fresh.answer(c)).Status
	}
	if got := sign(5); got != 200 {
		t.Fatalf("counter 5: %d", got)
	}
	if got := sign(3); got != 403 {
		t.Errorf("a counter that went backwards: %d, want 403", got)
	}
}

func TestPasskey_TheLastWayInStays(t *testing.T) {
	s := serve(t, db.SQLite, setup{})
	p := s.add(person.Person{Name: "佐々木", Private: person.Private{Mail: "a@example.jp"}})
	d := newDevice(t, s)
	d.client.SignIn(p.ID)
	reply, _ := d.register(p.ID)
	reply.Want(200)
	s.write(0, func(tx *db.Tx) error {
		me, err := s.people.Reveal(tx, p.ID)
		if err != nil {
			return err
		}
		me.Mail = ""
		_, err = s.people.Update(tx, me)
		return err
	})
	list := d.client.Get("/me/settings/passkeys")
	d.client.Submit(list.Form("/me/settings/passkeys/remove")).Want(409).Has("ログインできなくなります")
}

// newKey makes a key of a device. The virtual authenticator writes a coordinate
// that begins with a zero byte too short, as no real one does: such a key, one in
// 128, is left aside.
func newKey() virtualwebauthn.Credential {
	const whole = 77 // bytes of a COSE key on P-256 (RFC 9053, section 7.1)
	for {
		c := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		if len(c.Key.AttestationData()) == whole {
			return c
		}
	}
}
