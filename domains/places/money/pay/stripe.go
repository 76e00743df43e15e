package pay

import (
	"cmp"
	"context"
	"crypto/hmac"
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
)

const (
	stripeAPI     = "https://api.stripe.com"
	stripeVersion = "2024-06-20" // of the API, so that nothing changes under us
	// Tolerance is how old a signature may be, as Stripe's own libraries have it.
	Tolerance    = 5 * time.Minute
	stripeWithin = 20 * time.Second
	mostReply    = 1 << 20 // bytes
)

// Stripe takes payments on Stripe Checkout.
//
// Sources: docs.stripe.com/api/checkout/sessions/create, /api/refunds/create,
// /api/idempotent_requests, /currencies#zero-decimal (an amount in yen is a
// number of yen), /webhooks/signature.
type Stripe struct {
	key, secret string
	api         string
	client      *http.Client
}

// NewStripe returns Stripe by the city's secret key and the signing secret of
// its webhook; nil when there is no key. An empty api is Stripe's own address.
func NewStripe(key, secret, api string) *Stripe {
	if key == "" {
		return nil
	}
	return &Stripe{key: key, secret: secret, api: cmp.Or(api, stripeAPI), client: &http.Client{Timeout: stripeWithin}}
}

// locales are the languages of Stripe's page by ours; it finds others by itself.
var locales = map[string]string{
	"ja": "ja", "ja-easy": "ja", "en": "en", "zh-Hans": "zh", "zh-Hant": "zh-TW", "ko": "ko", "vi": "vi", "fil": "fil", "tr": "tr",
}

// Begin makes a page of Checkout.
func (s *Stripe) Begin(ctx context.Context, w Wish) (Session, error) {
	form := url.Values{
		"mode":                                          {"payment"},
		"client_reference_id":                           {w.Reference},
		"metadata[reference]":                           {w.Reference},
		"line_items[0][quantity]":                       {"1"},
		"line_items[0][price_data][currency]":           {"jpy"},
		"line_items[0][price_data][unit_amount]":        {strconv.FormatInt(w.Yen, 10)},
		"line_items[0][price_data][product_data][name]": {w.What},
		"success_url":                                   {w.Done},
		"cancel_url":                                    {w.Leave},
		"expires_at":                                    {strconv.FormatInt(w.Until.Unix(), 10)},
		"locale":                                        {cmp.Or(locales[w.Lang], "auto")},
	}
	var got struct{ ID, URL string }
	if err := s.post(ctx, "/v1/checkout/sessions", w.Key, form, &got); err != nil {
		return Session{}, err
	}
	if got.ID == "" || !strings.HasPrefix(got.URL, "http") {
		return Session{}, errors.New("stripe: a session without an address")
	}
	return Session{ID: got.ID, URL: got.URL}, nil
}

// Refund gives back a part of a payment, or all of it.
func (s *Stripe) Refund(ctx context.Context, key, intent string, yen int64) error {
	form := url.Values{"payment_intent": {intent}, "amount": {strconv.FormatInt(yen, 10)}}
	var got struct{ ID, Status string }
	if err := s.post(ctx, "/v1/refunds", key, form, &got); err != nil {
		return err
	}
	if got.Status == "failed" || got.Status == "canceled" {
		return fmt.Errorf("stripe: refund %s is %s", got.ID, got.Status)
	}
	return nil
}

// post asks Stripe once; the same key asked again brings the same answer.
func (s *Stripe) post(ctx context.Context, path, key string, form url.Values, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.api+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Header.Set("Stripe-Version", stripeVersion)
	req.Header.Set("Idempotency-Key", key)
	res, err := s.client.Do(req)
	if err != nil {
		return fmt.Errorf("stripe %s: %w", path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, mostReply))
	if err != nil {
		return fmt.Errorf("stripe %s: %w", path, err)
	}
	if res.StatusCode != http.StatusOK {
		var fault struct {
			Error struct{ Type, Code string }
		}
		_ = json.Unmarshal(body, &fault) // what is no JSON says nothing more
		return fmt.Errorf("stripe %s: %s %s %s", path, res.Status, fault.Error.Type, fault.Error.Code)
	}
	return json.Unmarshal(body, into)
}

// ErrSignature says that a message is not from Stripe, or too old.
var ErrSignature = errors.New("stripe: signature")

// Read checks the signature of a webhook's message and says what it tells.
func (s *Stripe) Read(header http.Header, body []byte, now time.Time) (Event, error) {
	if err := s.signed(header.Get("Stripe-Signature"), body, now); err != nil {
		return Event{}, err
	}
	var e struct {
		Type string
		Data struct {
			Object struct {
				ID        string
				Status    string `json:"payment_status"`
				Intent    string `json:"payment_intent"`
				Reference string `json:"client_reference_id"`
				Amount    int64  `json:"amount_total"`
				Currency  string
			}
		}
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return Event{}, err
	}
	o := e.Data.Object
	concerns := e.Type == "checkout.session.completed" || e.Type == "checkout.session.async_payment_succeeded"
	if !concerns || o.Status != "paid" {
		return Event{}, nil
	}
	if o.Currency != "jpy" || o.Amount <= 0 || o.Intent == "" || o.ID == "" {
		return Event{}, fmt.Errorf("stripe: a paid session %q of %d %s", o.ID, o.Amount, o.Currency)
	}
	return Event{Paid: true, Session: o.ID, Intent: o.Intent, Reference: o.Reference, Yen: o.Amount}, nil
}

// signed checks the header "t=<unix>,v1=<hex>[,v1=…]": each v1 is the
// HMAC-SHA256 of "<t>.<body>" by one of the webhook's secrets.
func (s *Stripe) signed(header string, body []byte, now time.Time) error {
	var at string
	var given [][]byte
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			at = value
		case "v1":
			if mac, err := hex.DecodeString(value); err == nil {
				given = append(given, mac)
			}
		}
	}
	unix, err := strconv.ParseInt(at, 10, 64)
	if err != nil || s.secret == "" || now.Sub(time.Unix(unix, 0)).Abs() > Tolerance {
		return ErrSignature
	}
	mac := hmac.New(sha256.New, []byte(s.secret))
	mac.Write([]byte(at + "."))
	mac.Write(body)
	want := mac.Sum(nil)
	for _, g := range given {
		if hmac.Equal(g, want) {
			return nil
		}
	}
	return ErrSignature
}
