package pay_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kakehashi/domains/places/money/pay"
)

const (
	key    = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"
	secret = "whsec_test"
)

// provider answers as Stripe does: it checks the key, the encoding, every field
// it is sent, and replays what it answered to a key.
type provider struct {
	t        *testing.T
	mu       sync.Mutex
	answers  map[string]answer
	sessions int
	refunded int64
	paid     int64
}

type answer struct{ body, form string }

var fields = map[string]map[string]string{
	"/v1/checkout/sessions": {
		"mode": "payment", "client_reference_id": `\S{1,200}`, "metadata[reference]": `\S{1,500}`, "line_items[0][quantity]": "1",
		"line_items[0][price_data][currency]": "jpy", "line_items[0][price_data][unit_amount]": `[1-9]\d{1,7}`,
		"line_items[0][price_data][product_data][name]": `.{1,250}`, "success_url": `https?://\S+`, "cancel_url": `https?://\S+`,
		"expires_at": `\d{10}`, "locale": `auto|ja|en|zh|zh-TW|ko|vi|fil|tr`,
	},
	"/v1/refunds": {"payment_intent": `pi_\w+`, "amount": `[1-9]\d*`},
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	refuse := func(status int, kind, code string) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{"type":%q,"code":%q}}`, kind, code)
	}
	want, known := fields[r.URL.Path]
	switch {
	case !known || r.Method != http.MethodPost:
		refuse(404, "invalid_request_error", "unknown_url")
		return
	case r.Header.Get("Authorization") != "Bearer "+key:
		refuse(401, "invalid_request_error", "api_key")
		return
	case r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.ParseForm() != nil:
		refuse(400, "invalid_request_error", "encoding")
		return
	case !regexp.MustCompile(`^\d{4}-\d\d-\d\d`).MatchString(r.Header.Get("Stripe-Version")):
		refuse(400, "invalid_request_error", "version")
		return
	}
	for name, values := range r.PostForm {
		if shape, ok := want[name]; !ok || len(values) != 1 || !regexp.MustCompile("^(?:"+shape+")$").MatchString(values[0]) {
			refuse(400, "invalid_request_error", "parameter_unknown: "+name)
			return
		}
	}
	if len(r.PostForm) != len(want) {
		refuse(400, "invalid_request_error", "parameter_missing")
		return
	}
	idem := r.Header.Get("Idempotency-Key")
	if idem == "" || len(idem) > 255 {
		refuse(400, "idempotency_error", "key")
		return
	}
	if was, again := p.answers[idem]; again {
		if was.form != r.PostForm.Encode() {
			refuse(400, "idempotency_error", "differs")
			return
		}
		fmt.Fprint(w, was.body)
		return
	}
	body := p.answer(r.URL.Path, r.PostForm)
	if body == "" {
		refuse(400, "invalid_request_error", "charge_already_refunded")
		return
	}
	p.answers[idem] = answer{body, r.PostForm.Encode()}
	fmt.Fprint(w, body)
}

func (p *provider) answer(path string, form url.Values) string {
	if path == "/v1/checkout/sessions" {
		unix, _ := strconv.ParseInt(form.Get("expires_at"), 10, 64)
		if left := time.Until(time.Unix(unix, 0)); left < 30*time.Minute || left > 24*time.Hour {
			return ""
		}
		p.sessions++
		return fmt.Sprintf(`{"id":"cs_test_%d","object":"checkout.session","url":"https://checkout.stripe.com/c/pay/cs_test_%d"}`, p.sessions, p.sessions)
	}
	yen, _ := strconv.ParseInt(form.Get("amount"), 10, 64)
	if p.refunded+yen > p.paid {
		return ""
	}
	p.refunded += yen
	return `{"id":"re_1","object":"refund","status":"succeeded"}`
}

func serve(t *testing.T, paid int64) (*provider, *pay.Stripe) {
	t.Helper()
	p := &provider{t: t, answers: map[string]answer{}, paid: paid}
	srv := httptest.NewServer(p)
	t.Cleanup(srv.Close)
	return p, pay.NewStripe(key, secret, srv.URL)
}

func wish() pay.Wish {
	return pay.Wish{
		Key: "charge-1-1", Reference: "12345674", Yen: 4800, What: "会議室1 12月2日", Lang: "ne",
		Done: "https://kakehashi.example.jp/reservations/1", Leave: "https://kakehashi.example.jp/reservations/1", Until: time.Now().Add(time.Hour),
	}
}

func TestStripe_BeginOnceForAKey(t *testing.T) {
	p, s := serve(t, 0)
	for range 2 {
		got, err := s.Begin(t.Context(), wish())
		if err != nil || got.ID != "cs_test_1" || !strings.HasPrefix(got.URL, "https://checkout.stripe.com/") {
			t.Fatalf("Begin() = %+v, %v", got, err)
		}
	}
	if p.sessions != 1 {
		t.Errorf("%d sessions were made for one key", p.sessions)
	}
	other := wish()
	other.Yen = 5000
	if _, err := s.Begin(t.Context(), other); err == nil || !strings.Contains(err.Error(), "idempotency_error") {
		t.Errorf("another amount under the same key: %v", err)
	}
}

func TestStripe_TellsWhyNot(t *testing.T) {
	p, _ := serve(t, 0)
	srv := httptest.NewServer(p)
	defer srv.Close()
	_, err := pay.NewStripe("sk_wrong", secret, srv.URL).Begin(t.Context(), wish())
	if err == nil || !strings.Contains(err.Error(), "401") || strings.Contains(err.Error(), "sk_wrong") {
		t.Errorf("a wrong key: %v", err)
	}
	if pay.NewStripe("", "", "") != nil {
		t.Error("without a key there is a provider")
	}
}

func TestStripe_RefundOnceForAKey(t *testing.T) {
	p, s := serve(t, 1000)
	for range 2 {
		if err := s.Refund(t.Context(), "refund-1-3", "pi_1", 700); err != nil {
			t.Fatal(err)
		}
	}
	if p.refunded != 700 {
		t.Errorf("refunded %d yen, want 700", p.refunded)
	}
	if err := s.Refund(t.Context(), "refund-1-4", "pi_1", 700); err == nil {
		t.Error("more than was paid is given back")
	}
}

// sign signs as the documentation of webhooks has it.
func sign(by string, at time.Time, body []byte) string {
	m := hmac.New(sha256.New, []byte(by))
	fmt.Fprintf(m, "%d.%s", at.Unix(), body)
	return hex.EncodeToString(m.Sum(nil))
}

func event(kind, status, currency string) []byte {
	b, _ := json.Marshal(map[string]any{"id": "evt_1", "type": kind, "data": map[string]any{"object": map[string]any{
		"id": "cs_test_1", "object": "checkout.session", "payment_status": status, "payment_intent": "pi_1",
		"client_reference_id": "12345674", "amount_total": 4800, "currency": currency,
	}}})
	return b
}

func TestStripe_Read(t *testing.T) {
	_, s := serve(t, 0)
	now := time.Now()
	paid := event("checkout.session.completed", "paid", "jpy")
	good := sign(secret, now, paid)
	at := func(t time.Time) string { return "t=" + strconv.FormatInt(t.Unix(), 10) }
	for name, c := range map[string]struct {
		header string
		body   []byte
		ok     bool
		paid   bool
	}{
		"signed":                         {at(now) + ",v1=" + good, paid, true, true},
		"one of two secrets":             {at(now) + ",v1=" + sign("old", now, paid) + ",v1=" + good + ",v0=00", paid, true, true},
		"a konbini paid later":           {"", event("checkout.session.async_payment_succeeded", "paid", "jpy"), true, true},
		"not paid yet":                   {"", event("checkout.session.completed", "unpaid", "jpy"), true, false},
		"something else":                 {"", event("customer.created", "paid", "jpy"), true, false},
		"another currency":               {"", event("checkout.session.completed", "paid", "usd"), false, false},
		"by somebody else":               {at(now) + ",v1=" + sign("other", now, paid), paid, false, false},
		"replayed after six minutes":     {at(now.Add(-6*time.Minute)) + ",v1=" + sign(secret, now.Add(-6*time.Minute), paid), paid, false, false},
		"from the future":                {at(now.Add(6*time.Minute)) + ",v1=" + sign(secret, now.Add(6*time.Minute), paid), paid, false, false},
		"an old signature, a fresh time": {at(now) + ",v1=" + sign(secret, now.Add(-time.Hour), paid), paid, false, false},
		"another body":                   {at(now) + ",v1=" + good, event("checkout.session.completed", "paid", "usd"), false, false},
		"no signature":                   {at(now), paid, false, false},
		"no header":                      {" ", paid, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			if c.header == "" {
				c.header = at(now) + ",v1=" + sign(secret, now, c.body)
			}
			e, err := s.Read(http.Header{"Stripe-Signature": {c.header}}, c.body, now)
			if (err == nil) != c.ok || e.Paid != c.paid {
				t.Fatalf("Read() = %+v, %v", e, err)
			}
			if c.paid && (e != pay.Event{Paid: true, Session: "cs_test_1", Intent: "pi_1", Reference: "12345674", Yen: 4800}) {
				t.Errorf("Read() = %+v", e)
			}
		})
	}
}
